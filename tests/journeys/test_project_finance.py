"""From a country's share to a concept note, at the command line."""

import csv
import json
from pathlib import Path

import pytest
from finance_command import refused, run

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "projects"
PROJECT, COUNTRIES = str(EXAMPLES / "demoland.toml"), str(EXAMPLES / "star_invented.csv")
SIX = ["--regime", "gef-6", "--ceiling", "0.4"]


def test_an_allocation_spends_the_envelope_and_calls_itself_a_what_if() -> None:
    said = json.loads(run("star", "allocate", COUNTRIES, *SIX, "--json"))

    assert sum(said["allocation"]["amounts"]) == pytest.approx(346)
    assert "what-if" in run("star", "allocate", COUNTRIES, *SIX)
    assert "not verified: benefits_weights" in run("star", "allocate", COUNTRIES, *SIX)


@pytest.mark.parametrize("variant", ["additive", "unexposed", "multiplicative", "factor"])
def test_every_drought_variant_stands_beside_the_base(variant: str) -> None:
    said = json.loads(run("star", "compare", COUNTRIES, *SIX, "--variant", f"drought-{variant}", "--json"))

    assert sum(said["comparison"]["change"]) == pytest.approx(0, abs=1e-9)
    assert set(said["comparison"]["groups"]) == {"ldc", "sids", "dryland"}


def test_a_regime_that_is_not_known_yet_says_what_it_wants(tmp_path: Path) -> None:
    assert "leaves exponents, benefits_weights, envelope, ceiling_share open" in refused(
        "star", "allocate", COUNTRIES, "--regime", "gef-9"
    )
    own = tmp_path / "own.toml"
    own.write_text(
        "exponents = { performance = 1.0, benefits = 0.8, income = -0.16 }\n"
        "benefits_weights = { degraded = 0.2, dryland = 0.6, people = 0.2 }\n"
        "envelope = { value = 400.0 }\nceiling_share = { value = 0.4 }\n"
    )

    said = json.loads(run("star", "allocate", COUNTRIES, "--regime", "gef-9", "--own", str(own), "--json"))

    assert sum(said["allocation"]["amounts"]) == pytest.approx(400)


def test_the_form_of_a_regime_is_filled_and_read_back(tmp_path: Path) -> None:
    form = tmp_path / "gef-9.toml"
    run("star", "form", "--regime", "gef-9", "--out", str(form))
    assert "is there already" in refused("star", "form", "--regime", "gef-9", "--out", str(form))
    filled = {
        "exponents": "performance = 1, benefits = 0.8, income = -0.16",
        "benefits_weights": "degraded = 0.2, dryland = 0.6, people = 0.2",
        "envelope": "value = 450",
        "ceiling_share": "value = 0.4",
    }
    lines = form.read_text().splitlines()
    for key, values in filled.items():
        place = next(number for number, line in enumerate(lines) if line.startswith(f"# {key} = "))
        lines[place] = f'{key} = {{ {values}, tag = "S", source = "policy text" }}'
    form.write_text("\n".join(lines))

    said = json.loads(run("star", "allocate", COUNTRIES, "--regime", "gef-9", "--own", str(form), "--json"))

    assert sum(said["allocation"]["amounts"]) == pytest.approx(450)
    assert "envelope" not in said["regime"]["unverified"]


BAD_FORMS = {
    "below zero": ("envelope = { value = -4 }", "line 1: envelope, value"),
    "weights": ("benefits_weights = { degraded = 0.2, dryland = 0.6, people = 0.4 }", "the weights sum to 1.2"),
    "unknown key": ("envelop = { value = 4 }", "unknown key envelop"),
    "left empty": ("envelope = { value = , }", "is not TOML"),
}


@pytest.mark.parametrize("name", BAD_FORMS)
def test_a_form_filled_wrongly_gets_one_clear_line(tmp_path: Path, name: str) -> None:
    text, said = BAD_FORMS[name]
    own = tmp_path / "own.toml"
    own.write_text(text)

    assert said in refused("star", "allocate", COUNTRIES, "--regime", "gef-9", "--own", str(own))


