"""Names and colours beside class rasters: tools see them, and the raster reads as before."""

import shutil
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import rasterio

from landbalance.io.language import tongue
from landbalance.io.qgis import palettes, sidecars, styles


@pytest.fixture
def layer(country, tmp_path: Path) -> Path:
    (tmp_path / "layers").mkdir()
    rasters = country.write(tmp_path / "layers")
    path = rasters["sdg.baseline"]
    for name, text in sidecars({"sdg.baseline": path}, country.facts.legend, tongue()).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return path


def test_every_class_raster_has_a_style_and_a_table(country) -> None:
    keys = ("sdg.baseline", "condition.sdg.report_1", "lpd.baseline", "gaps.baseline", "land_cover.2015", "soc.2015")
    rasters = {key: Path(f"/run/layers/{key}.tif") for key in keys}

    found = set(sidecars(rasters, country.facts.legend, tongue()))

    named = [name for key in keys[:-1] for name in (f"layers/{key}.qml", f"layers/{key}.tif.aux.xml")]
    assert found == set(named)


def test_a_table_holds_value_name_and_colour(layer: Path) -> None:
    root = ElementTree.parse(f"{layer}.aux.xml").getroot()

    rows = [[cell.text for cell in row] for row in root.iter("Row")]
    assert rows[0] == ["-1", "Degraded", "155", "39", "121"]
    assert [row[0] for row in rows] == ["-1", "0", "1"]


def test_a_raster_reads_the_same_with_its_table_beside_it(layer: Path, tmp_path: Path) -> None:
    alone = tmp_path / "alone.tif"
    shutil.copyfile(layer, alone)

    with rasterio.open(layer) as with_table, rasterio.open(alone) as without:
        assert np.array_equal(with_table.read(), without.read())
        assert (with_table.nodata, with_table.dtypes, with_table.tags()) == (
            without.nodata,
            without.dtypes,
            without.tags(),
        )
        assert any(name.endswith(".aux.xml") for name in with_table.files)


def test_names_come_in_the_language_of_the_report(country) -> None:
    names = [name for _, _, name in palettes(country.facts.legend, tongue("fr"))["status"]]

    assert names[0] == "Dégradée"
    assert "label=" in styles(country.facts.legend, tongue("fr"))["status"]
