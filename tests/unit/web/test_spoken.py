"""What the floors below say is said in the reader's language, with numbers as that language writes them."""

import orjson
import pytest
from django.utils.translation import override

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.words import Words, plain_words, words_of
from landbalance.registry.spoken import spoken, spoken_text
from landbalance.web.site.templatetags.numbers import spoken_words

SHARE = Words("it covers {share:.1%} of the boundary", share=0.1234)
MANY = Words("{count:,} pixels are not a number", count=1_234_567)
ZONES = Words("{count} zones lie outside {where}: {names}", count=2, where=Words("the boundary"), names="North, South")


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", SHARE, "it covers 12.3% of the boundary"),
        ("fr", SHARE, "elle couvre 12,3\xa0% du territoire délimité"),
        ("ru", MANY, "пикселей без числа: 1\xa0234\xa0567"),
        ("es", ZONES, "2 zonas quedan fuera de: el límite: North, South"),
        ("zh-hans", ZONES, "2 个区位于边界之外：North, South"),
    ],
)
def test_a_sentence_is_said_in_the_language_of_the_reader(language: str, text: Words, said: str) -> None:
    with override(language):
        assert spoken_text(text) == said


def test_a_sentence_survives_being_stored() -> None:
    kept = words_of(orjson.loads(orjson.dumps(plain_words(ZONES))))

    assert isinstance(kept, Words)
    assert kept == ZONES
    with override("ar"):
        assert spoken_text(kept) == "2 مناطق تقع خارج الحدود: North, South"


def test_a_text_without_translation_stays_as_it_is() -> None:
    with override("fr"):
        assert spoken_text("pixels 7 of mine") == "pixels 7 of mine"


def test_pages_say_a_sentence_of_the_rule_path_in_arabic() -> None:
    line = Words("With the national indicators it is {status}.", status=Words("recent degradation"))

    with override("ar"):
        said = spoken_words(line)

    assert said == "مع المؤشرات الوطنية هي تدهور حديث."


def test_an_error_of_a_floor_below_is_said_in_the_language_of_the_reader_with_what_caused_it() -> None:
    cause = NotFoundError("there is no period {name!r}", name="2030", hint="use one of {known}", known="baseline")
    error = InputError("{path}, line {line}: {why}", path="land.csv", line=3, why=cause)

    with override("fr"):
        said = spoken(error)

    assert "there is" not in said
    assert "use one of" not in said
    assert "'2030'" in said
    assert "baseline" in said