def test_winners_and_losers_are_written_as_page_picture_and_table(tmp_path: Path) -> None:
    words = ("star", "compare", COUNTRIES, *SIX)
    said = json.loads(run(*words, "--json"))["comparison"]["change"]

    for kind in ("html", "svg", "csv", "json", "xlsx"):
        assert f"wrote {tmp_path / 'winners'}.{kind}" in run(*words, "--out", str(tmp_path / f"winners.{kind}"))

    rows = list(csv.reader((tmp_path / "winners.csv").read_text("utf-8-sig").splitlines()))
    assert [float(row[4]) for row in rows[1:]] == pytest.approx(said)
    page, picture = ((tmp_path / f"winners.{kind}").read_text() for kind in ("html", "svg"))
    assert "What-if: the true inputs are not public" in page
    assert all(code in picture for code in ("ZZA", "ZZB", "ZZC", "ZZD", "ZZE"))
    assert json.loads((tmp_path / "winners.json").read_text())["data"]["values"][0]["code"] == "ZZA"
    assert "nothing is written as" in refused(*words, "--out", str(tmp_path / "winners.doc"))


def test_a_tornado_is_written_in_the_language_asked_for(tmp_path: Path) -> None:
    words = ("star", "sensitivity", COUNTRIES, *SIX, "--variant", "drought-factor", "--language", "fr")

    run(*words, "--out", str(tmp_path / "tornado.csv"))

    assert "Poids de la sécheresse" in (tmp_path / "tornado.csv").read_text("utf-8-sig")


def with_areas(tmp_path: Path, biodiversity: str = "2", climate: str = "1") -> str:
    """Write a small country beside two large ones, with what they have in the other focal areas."""
    table = tmp_path / "areas.csv"
    table.write_text(
        "iso3,group,performance,income,degraded,dryland,people,biodiversity,climate\n"
        "ZZA,ldc,3.2,1200,12,40,10,20,10\nZZB,other,3.8,9000,30,100,60,30,40\n"
        f"ZZD,sids,4.0,7000,0.0005,0,0.0004,{biodiversity},{climate}\n"
    )
    return str(table)


def test_floors_on_all_areas_lift_the_small_and_spend_no_more(tmp_path: Path) -> None:
    words = ("star", "allocate", with_areas(tmp_path), "--regime", "gef-8", "--ceiling", "0.9")

    said = json.loads(run(*words, "--json"))

    assert said["totals"][2] == pytest.approx(8)
    assert sum(said["allocation"]["amounts"]) == pytest.approx(618)
    assert sum(said["totals"]) == pytest.approx(618 + 52 + 51)
    assert said["allocation"]["pins"] == ["", "", "floor"]
    assert "islands 8, others 0 million; countries at them: 1" in run(*words)
    assert "not applied" not in run(*words)


def test_floors_that_cannot_be_applied_are_said_aloud() -> None:
    said = run("star", "allocate", COUNTRIES, "--regime", "gef-7", "--ceiling", "0.6")

    assert "least developed 6, islands 4, others 4 million" in said
    assert "not applied: fill the columns biodiversity and climate" in said


def test_other_areas_are_given_for_all_or_none(tmp_path: Path) -> None:
    assert "is not given for ZZD" in refused("star", "allocate", with_areas(tmp_path, climate=""), "--ceiling", "0.9")
    assert "zero or more" in refused("star", "allocate", with_areas(tmp_path, climate="-1"), "--ceiling", "0.9")


def test_what_may_move_between_areas_follows_the_regime(tmp_path: Path) -> None:
    words = ("star", "allocate", with_areas(tmp_path), "--ceiling", "0.9", "--flexibility", "3", "--json")
    six, seven = (json.loads(run(*words, "--regime", f"gef-{number}"))["moves"] for number in (6, 7))

    assert [move["is_allowed"] for move in six] == [False, False, True]
    assert six[0]["most"] == 2
    assert seven[0]["most"] == pytest.approx(0.13 * seven[0]["total"])
    unknown = json.loads(run("star", "allocate", COUNTRIES, *SIX, "--flexibility", "3", "--json"))["moves"]
    assert {move["is_allowed"] for move in unknown} == {None}


def test_an_allocation_says_how_equal_it_is() -> None:
    said = json.loads(run("star", "allocate", COUNTRIES, *SIX, "--json"))["evenness"]

    assert said["lorenz"][0] == [0, 0]
    assert said["lorenz"][-1] == [1, 1]
    assert f"inequality (Gini): {said['gini']:.3f}" in run("star", "allocate", COUNTRIES, *SIX)


def test_the_widest_swing_comes_first() -> None:
    said = json.loads(run("star", "sensitivity", COUNTRIES, *SIX, "--json"))
    widths = [max(row["moved_low"], row["moved_high"]) for row in said]

    assert widths == sorted(widths, reverse=True)


