"""`landbalance finance star|appraise|blend|insure|carbon|windows|note`: from a country's share to a concept note."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.blend import ProjectArgument, blend, curve, structures
from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.cover import insure
from landbalance.cli.neutrality import RunOption
from landbalance.cli.note import enabling, ground_of, note, steps
from landbalance.cli.options import JsonOption, WorkspaceOption
from landbalance.cli.project_carbon import carbon
from landbalance.cli.star import star
from landbalance.cli.windows import windows

if TYPE_CHECKING:
    from landbalance.finance.cash_table import Appraisal
    from landbalance.finance.risk import Outcome
    from landbalance.io.project_desk import Crossed
    from landbalance.io.project_file import Project

app = typer.Typer(rich_markup_mode=None, add_completion=False)
app.add_typer(star, name="star")
app.add_typer(windows, name="windows")
for _command in (blend, carbon, curve, insure, structures, note, steps, enabling):
    app.command()(_command)


@app.command()
def appraise(
    project: ProjectArgument,
    draws: Annotated[int, typer.Option(min=10_000, help="Draws of the uncertain inputs.")] = 20_000,
    seed: Annotated[int, typer.Option(help="Seed of the draws; the same seed gives the same figures.")] = 1,
    run: RunOption = None,
    workspace: WorkspaceOption = None,
    grid: Annotated[tuple[str, str] | None, typer.Option(help="Two inputs to move together, by name.")] = None,
    json: JsonOption = False,
) -> None:
    """Tell what a project is worth, to whom, and how sure that is."""
    from landbalance.finance.checklist import bankability, transformative
    from landbalance.io.project_desk import crossed, doubts_of, drawn, least_cover, swings, worth_of
    from landbalance.io.project_file import read_project

    read, loss, source = read_project(project), None, ""
    if workspace is not None or run is not None:
        loss, source = _loss_of(read, workspace, run)
        read = read_project(project, loss)
    views = {"financial": worth_of(read, "financial"), "economic": worth_of(read, "economic")}
    outcome = drawn(read, draws, seed)
    bank = bankability(read.form.bankability, dscr=least_cover(read))
    bars, cells = swings(read), None if grid is None else crossed(read, *grid)
    doubts = {name: doubts_of(found) for name, found in views.items()}
    groups = transformative(read.form.transformative)
    if json:
        said = {"views": views, "risk": _without_draws(outcome), "bank": bank, "plausibility": doubts}
        told = {"share": loss, "source": source, "lines": read.open_losses}
        print_json({**said, "tornado": bars, "grid": cells, "transformative": groups, "yearly_loss": told})
        return
    if loss is not None:
        used = ", ".join(read.open_losses) or "no line: each gives its own"
        say(f"yearly loss without the project {loss:.2%} for {used}", f"  {source}", "")
    for name, found in views.items():
        _say_appraisal(found, read)
        say(*(f"hard to believe: {each}" for each in doubts[name]), "")
    _say_swings(bars, read)
    if cells is not None:
        _say_grid(cells, read)
    if outcome is not None:
        _say_outcome(outcome, read)
    say("", f"bankability: {bank.score:.0%} of the marks", *(f"red flag: {flag}" for flag in bank.red_flags))
    say(*(f"  open: {question}" for question in bank.open), "")
    say("transformative project, marks 0 to 3, the weakest first; no total, so that none hides a zero")
    rows = [(f"{each.code} {each.title}", f"{each.score:.2f}", ", ".join(each.missing) or "-") for each in groups]
    print_table(("group", "mark", "not yet"), rows, right=("mark",))


def _loss_of(project: "Project", workspace: Path | None, run: str | None) -> tuple[float, str]:
    """Return the yearly loss that a run of the project's country shows, and where it is from."""
    from landbalance.engine.neutrality import yearly_loss

    ground = ground_of(project, workspace, run)
    years = f"{ground.first.last_year} to {ground.second.last_year}"
    source = f"run {ground.run.id}, {ground.workspace.title}: good land that degraded, {years}, all going on as before"
    return yearly_loss(ground), f"{source}; assumes that land which degrades gives nothing"


def _say_appraisal(found: "Appraisal", project: "Project") -> None:
    """Print one view."""
    from landbalance.finance.facts import money, returns_sentence

    currency = project.about.currency
    say(returns_sentence(found, currency), _more_figures(found, currency))
    rows = [(name, money(worth, currency)) for name, worth in sorted(found.by_stakeholder.items())]
    print_table(("for", "net present value"), rows, right=("net present value",))
    if found.switching is not None:
        benefits, costs = found.switching.benefits, found.switching.costs
        say(f"worth nothing if benefits change by {benefits:+.1%} or costs by {costs:+.1%}")
    say(*(f"warning: {each}" for each in found.warnings))


def _more_figures(found: "Appraisal", currency: str) -> str:
    """Return the modified rate, the equal yearly amount and the discounted payback; a dash where there is none."""
    from landbalance.finance.facts import money

    rate = "-" if found.mirr is None else f"{found.mirr:.1%}"
    back = "-" if found.payback.discounted is None else f"{found.payback.discounted:.1f} years"
    cost = "-" if found.cost_per_ha is None else f"{money(found.cost_per_ha, currency)} a hectare"
    return (
        f"modified rate of return (MIRR) {rate}; worth {money(found.eanb, currency)} a year (EANB); "
        f"discounted payback {back}; present costs {cost}"
    )


def _say_swings(bars: list[tuple[str, float, float]], project: "Project") -> None:
    """Print what the net present value becomes at either end of each input."""
    from landbalance.finance.facts import money

    currency = project.about.currency
    say("net present value (financial view) with one input at its low and its high end, the widest first")
    rows = [(name, money(low, currency), money(high, currency)) for name, low, high in bars]
    print_table(("input", "low", "high"), rows, right=("low", "high"))
    say("")


def _say_grid(found: "Crossed", project: "Project") -> None:
    """Print the net present value over two inputs."""
    from landbalance.finance.facts import money

    heads = [f"{value:g}" for value in found.across_values]
    say(f"net present value (financial view): {found.across} across, {found.down} down")
    rows = [
        (f"{value:g}", *(money(each, project.about.currency) for each in row))
        for value, row in zip(found.down_values, found.worth, strict=True)
    ]
    print_table(("", *heads), rows, right=heads)
    say("")


def _say_outcome(outcome: "Outcome", project: "Project") -> None:
    """Print what the draws say."""
    from landbalance.finance.facts import money

    currency = project.about.currency
    spread = " to ".join(money(value, currency) for value in (outcome.p5, outcome.p95))
    say(f"{outcome.draws:,} draws: {money(outcome.mean, currency)} on average, 90 % within {spread}")
    say(f"chance of a loss {outcome.chance_of_loss:.1%}; the spread comes from")
    ordered = sorted(outcome.contribution.items(), key=lambda pair: -pair[1])
    say(*(f"  {name} {share:.0%}" for name, share in ordered))


def _without_draws(outcome: "Outcome | None") -> dict[str, object] | None:
    """Return what the draws say, without each of them."""
    return None if outcome is None else {name: value for name, value in vars(outcome).items() if name != "values"}
