"""The six languages: no text is missing or doubtful, placeholders survive, numbers follow CLDR."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

import landbalance
from landbalance.core.codelists import code_list
from landbalance.core.errors import NotFoundError
from landbalance.core.tables import toml_table
from landbalance.finance.matching import OBSTACLES
from landbalance.io.language import LANGUAGES, catalogue, tongue
from landbalance.planning.reasons import SENTENCES
from landbalance.reporting.notes import find_template, template_names

SOURCE = Path(landbalance.__file__).parent
KEYWORDS = {"say": None, "mark": None, "translate": None, "_": None, "Remark": None}
TRANSLATED = [language for language in LANGUAGES if language != "en"]


@cache
def texts() -> frozenset[str]:
    found: set[str] = set(SENTENCES.values())
    for folder in ("reporting", "io"):
        for path in sorted((SOURCE / folder).glob("*.py")):
            found |= {text for _, text, *_ in extract_from_file("python", path, keywords=KEYWORDS)}
    for folder in ("indicators", "engine"):  # remarks: doubts and reasons that travel with figures
        for path in sorted((SOURCE / folder).rglob("*.py")):
            found |= {text for _, text, *_ in extract_from_file("python", path, keywords={"Remark": None})}
    for path in sorted((SOURCE / "io/templates").glob("*.j2")):
        with path.open("rb") as file:
            for _, _, text, _ in babel_extract(file, list(KEYWORDS), [], {"encoding": "utf-8"}):
                found.add(text if isinstance(text, str) else next(part for part in text if part))
    return frozenset(found | set(note_texts()))


def note_texts() -> Iterator[str]:
    """Yield the words of notes that stand in data: fields, checklists, steps, gates, obstacles, code lists."""
    notes = toml_table("finance/notes")
    for template in map(find_template, template_names()):
        yield from (template["title"], template["source"])
        for section in template["section"]:
            yield from (section["title"], *(field["title"] for field in section["field"]))
    yield from (*(row["title"] for row in notes["indicator"]), *notes["key"].values())
    lists = toml_table("finance/checklists")
    yield from (row["question"] for row in lists["bankability"])
    for row in lists["transformative"]:
        yield from (row["title"], *row["items"])
    yield from (row["title"] for row in toml_table("finance/eld_steps")["step"])
    yield from (row["question"] for row in toml_table("finance/carbon")["gate"])
    yield from (row["question"] for row in toml_table("finance/blend")["principle"])
    yield from (text for pair in OBSTACLES.values() for text in pair)
    for name in ("stakeholder_groups", "fpic_decisions"):
        yield from (item.label for item in code_list(name).items)


def test_the_texts_of_reports_are_found() -> None:
    assert {"Degraded land", "Skip to the report", "Persistent degradation"} <= texts()


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_text_is_missing(language: str) -> None:
    assert not sorted(texts() - set(catalogue(language)))


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_fuzzy_or_left_over(language: str) -> None:
    with files("landbalance").joinpath("locale", language, "LC_MESSAGES", "landbalance.po").open("rb") as file:
        read = read_po(file)

    assert not [entry.id for entry in read if entry.id and entry.fuzzy]
    assert not read.obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_survive_translation(language: str) -> None:
    for text, translation in catalogue(language).items():
        assert sorted(re.findall(r"{.*?}", text)) == sorted(re.findall(r"{.*?}", translation)), text


@pytest.mark.parametrize(
    ("language", "number", "percent"),
    [("en", "1,234,567.8", "12.3%"), ("fr", "1\u202f234\u202f567,8", "12,3\xa0%"), ("es", "1.234.567,8", "12,3\xa0%"),
     ("ru", "1\xa0234\xa0567,8", "12,3\xa0%"), ("zh", "1,234,567.8", "12.3%")],
)  # fmt: skip
def test_numbers_are_written_as_readers_expect(language: str, number: str, percent: str) -> None:
    words = tongue(language)

    assert (words.number(1234567.8, 1), words.percent(0.1234, 1)) == (number, percent)


def test_zero_has_no_sign() -> None:
    assert (tongue().number(-0.0001, 0), tongue().percent(-0.000001, 1)) == ("0", "0.0%")


def test_arabic_runs_from_right_to_left() -> None:
    assert [language for language in LANGUAGES if tongue(language).is_rtl] == ["ar"]


def test_another_language_is_refused() -> None:
    with pytest.raises(NotFoundError, match="reports do not come in de"):
        tongue("de")
