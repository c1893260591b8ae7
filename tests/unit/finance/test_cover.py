"""Index cover: forms of contract by hand and by a million draws, burning with gaps, basis risk that says no, design."""

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import ndtri

import landbalance.finance as public
from landbalance.core.errors import InputError, NotFoundError, RuleError
from landbalance.finance import basis, burning, insure, products
from landbalance.finance.cover_design import Guards, design_cover
from landbalance.finance.response import fit_response, respond
from landbalance.finance.risk_layers import Costs, layers, loss_layers
from landbalance.finance.year_series import IndexRow, IndexTable, YearSeries, event_losses, index_series, year_series

CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "projects.yaml").read_text())
FORMS, COVER = CASES["cover_forms"], CASES["cover"]
ONE = insure.Contract((insure.Cover(-1.0, -2.0, 100.0),))
CONTRACTS = {
    "one layer": ONE,
    "steps and a minimum": insure.Contract((insure.Cover(-1.0, -2.0, 100.0, 0.2, 4),)),
    "two layers, ceded, capped": insure.Contract(
        (insure.Cover(-0.5, -1.5, 100.0), insure.Cover(-1.0, -3.0, 50.0, 0.1)), ceding=0.9, cap=110.0
    ),
    "percentile": insure.Contract((insure.Cover(0.20, 0.02, 100.0),), "percentile"),
    "modelled loss": insure.Contract(
        (insure.loss_layer(10.0, 60.0),), "loss", ((-3.0, 100.0), (-2.0, 60.0), (0.0, 0.0)), ceding=0.3
    ),
}


def near(value: Any) -> Any:
    return pytest.approx(value, rel=1e-4, abs=6e-5)


def thirty(dry: float = -2.0, every: int = 6) -> dict[int, float]:
    return {year: dry if year % every == 0 else 0.4 + 0.01 * (year % 7) for year in range(1990, 2020)}


def losses_of(index: dict[int, float], *, bad: float = 50.0) -> products.Losses:
    return products.Losses(year_series({year: 90.0 if value < -1 else 5.0 for year, value in index.items()}), bad, 80.0)


def test_a_cover_on_percentiles_pays_in_a_straight_line() -> None:
    case = FORMS["percentile"]
    contract = insure.Contract((insure.Cover(case["attachment"], case["exit"], case["limit"]),), "percentile")

    by_percentile = insure.payout_by_percentile(case["at"], case["attachment"], case["exit"], case["limit"])
    by_index = insure.payout(ndtri(np.array(case["at"])), contract)
    found = insure.expected_payout_normal(contract)

    assert by_percentile.tolist() == near(case["pays"])
    assert by_index.tolist() == near(case["pays"])
    assert (found.mean, found.chance, found.chance_full) == near((case["mean"], case["chance"], case["chance_full"]))


def test_a_cover_on_losses_cedes_its_share() -> None:
    case = FORMS["loss"]

    found = insure.payout_by_loss(case["at"], case["attachment"], case["exhaustion"], case["ceding"])

    assert found.tolist() == near(case["pays"])


def test_steps_are_paid_once_reached_and_never_below_the_minimum() -> None:
    case = FORMS["steps"]

    found = insure.payout(case["at"], insure.Cover(*case["contract"], case["minimum"], case["steps"]))

    assert found.tolist() == near(case["pays"])


def test_layers_add_up_to_the_cap() -> None:
    case = FORMS["layers"]
    contract = insure.Contract(tuple(insure.Cover(*each) for each in case["contracts"]), cap=case["cap"])

    assert insure.payout(case["at"], contract).tolist() == near(case["pays"])
    assert contract.limit == case["cap"]


def test_districts_are_weighed_and_capped_together() -> None:
    case = FORMS["parts"]
    calm = [0.0] * 27
    parts = [(np.array([*calm, *own]), ONE, weight) for own, weight in zip(case["index"], case["weights"], strict=True)]

    found = burning.burn_parts(parts, cap=case["cap"])

    assert list(found.payouts[27:]) == near(case["pays"])


