"""What a text suggests about land: a score from words in seven languages; it never counts unconfirmed."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from landbalance.core.dated import Dated, dated_values
from landbalance.core.errors import NotFoundError
from landbalance.core.tables import toml_table

METHOD = "land-words/1"
LANGUAGES = ("en", "fr", "es", "ar", "ru", "zh", "pt")
ANYWHERE = ("ar", "zh")  # no blanks before stems: articles and conjunctions are written together


@dataclass(frozen=True)
class Suggestion:
    """What words suggest: score [0..1], the significance it stands for (0, 1, 2), the language and words found."""

    score: float
    significance: int
    language: str
    words: tuple[str, ...]


def suggest_from_text(text: str, lang: str | None = None, parameters: Mapping[str, Dated] | None = None) -> Suggestion:
    """Return what a title or description suggests; the language that finds most decides when none is given.

    Parameters
    ----------
    text : str
        Title, description, or both.
    lang : str or None
        One of `LANGUAGES`.

    Returns
    -------
    Suggestion
        Each word found is one piece of evidence: score = 1 - product of (1 - weight).

    Raises
    ------
    NotFoundError
        If there are no words of the language.

    Examples
    --------
    >>> suggest_from_text("Lutte contre la désertification", "fr").significance
    2
    >>> suggest_from_text("A course in dessert making", "en").score
    0.0
    """
    if lang is not None and lang not in LANGUAGES:
        raise NotFoundError("no land words in {lang}", lang=lang, hint="use one of {known}", known=", ".join(LANGUAGES))
    known = parameters or dated_values("finance/parameters")
    plain = _plain(text)
    best = max((_score(plain, each) for each in ((lang,) if lang else LANGUAGES)), key=lambda found: found[0])
    score, language, words = best
    level = 2 if score >= known["text_principal"].value else 1 if score >= known["text_significant"].value else 0
    return Suggestion(round(score, 6), level, language, words)


def _score(plain: str, language: str) -> tuple[float, str, tuple[str, ...]]:
    """Return the score of a text in one language; a word inside a longer one that was found does not count again."""
    negations, pattern, weights = _lexicon(language)
    rest = negations.sub(" ", plain) if negations else plain
    found = {match.group(1): weights[match.group(1)] for match in pattern.finditer(rest)}
    left = 1.0
    for weight in found.values():
        left *= 1 - weight
    return (1 - left if found else 0.0), language, tuple(sorted(found))


@cache
def _lexicon(language: str) -> tuple[re.Pattern[str] | None, re.Pattern[str], Mapping[str, float]]:
    """Return the phrases to take out, the words to find (longest first) and their weights."""
    table = toml_table("finance/keywords")[language]
    weights = {_plain(word): float(weight) for word, weight in table["words"].items()}
    before = "" if language in ANYWHERE else r"\b"
    words = "|".join(re.escape(word) for word in sorted(weights, key=len, reverse=True))
    refused = "|".join(re.escape(_plain(word)) for word in table["not"])
    return (re.compile(before + f"(?:{refused})") if refused else None), re.compile(f"{before}({words})"), weights


def _plain(text: str) -> str:
    """Return text in lower case without accents, Arabic vowel signs and doubled blanks."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    bare = bare.translate(str.maketrans("’ёى", "'еي", "ـ"))
    return " ".join(bare.split())
