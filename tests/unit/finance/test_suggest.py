"""What words suggest: measured on labelled sentences in seven languages, and never counted by itself."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from landbalance.core.errors import NotFoundError
from landbalance.finance import suggest_from_text
from landbalance.finance.suggest import LANGUAGES

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "oracles/land_words.yaml").read_text("utf-8"))
LEAST_PRECISION, LEAST_RECALL = 0.95, 0.80


def measured(language: str, told: str | None) -> tuple[float, float, int]:
    found = {
        label: [suggest_from_text(text, told).significance > 0 for text in CASES[language][label]]
        for label in ("land", "other")
    }
    hits, false = sum(found["land"]), sum(found["other"])
    return hits / max(1, hits + false), hits / len(found["land"]), len(found["land"]) + len(found["other"])


@pytest.mark.parametrize("told", [True, False], ids=["told", "guessed"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_precision_and_recall_of_each_language(language: str, told: bool, record_property: Any) -> None:
    precision, recall, count = measured(language, language if told else None)

    record_property("measured", f"{language}: precision {precision:.2f}, recall {recall:.2f}, n = {count}")
    assert count >= 40
    assert precision >= LEAST_PRECISION, f"{precision:.2f}"
    assert recall >= LEAST_RECALL, f"{recall:.2f}"


@pytest.mark.parametrize("text", ["", "12345", "=cmd()", "\u0000\u202e"])
def test_texts_that_say_nothing_suggest_nothing(text: str) -> None:
    assert suggest_from_text(text).score == 0


def test_a_phrase_that_is_refused_hides_no_other_word() -> None:
    assert suggest_from_text("Dessert for those who fight desertification", "en").significance == 2


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(NotFoundError, match="no land words in de"):
        suggest_from_text("Bodenschutz", "de")
