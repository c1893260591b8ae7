"""What every declared indicator must have, whoever wrote it."""

import inspect
import re
from pathlib import Path

import pytest

from landbalance.core.parameters import resolve
from landbalance.indicators.catalogue import catalogue
from landbalance.indicators.spec import Indicator

BIBLIOGRAPHY = (Path(__file__).parents[2] / "docs" / "bibliography.bib").read_text(encoding="utf-8")
KEYS = set(re.findall(r"^@\w+\{([^,]+),", BIBLIOGRAPHY, flags=re.MULTILINE))


@pytest.fixture(params=catalogue().values(), ids=lambda declared: declared.id)
def declared(request: pytest.FixtureRequest) -> Indicator:
    """Return each indicator in turn."""
    found: Indicator = request.param
    return found


def test_it_has_a_title_and_known_references(declared: Indicator) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", declared.id)
    assert declared.title.strip()
    assert set(declared.references) <= KEYS


def test_every_band_has_a_unit(declared: Indicator) -> None:
    assert all(band.name and band.unit for band in (*declared.inputs, *declared.outputs))


def test_its_kernel_takes_what_is_declared_by_keyword(declared: Indicator) -> None:
    names = {band.name for band in declared.inputs} | {parameter.name for parameter in declared.parameters}
    if declared.reduction is not None:
        names.add(declared.reduction.fills)

    parameters = inspect.signature(declared.kernel).parameters

    assert set(parameters) == names
    assert all(parameter.default is inspect.Parameter.empty for parameter in parameters.values())


def test_its_kernel_says_what_goes_in_and_out(declared: Indicator) -> None:
    text = inspect.getdoc(declared.kernel) or ""

    assert "Parameters\n---" in text
    assert "Returns\n---" in text


def test_its_settings_exist_and_defaults_fit(declared: Indicator) -> None:
    settings = resolve()

    for parameter in declared.parameters:
        assert not parameter.setting or parameter.setting in settings
        assert not parameter.choices or parameter.default in parameter.choices
        assert parameter.low is None or parameter.default >= parameter.low
        assert parameter.high is None or parameter.default <= parameter.high


def test_its_reduction_reads_what_is_declared(declared: Indicator) -> None:
    if declared.reduction is None:
        return
    assert set(declared.reduction.inputs) <= {band.name for band in declared.inputs}
    assert set(declared.reduction.parameters) <= {parameter.name for parameter in declared.parameters}