@pytest.mark.parametrize("climate", [(0.0, 1.0), (-0.3, 1.2)], ids=["as it was", "drier"])
@pytest.mark.parametrize("name", CONTRACTS)
def test_the_closed_form_of_every_contract_agrees_with_a_million_draws(name: str, climate: tuple[float, float]) -> None:
    contract, (mean, sd) = CONTRACTS[name], climate
    uniform = (np.arange(1_000_000) + np.random.default_rng(3).random(1_000_000)) / 1_000_000
    paid = insure.payout(mean + sd * ndtri(uniform), contract)

    found = insure.expected_payout_normal(contract, mean=mean, sd=sd)

    assert found.mean == pytest.approx(paid.mean(), rel=0.01)
    assert found.sd == pytest.approx(paid.std(), rel=0.01)
    assert found.chance == pytest.approx((paid > 0).mean(), rel=0.01)


def test_a_drier_climate_pays_more() -> None:
    means = [insure.expected_payout_normal(ONE, mean=shift).mean for shift in (0.3, 0.0, -0.3, -0.6)]

    assert all(later > former for former, later in pairwise(means))


@given(
    index=arrays(np.float64, 25, elements=st.floats(-4, 4)),
    name=st.sampled_from(sorted(CONTRACTS)),
)
def test_a_contract_pays_between_nothing_and_its_limit_and_never_less_as_drought_grows(
    index: np.ndarray, name: str
) -> None:
    contract = CONTRACTS[name]

    paid = insure.payout(np.sort(index), contract)

    assert np.all((paid >= 0) & (paid <= contract.limit * (1 + 1e-12)))
    assert np.all(np.diff(paid) <= 1e-9 * contract.limit)


@given(
    attachment=st.floats(-1.5, 0), widths=st.lists(st.floats(0.2, 2), min_size=1, max_size=3),
    steps=st.integers(0, 5), minimum=st.floats(0, 0.5), cap=st.one_of(st.none(), st.floats(1, 400)),
)  # fmt: skip
def test_the_closed_form_lies_between_nothing_and_the_limit(
    attachment: float, widths: list[float], steps: int, minimum: float, cap: float | None
) -> None:
    made = (insure.Cover(attachment, attachment - width, 100.0, minimum, steps) for width in widths)
    contract = insure.Contract(tuple(made), cap=cap)

    found = insure.expected_payout_normal(contract)

    assert 0 <= found.mean <= contract.limit
    assert 0 <= found.chance_full <= found.chance + 1e-12
    assert found.sd <= contract.limit / 2 + 1e-9


def test_an_unknown_year_pays_nothing_and_counts_nowhere() -> None:
    known = [0.0] * 19 + [-1.5]
    with_hole = [*known[:10], math.nan, *known[10:]]

    whole, holed = burning.burn(known, ONE), burning.burn(with_hole, ONE, first_year=1990)

    assert math.isnan(holed.payouts[10])
    assert (holed.mean, holed.sd) == pytest.approx((whole.mean, whole.sd))
    assert any("no index is known for 2000" in said for said in holed.warnings)


