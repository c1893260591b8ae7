"""An invented country as arrays, for reports and products: cell values, the tables a run counts, rasters for maps."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.features import shapes
from rasterio.transform import from_origin
from scipy.ndimage import gaussian_filter

from landbalance.core.crosstab import Axis, Crosstab
from landbalance.core.legends import Legend, LegendClass
from landbalance.core.parameters import Override, resolve
from landbalance.core.periods import CYCLE_2026
from landbalance.core.vocab import NODATA
from landbalance.reporting.facts import Flag, LayerFact, RecodeFact, RunFacts, Zone, ZoneGroup

HEIGHT, WIDTH = 150, 180
WEST, NORTH, CELL = 12.0, 9.0, 0.01
NAMES = (
    ("Tree-covered areas", "#787F1B"),
    ("Grassland", "#FFAC42"),
    ("Cropland", "#FFFB6E"),
    ("Wetland", "#00DB84"),
    ("Artificial surfaces", "#E60017"),
    ("Other land", "#FFF3D7"),
    ("Water bodies", "#0053C4"),
)
LEGEND = Legend(
    "unccd", "UNCCD", tuple(LegendClass(k, name, colour, k) for k, (name, colour) in enumerate(NAMES, 1)), (), "UNCCD"
)
MATRIX = (
    (0, -1, -1, -1, -1, -1, 0),
    (1, 0, 1, -1, -1, -1, 0),
    (1, -1, 0, -1, -1, -1, 0),
    (-1, -1, -1, 0, -1, -1, 0),
    (1, 1, 1, 1, 0, 1, 0),
    (1, 1, 1, 1, -1, 0, 0),
    (0, 0, 0, 0, 0, 0, 0),
)
STATUS = (-1, 0, 1, NODATA)
SURFACES = (0, 1, 2, 3)
CLASSES = (1, 2, 3, 4, 5, 6, 7, NODATA)
LPD = (1, 2, 3, 4, 5, NODATA)
CONDITION = {
    (-1, -1): 1, (0, -1): 2, (1, -1): 2, (-1, 0): 3, (0, 0): 4, (1, 0): 5, (-1, 1): 6, (0, 1): 6, (1, 1): 7,
}  # fmt: skip


@dataclass(frozen=True)
class Country:
    """Cell values of an invented country, inside its mask."""

    facts: RunFacts
    layers: Mapping[str, np.ndarray]

    def write(self, folder: Path) -> dict[str, Path]:
        """Write the layers as GeoTIFFs and return where they are."""
        folder.mkdir(parents=True, exist_ok=True)
        return {name: _write(folder / f"{name}.tif", values) for name, values in self.layers.items()}


def invented_country(seed: int = 7, *, with_profile: bool = False) -> Country:
    """Return an invented country with a baseline, two reporting periods, three districts, recodes and people."""
    rng = np.random.default_rng(seed)
    inside = _shape(rng)
    area = np.full(inside.shape, 1.2) * np.cos(np.deg2rad(NORTH - CELL * np.arange(HEIGHT)))[:, None]
    district = np.where(inside, 1 + (np.arange(WIDTH)[None, :] > 70) + (np.arange(HEIGHT)[:, None] > 95), 0)
    cover = _covers(rng, inside)
    grids: dict[str, np.ndarray] = {}
    tables: dict[str, Crosstab] = {}
    people = np.where(inside & (cover[2015] < 7), rng.gamma(0.6, 60.0, inside.shape), 0.0)
    zones = {"nation": (np.where(inside, 1, 0), (1,)), "districts": (district, (0, 1, 2, 3))}
    zones["land_cover"] = (np.where(inside, cover[2000], 0), (0, 1, 2, 3, 4, 5, 6, 7))
    sdg: dict[str, np.ndarray] = {}
    parts: dict[str, np.ndarray] = {}
    for period in CYCLE_2026:
        first, last = cover[period.land_cover[0]], cover[period.land_cover[1]]
        surface = np.where(first == 7, 1, np.where(last == 7, 2, 0))
        lpd = _lpd(rng, inside)
        productivity = np.select([lpd == NODATA, lpd <= 2, lpd <= 4], [NODATA, -1, 0], 1)
        change = np.array(MATRIX)[np.where(inside, first, 1) - 1, np.where(inside, last, 1) - 1]
        soil = np.where(change == -1, -1, np.where((change == 1) & (first == 6), 1, 0))
        floor = ((first == 6) & (_noise(rng, 3) > 0.6)).astype(int)
        soil = np.where((first == 7) | (last == 7), NODATA, np.where(floor == 1, 0, soil))
        joined = _joined(productivity, change, soil)
        now = {"sdg": joined, "productivity": productivity, "land_cover": change, "soc": soil}
        grids |= {f"lpd.{period.name}": lpd, f"sdg.{period.name}": joined, f"productivity.{period.name}": productivity}
        grids |= {f"land_cover_status.{period.name}": change, f"soc_status.{period.name}": soil}
        gaps = (productivity == NODATA) * 1 + (change == NODATA) * 2 + (soil == NODATA) * 4
        grids[f"gaps.{period.name}"] = gaps
        sdg[period.name] = joined
        for layer, values in now.items():
            parts[f"{layer}.{period.name}"] = values
        for group, (numbers, codes) in zones.items():
            zone = ("zone", numbers, codes)
            over = ("surface", surface, SURFACES)
            count = _counter(tables, inside, f"{period.name}.{group}")
            axes = (zone, over, ("productivity", productivity, STATUS), ("land_cover", change, STATUS))
            count("components", (*axes, ("soc", soil, (*STATUS, -127)), ("floor", floor, (0, 1))), area)
            count("sdg", (zone, over, ("sdg", joined, STATUS)), area)
            known = [(name, (now[name] != NODATA) * 1, (0, 1)) for name in ("productivity", "land_cover", "soc")]
            count("known", (zone, over, *known), area)
            count("lpd", (zone, over, ("lpd", lpd, LPD)), area)
            count("transition", (zone, ("start", first, CLASSES), ("end", last, CLASSES)), area)
            status = joined
            if not period.is_baseline:
                for layer, values in now.items():
                    before = parts[f"{layer}.baseline"]
                    axes = (zone, over, ("baseline", before, STATUS), ("period", values, STATUS))
                    count(f"status.{layer}", axes, area)
                    grids[f"condition.{layer}.{period.name}"] = _condition(before, values)
                status = _three(grids[f"condition.sdg.{period.name}"])
            shares = {"total": 1.0, "female": 0.51, "male": 0.49}
            for sex, share in shares.items():
                count(f"people.{sex}", (zone, over, ("sdg", status, STATUS)), people * share, "persons")
                count(f"people_period.{sex}", (zone, over, ("sdg", joined, STATUS)), people * share, "persons")
            if group == "nation":
                axes = (zone, ("lpd", lpd, LPD), ("start", first, CLASSES), ("end", last, CLASSES))
                count("lpd_cover", axes, area)
                dry = (cover[2000] == 6) * 1
                axes = (zone, ("hyperarid", dry, (0, 1, NODATA)), ("productivity", productivity, STATUS))
                count("hyperarid", axes, area)
    _count_years(tables, grids, zones, (inside, area), cover)
    recoded = np.where(sdg["report_2"] == -1, 0, sdg["report_2"])
    spot = inside & (np.hypot(np.arange(HEIGHT)[:, None] - 60, np.arange(WIDTH)[None, :] - 110) < 6)
    axes = (("zone", spot * 1, (1,)), ("feature", spot * 1, (1,)))
    axes = (*axes, ("old", sdg["report_2"], STATUS), ("new", recoded, STATUS))
    _counter(tables, spot, "report_2.nation")("recode", axes, area)
    for name, values in grids.items():
        grids[name] = np.where(inside, values, NODATA).astype(np.int8)
    total = float(area[inside].sum())
    return Country(_facts(tables, total, area, inside, district, cover, people, with_profile=with_profile), grids)


def _count_years(tables, grids, zones, places, cover) -> None:
    """Count land cover and soil carbon in every year."""
    inside, area = places
    stock = np.where(inside, np.array([0, 85, 52, 41, 120, 30, 4.5, 0])[np.clip(cover[2000], 0, 7)], 0.0)
    for year, classes in cover.items():
        grids[f"land_cover.{year}"] = classes
        kept = np.where(classes == 7, 0.0, 1.0)
        for group, (numbers, codes) in zones.items():
            axes = (("zone", numbers, codes), ("class", classes, CLASSES))
            count = _counter(tables, inside, f"{year}.{group}")
            count("land_cover", axes, area)
            count("soc_mass", axes, stock * area * 100 * kept * (1 - 0.001 * (year - 2000)), "t")
            count("soc_area", axes, area * kept)


def small_table(
    name: str, axes: dict[str, tuple[int, ...]], cells: dict[tuple[int, ...], float], unit: str = "km2"
) -> Crosstab:
    """Return a small table from its filled cells."""
    values = np.zeros([len(codes) for codes in axes.values()])
    for place, amount in cells.items():
        values[tuple(codes.index(code) for codes, code in zip(axes.values(), place, strict=True))] = amount
    return Crosstab(name, tuple(Axis(axis, codes) for axis, codes in axes.items()), values, unit)


@pytest.fixture(scope="session")
def country() -> Country:
    """Return an invented country without a country profile."""
    return invented_country()


@pytest.fixture(scope="session")
def profiled() -> Country:
    """Return the same country with land area and population of its country profile."""
    return invented_country(with_profile=True)


@pytest.fixture(scope="session")
def make_table():
    """Return a function that makes a small table from its filled cells."""
    return small_table


def _facts(tables, total, area, inside, district, cover, people, *, with_profile: bool) -> RunFacts:
    """Return what the invented run says of itself."""
    land = {year: float(area[inside & (classes != 7)].sum()) for year, classes in cover.items()}
    counted = {sex: float(people.sum()) * share for sex, share in (("total", 1.0), ("female", 0.51), ("male", 0.49))}
    districts = ("Upper Sel", "Sel Delta", "Ostra & Hills")
    groups = (
        ZoneGroup("nation", "Country", (Zone(1, "ZZD", "Demoland"),)),
        ZoneGroup("districts", "Districts", tuple(Zone(k, f"D{k}", name) for k, name in enumerate(districts, 1))),
        ZoneGroup("land_cover", "Land cover", tuple(Zone(k, str(k), name) for k, (name, _) in enumerate(NAMES, 1))),
    )
    boundary = {"type": "FeatureCollection", "features": _outlines(inside, district)}
    layer = LayerFact(
        role="land_cover",
        title="Invented land cover",
        quantity="class",
        unit="1",
        years=(2000, 2015, 2019, 2023),
        crs="EPSG:4326",
        cell_size="0.01°",
        source="made by code",
        licence="CC0-1.0",
        citation="Invented for tests",
        files=(("land_cover.tif", "0" * 64),),
        missing_share=0.0,
    )
    flags = (
        Flag(
            "no_soil_layer", "warning", "No soil layer: productivity is compared within land cover classes alone.", {}
        ),
    )
    recode = RecodeFact(
        number=1,
        uuid="6f9619ff-8b86-4011-b42d-00c04fc964ff",
        location="Sel plantation",
        process="Planned harvest read as loss of productivity",
        basis="Field visit, March 2023",
        periods=("report_2",),
        recode=(0, None, None),
        state="accepted",
        evidence=("https://example.org/visit/7",),
        author="Forest service",
        date="2023-04-02",
        area_km2=130.0,
    )
    return RunFacts(
        run_id="20260101T000000Z-invented",
        workspace="Demoland",
        country="ZZD",
        country_name="Demoland",
        started="2026-01-01T00:00:00Z",
        profile="unccd-2026",
        settings=resolve(overrides={"soc_threshold": Override(0.12, "national soil survey 2019")}),
        periods=CYCLE_2026,
        legend=LEGEND,
        groups=groups,
        layers=(layer, replace(layer, role="productivity", title="Invented NDVI", quantity="ndvi", missing_share=0.02)),
        tables=tables,
        land_cover_years=(2000, 2015, 2019, 2023),
        soc_years=(2000, 2015, 2019, 2023),
        flags=flags,
        recodes=(recode,),
        land_area_km2=land if with_profile else {},
        population=dict.fromkeys((2015, 2019, 2023), counted) if with_profile else {},
        boundary_km2=total * 1.0004,
        boundary_geojson=boundary,
        cell_size="0.01°",
        crs="EPSG:4326",
        series_years={"baseline": tuple(range(2001, 2016)), "report_1": tuple(range(2004, 2020))},
        versions={"landbalance": "0.1.0"},
        transition_matrix=MATRIX,
        is_invented=True,
    )


def _outlines(inside: np.ndarray, district: np.ndarray) -> list[dict[str, object]]:
    """Return the outlines of the country and its districts."""
    to_map = from_origin(WEST, NORTH, CELL, CELL)
    features = []
    for group, grid in (("nation", inside.astype(np.uint8)), ("districts", district.astype(np.uint8))):
        for geometry, number in shapes(grid, mask=inside, transform=to_map):
            features.append(
                {"type": "Feature", "properties": {"group": group, "name": str(number)}, "geometry": geometry}
            )
    return features


def _counter(tables: dict[str, Crosstab], inside: np.ndarray, where: str):
    """Return a function that counts a table over the cells inside."""

    def count(stem: str, axes, amount: np.ndarray, unit: str = "km2") -> None:
        name = f"{stem}.{where}"
        values = np.zeros([len(codes) for _, _, codes in axes])
        places = []
        for _, grid, codes in axes:
            order = {code: place for place, code in enumerate(codes)}
            places.append(np.array([order[int(code)] for code in grid[inside]]))
        np.add.at(values, tuple(places), amount[inside])
        tables[name] = Crosstab(name, tuple(Axis(axis, codes) for axis, _, codes in axes), values, unit)

    return count


def _noise(rng: np.random.Generator, smooth: float) -> np.ndarray:
    """Return a smooth random field with unit deviation."""
    field = gaussian_filter(rng.normal(size=(HEIGHT, WIDTH)), smooth, mode="wrap")
    return field / field.std()


def _shape(rng: np.random.Generator) -> np.ndarray:
    """Return the outline of the country."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.hypot((y - 75) / 68, (x - 90) / 84) + 0.09 * _noise(rng, 12) < 0.97


