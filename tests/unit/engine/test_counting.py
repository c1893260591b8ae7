"""Exact counting: whole numbers, any order, no overflow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.core.errors import RuleError
from landbalance.engine.counting import Counter
from landbalance.engine.plan import Group, Tally, TallyAxis

TALLY = Tally("t", (TallyAxis("class", "class", (-1, 0, 1, -128)),), ("nation", "zones"))
GROUPS = {"nation": Group("nation", "", 1), "zones": Group("zones", "zone", 2)}
CELLS = st.lists(
    st.tuples(st.sampled_from([-1, 0, 1, -128]), st.integers(0, 2), st.integers(0, 2**42)), min_size=1, max_size=40
)


def counted(parts: list[list[tuple[int, int, int]]]) -> dict[str, np.ndarray]:
    counters = []
    for part in parts:
        counter = Counter((TALLY,), GROUPS, {"nation": 1, "zones": 2})
        for cells in (part[:3], part[3:]):
            if cells:
                classes, zones, area = (np.array(column) for column in zip(*cells, strict=True))
                layers = {"class": classes.astype(np.int8), "zone": zones.astype(np.int32)}
                counter.count(layers, area.astype(np.int64))
        counters.append(counter)
    for other in counters[1:]:
        counters[0].add(other.counts())
    return {name: table.values for name, table in counters[0].tables(2.0**-35).items()}


@given(cells=CELLS, cut=st.integers(0, 40), seed=st.randoms())
def test_sums_do_not_depend_on_order_or_threads(cells: list[tuple[int, int, int]], cut: int, seed: object) -> None:
    shuffled = list(cells)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]

    whole, parts = counted([cells]), counted([shuffled[:cut], shuffled[cut:]])

    for name, values in whole.items():
        np.testing.assert_array_equal(parts[name], values)


@given(cells=CELLS)
def test_sums_are_those_of_whole_numbers(cells: list[tuple[int, int, int]]) -> None:
    values = counted([cells])["t.nation"]

    for place, code in enumerate((-1, 0, 1, -128)):
        whole = sum(area for each, _, area in cells if each == code) * 2.0**-35 / 100
        assert values[0, place] == pytest.approx(whole, rel=1e-14)


def test_many_large_cells_do_not_overflow() -> None:
    counter = Counter((TALLY,), GROUPS, {"nation": 1, "zones": 2})
    layers = {"class": np.zeros(1 << 19, dtype=np.int8), "zone": np.ones(1 << 19, dtype=np.int32)}
    for _ in range(64):
        counter.count(layers, np.full(1 << 19, 100 * 2**35, dtype=np.int64))

    table = counter.tables(2.0**-35)["t.nation"]

    assert table.total(**{"class": 0}) == 64 * 2.0**19


def test_tables_of_several_groups_axes_and_weights_equal_numpy() -> None:
    rng, cells = np.random.default_rng(3), 5000
    axes = (TallyAxis("class", "class", (-1, 0, 1, -128)), TallyAxis("lpd", "lpd", (1, 2, 3, 4, 5)))
    tallies = (
        Tally("both", axes, ("nation", "zones", "soils")),
        Tally("one", axes[1:], ("zones",)),
        Tally("mass", axes[:1], ("nation", "soils"), weight="amount", per_ha=True),
        Tally("known", axes[:1], ("zones", "nation"), known_only="amount"),
        Tally("all", axes, ("nation",)),
    )
    groups = GROUPS | {"soils": Group("soils", "soil", 3)}
    layers = {
        "class": rng.choice(np.int8([-1, 0, 1, -128]), cells),
        "lpd": rng.integers(1, 6, cells).astype(np.int8),
        "zone": rng.integers(0, 3, cells).astype(np.int32),
        "soil": rng.integers(0, 4, cells).astype(np.int32),
        "amount": np.where(rng.random(cells) < 0.2, np.nan, rng.random(cells)).astype(np.float32),
        "cell_ha": np.full(cells, 6.25),
    }
    area = rng.integers(1, 2**40, cells)
    counter = Counter(tallies, groups, {"nation": 1, "zones": 2, "soils": 3})
    for part in (slice(0, 3000), slice(3000, None)):
        counter.count({name: array[part] for name, array in layers.items()}, area[part])

    tables = counter.tables(1.0)

    mass = np.rint(np.nan_to_num(layers["amount"].astype(float)) * 6.25 * 2.0**20) / 2**20
    weights = {"mass": mass, "known": np.where(np.isnan(layers["amount"]), 0, area) / 100}
    for tally in tallies:
        for group in tally.groups:
            zone = 0 if group == "nation" else layers[groups[group].layer]
            keys = [
                np.broadcast_to(zone, cells),
                *(np.argsort(a.codes)[np.searchsorted(np.sort(a.codes), layers[a.layer])] for a in tally.axes),
            ]
            expected = np.zeros(tables[f"{tally.name}.{group}"].values.shape)
            np.add.at(expected, tuple(keys), weights.get(tally.name, area / 100))
            np.testing.assert_allclose(tables[f"{tally.name}.{group}"].values, expected, rtol=1e-12)


def test_a_code_that_its_axis_does_not_have_is_refused() -> None:
    counter = Counter((TALLY,), GROUPS, {"nation": 1, "zones": 2})

    with pytest.raises(RuleError, match="7"):
        counter.count({"class": np.int8([0, 7]), "zone": np.int32([1, 1])}, np.int64([1, 1]))
