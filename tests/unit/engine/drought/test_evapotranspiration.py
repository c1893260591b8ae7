"""Potential evapotranspiration of a workspace: the published example of each way, from layers on disk."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.parameters import resolve
from landbalance.engine.drought.climate import potential_evapotranspiration
from landbalance.grid.grid import Grid
from landbalance.indicators.drought.index import index_method
from landbalance.io.workspace import load_workspace

BANGKOK = Grid("EPSG:4326", 100.0, 14.2333, 1.0, 1.0, 1, 1)  # centre at 13.73 N, FAO paper 56, example 17
EXAMPLE = {  # March and April; only the mean of March, 29.2 degC, is used
    "temperature_minimum": ("degC", [23.8, 25.6]),
    "temperature_maximum": ("degC", [34.6, 34.8]),
    "vapour_pressure": ("kPa", [2.85, 2.85]),
    "wind_speed": ("m s-1", [2.0, 2.0]),
    "solar_radiation": ("MJ m-2 day-1", [22.65, 22.65]),
    "temperature_mean": ("degC", [29.2, 30.2]),
    "elevation": ("m", [2.0]),
}


def write_workspace(folder: Path, *roles: str) -> Path:
    """Write a workspace of one cell with layers of the example."""
    lines = ["[workspace]", "format = 1", 'country = "ZZD"', "invented = true"]
    for role in roles:
        unit, values = EXAMPLE[role]
        form = {"driver": "GTiff", "height": 1, "width": 1, "count": len(values), "dtype": "float32"}
        with rasterio.open(
            folder / f"{role}.tif", "w", crs="EPSG:4326", transform=from_origin(100.0, 14.2333, 1.0, 1.0), **form
        ) as file:
            for band, value in enumerate(values, 1):
                file.write(np.full((1, 1), value, np.float32), band)
                if len(values) > 1:
                    file.set_band_description(band, f"{role}_2001-{band + 2:02d}")
        lines += ["", "[[layer]]", f'role = "{role}"', f'path = "{role}.tif"', f'unit = "{unit}"']
    (folder / "landbalance.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_penman_monteith_meets_the_published_example(tmp_path: Path) -> None:
    home = write_workspace(tmp_path, *EXAMPLE)

    series = potential_evapotranspiration(load_workspace(home), BANGKOK, "penman-monteith")

    assert series.values[1, 0, 0] / 30 == pytest.approx(5.72, abs=0.01)  # April, mm a day


def test_without_a_word_the_layers_decide(tmp_path: Path) -> None:
    home = write_workspace(tmp_path, *EXAMPLE)
    workspace = load_workspace(home)

    chosen = potential_evapotranspiration(workspace, BANGKOK)

    np.testing.assert_array_equal(chosen.values, potential_evapotranspiration(workspace, BANGKOK, "hargreaves").values)
    assert (chosen.values != potential_evapotranspiration(workspace, BANGKOK, "thornthwaite").values).all()


@pytest.mark.parametrize("lacking", ["vapour_pressure", "wind_speed", "solar_radiation", "elevation"])
def test_a_layer_that_is_missing_is_named(tmp_path: Path, lacking: str) -> None:
    home = write_workspace(tmp_path, *(role for role in EXAMPLE if role != lacking))

    with pytest.raises(NotFoundError, match=lacking):
        potential_evapotranspiration(load_workspace(home), BANGKOK, "penman-monteith")


def test_an_unknown_way_is_refused() -> None:
    with pytest.raises(InputError, match="SPEI knows no evapotranspiration by magic"):
        index_method("spei", resolve(), pet="magic")