def _covers(rng: np.random.Generator, inside: np.ndarray) -> dict[int, np.ndarray]:
    """Return land cover by year: smooth regions with patches of change."""
    wet, seed = _noise(rng, 11), _noise(rng, 5)
    base = np.select([wet < -1.5, wet < -0.4, wet < 0.5, wet < 1.35, seed < -2.2], [6, 2, 3, 1, 4], 1)
    base = np.where(_noise(rng, 4) > 2.5, 7, np.where(_noise(rng, 2) > 3.1, 5, base))
    covers, now = {}, base
    for year, share in ((2000, 0.0), (2015, 1.75), (2019, 2.2), (2023, 2.0)):
        patch, kind = _noise(rng, 3), _noise(rng, 6)
        new = np.select([kind < -0.5, kind < 0.4, kind < 1.0], [3, 2, 1], 5)
        now = np.where((patch > share) & (share > 0) & (now != 7), new, now)
        covers[year] = np.where(inside, now, 0)
    return covers


def _lpd(rng: np.random.Generator, inside: np.ndarray) -> np.ndarray:
    """Return productivity dynamics with a small gap."""
    field = _noise(rng, 5)
    lpd = np.select([field < -1.5, field < -1.1, field < -0.6, field < 1.0], [1, 2, 3, 4], 5)
    return np.where((_noise(rng, 6) > 2.4) | ~inside, NODATA, lpd)


