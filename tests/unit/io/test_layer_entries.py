"""Layers from their tables: paths, and bands tied to years by what they say."""

from pathlib import Path

import numpy as np
import pytest

from landbalance.core.dates import read_when
from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.layer_entries import FileBand, expand_path, layer_of, layers_of, stated_years
from landbalance.io.workspace_file import LayerTable


def bands(*names: str):
    found = tuple(FileBand(number, name, read_when(name)) for number, name in enumerate(names, start=1))
    return lambda path, variable, crs: found


def table(**fields) -> LayerTable:
    return LayerTable.model_validate({"role": "productivity", "path": "a.tif", "quantity": "ndvi"} | fields)


def years_of(entry: LayerTable, read) -> list[tuple[int, int | None]]:
    return [(piece.band, piece.year) for piece in layer_of(entry, Path("/w"), read).slices]


def test_years_come_from_band_names_whatever_their_order() -> None:
    assert years_of(table(), bands("ndvi_2003", "ndvi_2001", "ndvi_2002")) == [(2, 2001), (3, 2002), (1, 2003)]


def test_stated_years_choose_bands_by_name() -> None:
    assert years_of(table(years=[2002, 2003]), bands("x_2003", "x_2001", "x_2002")) == [(3, 2002), (1, 2003)]


def test_stated_years_name_unnamed_bands_when_their_counts_agree() -> None:
    assert years_of(table(years="2001-2002"), bands("", "")) == [(1, 2001), (2, 2002)]


@pytest.mark.parametrize(
    ("fields", "names", "message"),
    [
        ({}, ("", ""), "carry no year"),
        ({"years": "2001-2003"}, ("", ""), "has 2 bands, but years names 3"),
        ({"years": "2001-2003"}, ("x_2001", "x_2002"), "no band for 2003"),
        ({"years": "soon"}, ("",), "years has 'soon'"),
        ({"years": [2001, 2001]}, ("", ""), "names a year twice"),
        ({"band": "b9"}, ("b1", "b2"), "no band called b9"),
        ({"year": 2001}, ("b1", "b2"), "2 bands for one year"),
        ({"quantity": ""}, ("x_2001",), "says no quantity"),
    ],
)
def test_bands_are_never_tied_to_years_by_position_alone(fields, names, message: str) -> None:
    with pytest.raises(InputError, match=message):
        layer_of(table(**fields), Path("/w"), bands(*names))


def test_composites_keep_their_dates() -> None:
    layer = layer_of(table(), Path("/w"), bands("n_2001-01a", "n_2001-01b"))

    assert layer.is_subannual
    assert [piece.date for piece in layer.slices] == ["2001-01-01", "2001-01-16"]


def test_a_static_layer_of_several_bands_takes_that_of_its_reference_year() -> None:
    entry = table(role="soc", quantity="soc", reference_year=2010)

    layer = layer_of(entry, Path("/w"), bands("soc_none", "soc_1990", "soc_2010"))

    assert [piece.band for piece in layer.slices] == [3]


def test_ready_made_productivity_keeps_the_span_of_its_bands() -> None:
    layer = layer_of(table(role="lpd", quantity=""), Path("/w"), bands("lpd_2000_2015", "lpd_2004_2019"))

    assert [(piece.year, piece.name) for piece in layer.slices] == [(2015, "2000-2015"), (2019, "2004-2019")]


def test_one_file_a_year_is_found_by_its_name(tmp_path: Path) -> None:
    for name in ("n_2002.tif", "n_2001.tif", "n_x.tif", "n_2001.tif.aux.xml"):
        (tmp_path / name).touch()

    layer = layer_of(table(path="n_{year}.tif"), tmp_path, bands("only"))

    assert [(Path(piece.path).name, piece.year) for piece in layer.slices] == [
        ("n_2001.tif", 2001),
        ("n_2002.tif", 2002),
    ]


def test_one_file_a_year_without_a_file_names_the_pattern(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"n_\{year\}.tif"):
        layer_of(table(path="n_{year}.tif"), tmp_path, bands("only"))


def test_files_with_one_role_are_one_layer() -> None:
    tables = [table(role="land_cover", quantity="", path=f"{year}.tif", year=year, band=1) for year in (2001, 2000)]

    (layer,) = layers_of(tables, Path("/w"), bands("one"))

    assert layer.years == (2000, 2001)


def test_files_with_one_role_must_say_the_same() -> None:
    with pytest.raises(InputError, match="differ in scale"):
        layers_of([table(years=[2001]), table(years=[2002], scale=2.0)], Path("/w"), bands("one"))


def test_units_kind_and_alignment_follow_the_quantity() -> None:
    layer = layer_of(table(role="population", quantity="persons_km2", years=[2000]), Path("/w"), bands("one"))

    assert (layer.kind, layer.unit, layer.alignment) == ("value", "persons km-2", "bilinear")


def test_paths_are_relative_absolute_shared_or_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDBALANCE_SHARED", "/s")

    found = [
        expand_path(path, Path("/w"))
        for path in ("a.tif", "../a.tif", "/b.tif", "${LANDBALANCE_SHARED}/c.tif", "https://x/d.tif", "")
    ]

    assert found == ["/w/a.tif", "/a.tif", "/b.tif", "/s/c.tif", "https://x/d.tif", ""]


def test_a_shared_path_without_the_variable_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANDBALANCE_SHARED", raising=False)

    with pytest.raises(InputError, match="export LANDBALANCE_SHARED"):
        expand_path("${LANDBALANCE_SHARED}/c.tif", Path("/w"))


def test_stated_years_may_be_a_range_a_list_or_spans() -> None:
    assert stated_years("2001-2003") == (2001, 2002, 2003)
    assert stated_years(["2001", 2005]) == (2001, 2005)
    assert stated_years(["2000-2015"]) == ("2000-2015",)


def test_band_names_are_read_from_the_file(tmp_path: Path, make_raster) -> None:
    path = make_raster(tmp_path / "a.tif", np.zeros((2, 3, 3), np.uint8), names=("v_2002", "v_2001"))

    layer = layer_of(table(path=str(path)), tmp_path)

    assert [(piece.band, piece.year) for piece in layer.slices] == [(2, 2001), (1, 2002)]