@pytest.mark.parametrize(
    ("series", "said"),
    [([0.0] * 19, "20 known years are the least"), ([0.0, math.nan, 0.0, 0.0] * 10, "have no index")],
)
def test_a_series_that_is_too_short_or_full_of_holes_is_refused(series: list[float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        burning.burn(series, ONE)


def test_a_trend_is_seen_and_can_be_taken_out() -> None:
    rng = np.random.default_rng(5)
    index = rng.standard_normal(40) * 0.5 - 0.06 * np.arange(40)

    as_it_was, without = burning.burn(index, ONE), burning.burn(index, ONE, detrend=True)

    assert any("the index moves by -0.0" in said for said in as_it_was.warnings)
    assert not any("the index moves" in said for said in without.warnings)
    assert without.mean > as_it_was.mean  # the climate of the last year is the driest


def test_a_spread_that_grows_is_seen() -> None:
    rng = np.random.default_rng(2)
    index = np.concatenate([rng.standard_normal(30) * 0.3, rng.standard_normal(30) * 1.5])

    assert any("spreads otherwise" in said for said in burning.burn(index, ONE).warnings)


def test_the_interval_of_many_series_holds_the_true_mean_about_as_often_as_it_says() -> None:
    truth = insure.expected_payout_normal(ONE).mean
    rng = np.random.default_rng(11)
    intervals = [burning.burn(rng.standard_normal(200), ONE, rng=rng, draws=400).interval for _ in range(120)]

    held = sum(found is not None and found[0] <= truth <= found[1] for found in intervals) / 120

    assert 0.78 <= held <= 0.97


def test_a_cover_that_never_paid_says_that_its_burn_tells_nothing() -> None:
    found = burning.burn(np.linspace(0, 1, 30), ONE, rng=np.random.default_rng(1))

    assert found.interval is None
    assert any("tells nothing" in said for said in found.warnings)


def test_prices_of_many_rows_are_those_of_each() -> None:
    rows = np.random.default_rng(4).random((5, 30)) * 100

    for load in ({"spread_load": 0.2}, {"tail_load": 0.06}):
        alone = [burning.premium(row, 100, expense=0.15, **load).premium for row in rows]
        assert burning.loaded(rows, expense=0.15, **load).tolist() == pytest.approx(alone)


def test_ranks_become_standard_normal_scores() -> None:
    scores = insure.normal_scores([*np.random.default_rng(1).gamma(2, 50, 99).tolist(), math.nan])

    assert np.nanmean(scores) == pytest.approx(0, abs=1e-9)
    assert np.nanstd(scores) == pytest.approx(1, abs=0.05)
    assert math.isnan(scores[-1])


def test_a_fitted_response_finds_the_line_it_was_made_from() -> None:
    index = np.random.default_rng(8).standard_normal(60)

    found = fit_response(index, 200 * np.maximum(-0.4 - index, 0))

    at = np.array([-2.0, -1.0, 0.0])
    assert respond(at, found).tolist() == pytest.approx([320, 120, 0], rel=0.15)


def test_losses_that_do_not_follow_the_index_are_not_fitted() -> None:
    index = np.linspace(-2, 2, 30)

    with pytest.raises(InputError, match="do not grow as the index falls"):
        fit_response(index, np.zeros(30))


def test_losses_are_cut_where_reserves_and_credit_end() -> None:
    case = FORMS["layering"]
    costs = Costs(reserve=0.08, credit_fee=0.005, credit=0.15, multiple=1.6)

    found = loss_layers(np.array(case["losses"], float), costs, reserve_below=5, credit_below=10)

    assert [layer.low for layer in found] + [found[-1].high] == case["levels"]
    assert [layer.return_period for layer in found] == case["periods"]
    assert [layer.expected for layer in found] == near(case["means"])
    assert sum(layer.expected for layer in found) == pytest.approx(np.mean(case["losses"]))
    for layer in found:
        assert dict(layer.costs)[layer.cheapest] == min(dict(layer.costs).values())
    assert layers([(3, 5.0), (12, 2.0)], reserve_below=5, credit_below=10) == {
        "reserves": 5,
        "credit": 0,
        "insurance": 2,
    }


def test_guards_say_no_with_reasons_and_what_to_try() -> None:
    paid = burning.burn(COVER["series"], ONE).payouts
    risk = basis.basis_risk(paid, COVER["losses"], bad=COVER["bad"], worst=COVER["worst"])

    found = basis.advise(risk, 35.0, most_missed=0.2, least_correlation=0.6)

    assert not found.is_fit
    assert found.reasons == ("2 of 6 bad years would have paid nothing (most allowed 20%)",)
    assert "higher attachment" in found.next_steps[0]
    assert found.sentence == "In 2 of 6 bad years a farmer gets nothing and bears 35 alone."
    assert risk.missed_interval == pytest.approx((0.0968, 0.7000), abs=1e-3)  # Wilson by hand, z = 1.96


def test_a_product_is_priced_and_judged_as_its_parts_say() -> None:
    series = year_series({1990 + place: value for place, value in enumerate(COVER["series"])})
    lost = year_series({1990 + place: value for place, value in enumerate(COVER["losses"])})
    product = products.Product("one", (products.Part(series, ONE),))
    terms = products.Terms(expense=0.15, spread_load=0.2, tail_load=0.06, tail=0.9, subsidy=0.5)

    found = products.insure_product(
        product, terms, products.Losses(lost, COVER["bad"], COVER["worst"]), burning.cover_facts(),
        np.random.default_rng(1),
    )  # fmt: skip

    assert found.premium.premium == near(COVER["by_spread"]["premium"])
    assert found.by_tail.premium == near(COVER["by_tail"]["premium"])
    assert found.own_premium == near(COVER["by_spread"]["premium"] / 2)
    assert found.basis_risk is not None
    assert {name: getattr(found.basis_risk, name) for name in COVER["risk"]} == near(COVER["risk"])
    assert found.triggers == (-1.0, -2.0)
    with pytest.raises(RuleError, match="no cover is advised: 2 of 6 bad years"):
        products.refuse_unfit([found])


def test_losses_of_other_years_are_refused() -> None:
    product = products.Product("one", (products.Part(year_series(thirty()), ONE),))
    lost = products.Losses(year_series(dict.fromkeys(range(1950, 1980), 9.0)), 5.0, 8.0)

    with pytest.raises(InputError, match="1950-1979, the index for 1990-2019: no year has both"):
        products.insure_product(product, products.Terms(), lost, burning.cover_facts(), np.random.default_rng(1))


def test_few_years_of_losses_judge_nothing() -> None:
    index = thirty()
    product = products.Product("one", (products.Part(year_series(index), ONE),))
    few = products.Losses(year_series(dict.fromkeys((1992, 1998, 2004), 90.0)), 50.0, 80.0)

    found = products.insure_product(product, products.Terms(), few, burning.cover_facts(), np.random.default_rng(1))

    assert found.advice is not None
    assert not found.advice.is_fit
    assert found.advice.reasons[0] == "3 years have both an index and a loss: 10 are the least to judge by"


def test_a_design_left_out_year_by_year_is_what_searching_again_finds() -> None:
    rng = np.random.default_rng(7)
    years = range(1985, 2015)
    seasons = [
        year_series(dict(zip(years, rng.standard_normal(30), strict=True)), name=f"s{place}") for place in range(4)
    ]
    pain = np.array(seasons[2].values) + rng.standard_normal(30) * 0.4
    lost = year_series({year: float(max(0.0, -60 * value)) for year, value in zip(years, pain, strict=True)})
    losses = products.Losses(lost, 50.0, 90.0)

    found = design_cover("A", seasons, losses, 100.0, Guards(0.2, 0.6, 10, 3))

    for place, year in enumerate(years):
        left = [math.nan if each == year else value for each, value in zip(years, lost.values, strict=True)]
        others = products.Losses(YearSeries(lost.years, tuple(left)), 50.0, 90.0)
        again = design_cover("A", seasons, others, 100.0, Guards(0.2, 0.6, 10, 3))
        own = next(each for each in seasons if each.name == again.season)
        assert found.honest_payouts[place] == pytest.approx(float(insure.payout(own.at([year]), again.cover)[0]))
    assert found.season == "s2"
    assert found.honest.pearson is not None
    assert found.hindsight.rmse <= found.honest.rmse


def test_a_search_among_noise_looks_well_in_hindsight_and_shows_no_skill_on_unseen_years() -> None:
    found, years = [], range(1980, 2015)
    for seed in range(20):
        rng = np.random.default_rng(seed)
        seasons = [year_series(dict(zip(years, rng.standard_normal(35), strict=True)), name=f"s{n}") for n in range(24)]
        lost = year_series(dict(zip(years, np.maximum(0, rng.standard_normal(35) * 60), strict=True)))
        found.append(design_cover("A", seasons, products.Losses(lost, 60.0, 90.0), 100.0, Guards(0.2, 0.6, 10, 3)))

    assert np.mean([each.hindsight.pearson for each in found]) > 0.4
    assert np.median([each.skill for each in found]) < 0
    assert sum(each.advice.is_fit for each in found) == 0
    assert "nothing better" in found[0].advice.next_steps[0]


def test_one_bad_year_judges_nothing() -> None:
    risk = basis.basis_risk([0.0] * 29 + [90.0], [0.0] * 29 + [90.0], bad=50, worst=80)

    found = basis.advise(risk, 90.0, most_missed=0.2, least_correlation=0.6, least_years=10, least_bad=3)

    assert found.reasons == ("1 bad years stand in the record: 3 are the least to judge by",)


def table() -> IndexTable:
    rows = [IndexRow(name, year, month, index, value) for name in ("North", "South") for month in (8, 9)
            for index in ("SPI-3", "SPI-4") for year, value in thirty().items()]  # fmt: skip
    return IndexTable(tuple(rows), "season.csv")


def test_a_season_is_picked_by_district_index_and_month() -> None:
    found = index_series(table().pick("South", kind="spi", months=4, month=9), "season.csv")

    assert (found.name, found.years[0], found.years[-1]) == ("South, SPI-4 of month 9", 1990, 2019)


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (("East", {}), NotFoundError, "season.csv has no district East: use one of North, South"),
        (("", {}), InputError, "season.csv has 2 districts: name one of North, South"),
        (("North", {"months": 6}), NotFoundError, "North has no season 6: there are SPI-3 of month 8"),
        (("North", {"month": 9}), InputError, "2 seasons of North fit: name one by kind, months and season"),
    ],
)
def test_an_unknown_district_or_season_is_one_clear_line(words: Any, error: type[Exception], said: str) -> None:
    district, more = words

    with pytest.raises(error, match=said):
        table().pick(district, **more)