def _joined(*layers: np.ndarray) -> np.ndarray:
    """Return one-out-all-out with missing layers as no data."""
    stack = np.stack(layers)
    joined = np.where((stack == -1).any(axis=0), -1, np.where((stack == 1).any(axis=0), 1, 0))
    return np.where((stack == NODATA).any(axis=0), NODATA, joined)


def _condition(before: np.ndarray, now: np.ndarray) -> np.ndarray:
    """Return the seven classes of a status."""
    out = np.full(before.shape, NODATA)
    for (first, last), code in CONDITION.items():
        out[(before == first) & (now == last)] = code
    return out


def _three(condition: np.ndarray) -> np.ndarray:
    """Return the three classes of a status."""
    return np.select([condition == NODATA, condition <= 3, condition == 4], [NODATA, -1, 0], 1)


def _write(path: Path, values: np.ndarray) -> Path:
    """Write one int8 GeoTIFF with overviews."""
    form = {"driver": "GTiff", "dtype": "int8", "count": 1, "nodata": NODATA, "crs": "EPSG:4326", "compress": "deflate"}
    form |= {"height": HEIGHT, "width": WIDTH, "transform": from_origin(WEST, NORTH, CELL, CELL)}
    with rasterio.open(path, "w", **form) as file:
        file.write(values, 1)
        file.build_overviews([2, 4], rasterio.enums.Resampling.mode)
    return path
