"""Analysis copies hold the very same numbers, and are made only where measuring says that they pay."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from typer.testing import CliRunner

from landbalance.cli.app import app
from landbalance.core.errors import InputError, RuleError
from landbalance.core.layers import Layer, Slice
from landbalance.grid.align import Window
from landbalance.io.bands import open_bands
from landbalance.io.files import sha256
from landbalance.io.optimise import FORMATS, Gain, Speed, measure_gain, optimise
from landbalance.io.raster import RasterReader
from landbalance.io.workspace import load_workspace

SHAPE = (6, 700, 900)
SLOW, FAST = Speed(200, 1.4), Speed(700, 1.3)


def stack(folder: Path, dtype: str = "int16") -> Layer:
    """Return a layer of one deflated file a year, with gaps."""
    rng = np.random.default_rng(5)
    numbers = (5000 + rng.normal(0, 150, SHAPE)).astype(dtype)
    numbers[rng.random(SHAPE) < 0.01] = -32768
    if dtype == "float32":
        numbers[0, 0, :5] = [np.nan, np.inf, -0.0, 1e-30, 1.1]
    profile = {"driver": "GTiff", "height": 700, "width": 900, "count": 1, "dtype": dtype, "nodata": -32768}
    options = {"crs": "EPSG:4326", "transform": from_origin(10.1, 20.3, 0.0023, 0.0023), "compress": "deflate"}
    for year, band in enumerate(numbers, 2001):
        with rasterio.open(folder / f"ndvi_{year}.tif", "w", **profile, **options) as file:
            file.write(band, 1)
    slices = tuple(Slice(str(folder / f"ndvi_{year}.tif"), 1, year) for year in range(2001, 2007))
    return Layer("productivity", "ndvi", "value", slices, scale=0.0001)


@pytest.mark.parametrize("dtype", ["int16", "float32"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_copy_holds_the_same_numbers_on_the_same_cells(tmp_path: Path, name: str, dtype: str) -> None:
    layer = stack(tmp_path, dtype)

    path = optimise(layer, Gain("productivity", name, SLOW, FAST, 1), tmp_path / "copy.tif")

    copy = replace(layer, slices=tuple(replace(p, path=str(path), band=n) for n, p in enumerate(layer.slices, 1)))
    one, other = RasterReader(layer), RasterReader(copy)
    assert (one.grid, one.dtype, one.missing) == (other.grid, other.dtype, other.missing) or dtype == "float32"
    assert one.grid == other.grid
    np.testing.assert_array_equal(one.stored(layer.slices, one.grid), other.stored(copy.slices, one.grid))
    raw = open_bands(layer.slices[0].path).read((1,), Window(0, 0, 10, 10))
    assert open_bands(str(path)).read((1,), Window(0, 0, 10, 10)).tobytes() == raw.tobytes()


def test_the_gain_is_measured_on_the_layer_itself(tmp_path: Path) -> None:
    gain = measure_gain(stack(tmp_path), tmp_path)

    assert gain.numbers == np.prod(SHAPE)
    assert gain.format in FORMATS
    assert gain.before.megabytes_per_second > 0
    assert 0.5 < gain.before.bytes_per_number < 2.5
    assert 0.5 < gain.after.bytes_per_number < 2.5
    assert not list(tmp_path.glob(".sample*"))


def test_a_copy_that_does_not_pay_is_refused_unless_forced(tmp_path: Path) -> None:
    layer, gain = stack(tmp_path), Gain("productivity", "pixel", FAST, FAST, 1)

    with pytest.raises(RuleError, match=r"1\.00 times as fast"):
        optimise(layer, gain, tmp_path / "copy.tif")
    assert not (tmp_path / "copy.tif").exists()
    assert optimise(layer, gain, tmp_path / "copy.tif", force=True).exists()


def test_a_copy_is_never_written_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "copy.tif").write_bytes(b"mine")

    with pytest.raises(InputError, match="exists already"):
        optimise(stack(tmp_path), Gain("productivity", "pixel", SLOW, FAST, 1), tmp_path / "copy.tif")


def test_files_with_other_cells_are_not_stacked(tmp_path: Path, make_raster: Any) -> None:
    layer = stack(tmp_path)
    other = make_raster(tmp_path / "other.tif", np.ones((4, 4), dtype=np.int16), nodata=-32768)

    with pytest.raises(InputError, match="differ in cells"):
        measure_gain(replace(layer, slices=(*layer.slices, Slice(str(other), 1, 2007))), tmp_path)


def test_the_workspace_reads_the_copy_and_names_the_original(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "data").mkdir(parents=True)
    stack(home / "data")
    (home / "landbalance.toml").write_text(
        '# kept\n[workspace]\nformat = 1\ncountry = "ZZD"\ninvented = true\n\n[[layer]]\nrole = "productivity"\n'
        'path = "data/ndvi_{year}.tif"\nquantity = "ndvi"\nscale = 0.0001  # NDVI\nyears = "2001-2006"\n'
    )
    before = load_workspace(home).layers[0]
    numbers = RasterReader(before).stored(before.slices, RasterReader(before).grid)

    done = CliRunner().invoke(app, ["data", "optimise", "productivity", "-w", str(home), "--force"])

    after = load_workspace(home).layers[0]
    text = (home / "landbalance.toml").read_text()
    assert done.exit_code == 0, done.output
    assert "times as fast" in done.output
    assert 'original = "data/ndvi_{year}.tif"' in text
    assert "original_sha256" in text
    assert "# kept" in text
    assert f'sha256 = "{sha256(home / "data" / "productivity_analysis.tif")}"' in text
    assert {Path(piece.path).name for piece in after.slices} == {"productivity_analysis.tif"}
    assert [piece.year for piece in after.slices] == [piece.year for piece in before.slices]
    np.testing.assert_array_equal(RasterReader(after).stored(after.slices, RasterReader(after).grid), numbers)