def test_a_year_between_two_known_ones_stays_unknown() -> None:
    found = year_series({2001: 1.0, 2004: 2.0, 2003: None})

    assert found.missing == (2002, 2003)
    assert np.isnan(found.at([2002, 2010])).all()


def test_events_stand_for_losses_of_the_limit() -> None:
    rows = [IndexRow("A", 2001, 9, "SPI-4", -1.0, True), IndexRow("A", 2002, 9, "SPI-4", 1.0, False)]

    assert event_losses([*rows, IndexRow("A", 2003, 9, "SPI-4", 0.0)], 50.0).values[:2] == (50.0, 0.0)
    assert event_losses([*rows, IndexRow("A", 2003, 9, "SPI-4", 0.0)], 50.0).missing == (2003,)


@pytest.mark.parametrize(
    ("said", "call"),
    [
        ("exit lies below the attachment", lambda: insure.Cover(-2, -1, 100)),
        ("a higher loss is a worse drought", lambda: insure.loss_layer(60, 20)),
        ("the minimum a share", lambda: insure.Cover(-1, -2, 100, 1.5)),
        ("0 layers", lambda: insure.Contract(())),
        ("the loss never growing", lambda: insure.Contract((insure.loss_layer(1, 2),), "loss", ((-1, 0), (0, 5)))),
        ("give one above zero", lambda: insure.expected_payout_normal(ONE, sd=0)),
        ("1 years with a loss", lambda: design_cover(
            "A", [year_series({2000: 1.0})], losses_of({2000: 1.0, 2001: -2.0}), 9, Guards(0.2, 0.6, 10, 3))),
        ("both lie above 1", lambda: loss_layers(np.ones(20), Costs(0, 0, 0, 1), reserve_below=10, credit_below=5)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_bad_contracts_get_one_clear_line(said: str, call: Any) -> None:
    with pytest.raises(InputError, match=said) as found:
        call()

    assert "\n" not in str(found.value)


def test_the_public_names_of_index_cover_are_functions_whatever_was_imported_before() -> None:
    for name in ("payout", "expected_payout_normal", "burn", "premium", "basis_risk"):
        assert callable(getattr(public, name)), name


def test_every_fact_of_index_cover_has_unit_tag_and_source() -> None:
    for each in burning.cover_facts().values():
        assert each.unit
        assert each.source
        assert each.tag in {"S", "K", "M", "P"}