def test_one_seed_appraises_alike_twice() -> None:
    words = ("appraise", PROJECT, "--seed", "4", "--json")

    assert run(*words) == run(*words)
    assert json.loads(run(*words))["risk"]["draws"] == 20_000


def test_an_appraisal_prints_all_it_found() -> None:
    words = ("appraise", PROJECT, "--grid", "cost", "yield")
    said, text = json.loads(run(*words, "--json")), run(*words)
    found = said["views"]["financial"]

    assert f"(MIRR) {found['mirr']:.1%}" in text
    assert f"discounted payback {found['payback']['discounted']:.1f} years" in text
    assert "a year (EANB)" in text
    assert "F Innovative finance" in text
    assert "  open: " in text
    assert "cost across, yield down" in text


def test_the_ends_of_the_tornado_are_the_edges_of_the_grid() -> None:
    said = json.loads(run("appraise", PROJECT, "--grid", "cost", "yield", "--json"))
    bars = {name: (low, high) for name, low, high in said["tornado"]}
    widths = [abs(high - low) for _, low, high in said["tornado"]]
    other = json.loads(run("appraise", PROJECT, "--grid", "yield", "cost", "--json"))["grid"]["worth"]

    assert widths == sorted(widths, reverse=True)
    assert set(bars) == {"yield", "cost", "prices of fodder and carbon"}
    assert sum(zip(*other, strict=True), ()) == pytest.approx([each for row in said["grid"]["worth"] for each in row])
    assert said["grid"]["across_values"] == pytest.approx([0.9, 1.05, 1.2, 1.35, 1.5])


def test_lines_nobody_calls_uncertain_move_by_a_fifth(tmp_path: Path) -> None:
    project = tmp_path / "p.toml"
    text = Path(PROJECT).read_text()
    begin, end = text.index("[[driver]]"), text.index("[[tranche]]")
    project.write_text(text[:begin] + text[end:])

    said = json.loads(run("appraise", str(project), "--json"))

    worth = said["views"]["financial"]["npv"]
    assert len(said["tornado"]) == 5
    assert all((low + high) / 2 == pytest.approx(worth) for _, low, high in said["tornado"])


def test_returns_beyond_belief_are_doubted(tmp_path: Path) -> None:
    project = tmp_path / "p.toml"
    text = Path(PROJECT).read_text().replace("[2400000, 1200000]", "[150000, 75000]")
    project.write_text(text.replace("value = 180000", "value = 1800"))

    assert "hard to believe: a rate of return of" in run("appraise", str(project))
    assert "hard to believe" not in run("appraise", PROJECT)


def test_a_grid_wants_two_inputs_that_exist() -> None:
    assert "maize is no input of this project" in refused("appraise", PROJECT, "--grid", "maize", "yield")
    assert "yield is no second input" in refused("appraise", PROJECT, "--grid", "yield", "yield")


def test_what_is_asked_of_a_project_is_answered() -> None:
    assert "red flag: debt-service cover below 1" in run("appraise", PROJECT)
    assert "shaped to a cover of 1.3" in run("blend", PROJECT)
    assert "premium" in run("insure", PROJECT)
    assert "no revenue before these questions are answered" in run("carbon", PROJECT)
    assert "find one for this size and risk" in run("windows", "match", PROJECT, "--on", "2026-11-25")
    assert "stale" in run("windows", "match", PROJECT, "--on", "2028-01-01")


BAD = {
    "unknown key": ("hectares = 12000", "hektares = 12000", "unknown key hektares"),
    "unknown category": ('category = "upkeep"', 'category = "keep"', "keep is no kind of cost"),
    "double line": ('name = "upkeep"', 'name = "millet"', "two lines are called millet"),
    "exit above attachment": ("exit = -2.0", "exit = 0.5", "exit lies below"),
    "no counterfactual": ("without_project = { value = 2400000, yearly_loss = 0.02 }", "", "without the project"),
    "bad driver": ('lines = ["millet"]', 'lines = ["maize"]', "maize, which is no line"),
    "bad mark": ("tenure = 2", "tenure = 5", "0, 1 or 2"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_projects_get_one_clear_line(tmp_path: Path, name: str) -> None:
    before, after, said = BAD[name]
    project = tmp_path / "p.toml"
    project.write_text(Path(PROJECT).read_text().replace(before, after, 1))

    assert said in refused("insure" if "exit" in name else "appraise", str(project))


def test_a_table_of_countries_with_a_hole_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "c.csv"
    table.write_text(Path(COUNTRIES).read_text().replace("9000", "many"))

    assert "row 3: income is many" in refused("star", "allocate", str(table))
