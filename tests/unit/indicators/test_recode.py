"""Recode polygons: their codes, their schemas, and what they do to an assessment."""

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from landbalance.core.errors import InputError
from landbalance.indicators.recode import (
    OPTIONS,
    RecodePolygon,
    period_mask,
    recode,
    recode_code,
    recode_polygon,
    recode_properties,
    recode_targets,
)

ORACLE = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "sdg.yaml").read_text(encoding="utf-8"))
PERIODS = ("baseline", "report_1", "report_2", "report_3")
FEATURE = RecodePolygon("u1", "Guerou", "woody encroachment", "field visit", ("report_1",), (None, -1, -1))
PROPERTIES = {
    "uuid": "u1",
    "location_name": "Guerou",
    "process_driving_change": "woody encroachment",
    "basis_for_judgement": "field visit",
    "periods_affected": ["report_1"],
    "recode_deg_to": "none",
    "recode_stable_to": -1,
    "recode_imp_to": "-1",
}


@pytest.mark.parametrize("case", ORACLE["recode_codes"], ids=lambda case: str(case["code"]))
def test_codes_match_the_oracle(case: dict[str, Any]) -> None:
    assert recode_targets(case["code"]) == tuple(case["recode"])


def test_all_64_codes_go_there_and_back() -> None:
    codes = [
        recode_code(replace(FEATURE, recode=targets)) for targets in product(*OPTIONS) if targets != (None, None, None)
    ]

    assert codes == list(range(1, 64))
    assert [recode_targets(code) for code in codes] == list(product(*OPTIONS))[1:]


def test_a_code_outside_the_list_is_refused() -> None:
    with pytest.raises(InputError, match="64 is no recode"):
        recode_targets(64)


@pytest.mark.parametrize("targets", product(*OPTIONS))
def test_every_class_is_looked_up_once(targets: tuple[int | None, ...]) -> None:
    code = [allowed.index(value) for allowed, value in zip(OPTIONS, targets, strict=True)]
    codes = np.full(4, code[0] * 16 + code[1] * 4 + code[2], dtype=np.int16)

    changed = recode(np.int8([-1, 0, 1, -128]), codes, applies=True)

    expected = [old if new is None else max(new, -128) for old, new in zip((-1, 0, 1), targets, strict=True)]
    assert changed.tolist() == [*expected, -128]


def test_cells_outside_polygons_and_other_periods_stay() -> None:
    status = np.int8([[-1, 1], [0, -127]])

    outside = recode(status, np.int16([[0, -1], [-32768, 63]]), applies=True)
    other = recode(status, np.full((2, 2), 63, dtype=np.int16), applies=False)

    assert outside.tolist() == other.tolist() == status.tolist()


@pytest.mark.parametrize(
    ("targets", "kind"),
    [
        ((0, None, None), "false_negative"),
        ((1, None, None), "false_negative"),
        ((None, -1, -1), "false_positive"),
        ((None, None, -1), "false_positive"),
        ((None, 1, None), "other"),
        ((-32768, None, None), "other"),
        ((0, -1, None), "other"),
    ],
)
def test_the_type_follows_the_reporting_form(targets: tuple[int | None, int | None, int | None], kind: str) -> None:
    assert replace(FEATURE, recode=targets).kind == kind


def test_properties_of_the_present_schema_are_read_and_written() -> None:
    feature = recode_polygon(PROPERTIES, PERIODS)

    assert feature == FEATURE
    assert recode_polygon(recode_properties(feature), PERIODS) == feature


@pytest.mark.parametrize(
    ("kind", "named", "targets", "periods"),
    [
        ("false negative", "baseline", (0, None, None), ("baseline",)),
        ("false positive", "reporting", (None, -1, -1), ("report_1", "report_2", "report_3")),
        ("false positive", "both", (None, -1, -1), PERIODS),
    ],
)
def test_the_older_schema_is_read(
    kind: str, named: str, targets: tuple[int | None, ...], periods: tuple[str, ...]
) -> None:
    old = {"type": kind, "periods": named, "place_name": "Kiffa", "process": "p", "basis": "b", "area": 2.5}

    feature = recode_polygon(old, PERIODS)

    assert (feature.recode, feature.periods, feature.location, feature.area_km2) == (targets, periods, "Kiffa", 2.5)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"periods_affected": []}, "names no period"),
        ({"periods_affected": None}, "names no period"),
        ({"periods_affected": ["report_9"]}, "no period report_9"),
        ({"process_driving_change": " "}, "has no process"),
        ({"basis_for_judgement": None}, "has no basis"),
        ({"recode_stable_to": None, "recode_imp_to": None}, "changes nothing"),
        ({"recode_deg_to": -1}, "recode_deg_to = -1"),
        ({"recode_stable_to": 0}, "recode_stable_to = 0"),
        ({"recode_imp_to": 5}, "recode_imp_to = 5"),
        ({"recode_imp_to": "worse"}, "recoded to 'worse'"),
        ({"review_state": "maybe"}, "is maybe"),
    ],
)
def test_a_bad_feature_is_refused_with_its_fault(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        recode_polygon(PROPERTIES | changed, PERIODS)


@pytest.mark.parametrize(
    ("changed", "message"), [({"type": "wrong"}, "the type 'wrong'"), ({"periods": "all"}, "the periods 'all'")]
)
def test_a_bad_older_feature_is_refused(changed: dict[str, str], message: str) -> None:
    old = {"type": "false positive", "periods": "both", "process": "p", "basis": "b"}

    with pytest.raises(InputError, match=message):
        recode_polygon(old | changed, PERIODS)


def test_periods_are_bits_however_many() -> None:
    assert [period_mask((name,), PERIODS) for name in PERIODS] == [1, 2, 4, 8]
    assert period_mask(PERIODS, PERIODS) == 15
