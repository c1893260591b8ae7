"""`landbalance finance needs|gap|strategy|subsidies`: what it costs, what is missing, what strategies bring."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_table, say, warn
from landbalance.cli.options import WorkspaceOption, YearsOption, span
from landbalance.cli.records import acting, workspace_of
from landbalance.cli.rows import Format, FormatOption, OutOption, give_out
from landbalance.core.errors import InputError

if TYPE_CHECKING:
    from landbalance.finance.needs import CostedAction, Need
    from landbalance.finance.strategy import FinanceAction
    from landbalance.finance.subsidy import Repurposing, Subsidy

app = typer.Typer(rich_markup_mode=None, add_completion=False)
subsidies = typer.Typer(rich_markup_mode=None, add_completion=False, help="Screen and repurpose harmful subsidies.")
app.add_typer(subsidies, name="subsidies")


PlanArgument = Annotated[
    Path | None,
    typer.Argument(help="Actions: id, target, practice, hectares, start, end ... (csv, xlsx); those of the register."),
]

KeepOption = Annotated[bool, typer.Option("--keep", help="Keep the table in the register of the platform.")]


@app.command()
def needs(
    plan: PlanArgument = None,
    years: YearsOption = "",
    by: Annotated[str, typer.Option(help="target, practice, district, response or action.")] = "target",
    level: Annotated[str, typer.Option(help="low, central or high unit costs.")] = "central",
    format: FormatOption = Format.table,  # noqa: A002
    out: OutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show what the targets cost by year."""
    from landbalance.finance.needs import cost_schedule
    from landbalance.reporting.finance import need_rows

    actions, notes = planned(plan, workspace, level)
    need = cost_schedule(actions, whole_span(years, actions))
    heads, rows = need_rows(actions, need, by)
    if format is Format.table and out is None:
        print_table(
            heads,
            [[cell if isinstance(cell, str) else f"{cell:,.0f}" for cell in row] for row in rows],
            right=heads[1:],
        )
        say(f"{need.sum:,.0f} USD in all, {need.price_base} prices")
        for line in notes:
            warn(line)
        return
    give_out(heads, rows, format, out, title="needs")


@app.command("gap")
def gap_command(
    plan: PlanArgument = None,
    years: YearsOption = "",
    growth: Annotated[float, typer.Option(help="Growth of the money there is, a year.")] = 0.0,
    baseline: Annotated[
        float | None, typer.Option(help="Money of the first year [USD]; the ledger's last year when left out.")
    ] = None,
    strategy: Annotated[
        Path | None, typer.Option(help="Actions to raise money; those of the register, where there are some.")
    ] = None,
    by: Annotated[str, typer.Option(help="Also need and linked money by target or district.")] = "",
    charts: Annotated[Path | None, typer.Option(help="Folder for charts and their data.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show need, money and gap by year; with a strategy what stays open."""
    from landbalance.finance.needs import cost_schedule, gap, project_baseline
    from landbalance.finance.strategy import residual

    planned_actions, _ = planned(plan, workspace, "central")
    wanted = whole_span(years, planned_actions)
    first = ledger_baseline(workspace) if baseline is None else baseline
    need = cost_schedule(planned_actions, wanted)
    found = gap(wanted, need.total, project_baseline(first, growth, wanted))
    actions = raising(strategy, workspace) if strategy or plan is None else ()
    left = residual(wanted, found.gap, actions)
    heads = ("year", "need", "there is", "gap", "covered", *(("still open",) if actions else ()))
    rows = [
        (
            str(year),
            f"{need:,.0f}",
            f"{money:,.0f}",
            f"{short:,.0f}",
            "" if share is None else f"{share:.0%}",
            *((f"{still:,.0f}",) if actions else ()),
        )
        for year, need, money, short, share, still in zip(
            found.years, found.need, found.baseline, found.gap, found.coverage, left, strict=True
        )
    ]
    print_table(heads, rows, right=heads[1:])
    say(f"gap {found.total:,.0f} USD in all")
    if by:
        print_gap_by(by, planned_actions, need, workspace)
    if charts is not None:
        from landbalance.io.finance_charts import write_charts
        from landbalance.reporting.finance import gap_chart
        from landbalance.reporting.words import Tongue

        say(*write_charts(charts, [gap_chart(found, left if actions else None, Tongue())]))


@app.command("strategy")
def strategy_command(
    plan: Annotated[
        Path | None,
        typer.Argument(help="Actions to raise money: id, source, instrument, amount, probability ...; the register's."),
    ] = None,
    subsidy_register: Annotated[
        Path | None, typer.Option("--subsidies", help="Register with scenarios, for the checks.")
    ] = None,
    keep: KeepOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show what a strategy brings on average, in order of priority, and what is wrong with it."""
    from landbalance.finance.strategy import checks, expected, own_source_ratio, prioritise

    if keep and plan is not None:
        from landbalance.registry.finance.strategy import take_strategy

        made, changed = take_strategy(acting(), workspace_of(workspace), plan, name=plan.name)
        say(f"{plan.name}: kept in the register, {made} new, {changed} changed")
    actions = raising(plan, workspace)
    is_of_files = plan is not None and subsidy_register is None  # a strategy from a file stands by itself
    scenarios = {} if is_of_files else reformed(subsidy_register, workspace)[1]
    released = {key: sheet.released for key, sheet in scenarios.items()}
    by_id = {action.id: action for action in actions}
    rows = [
        (key, by_id[key].source, by_id[key].instrument, f"{expected([by_id[key]]):,.0f}", f"{score:.2f}")
        for key, score in prioritise(actions)
    ]
    print_table(
        ("action", "source", "instrument", "expected USD a year", "score"), rows, right=("expected USD a year", "score")
    )
    own = own_source_ratio(actions)
    say(f"{expected(actions):,.0f} USD a year expected; own sources {'unknown' if own is None else f'{own:.0%}'}")
    for finding in checks(actions, released):
        warn(f"{finding.action}: {finding.sentence} ({finding.rule})")


@subsidies.command()
def screen(
    register: Annotated[
        Path | None,
        typer.Argument(help="Register: id, name, value, harm, feasibility, equity ...; that of the platform."),
    ] = None,
    charts: Annotated[Path | None, typer.Option(help="Folder for the chart and its data.")] = None,
    keep: KeepOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Rank subsidies by harm, size, feasibility and equity."""
    from landbalance.finance.subsidy import screen_score

    if keep and register is not None:
        from landbalance.registry.finance.strategy import take_subsidies

        made, changed = take_subsidies(acting(), workspace_of(workspace), register, name=register.name)
        say(f"{register.name}: kept in the register, {made} new, {changed} changed")
    entries, _ = reformed(register, workspace)
    largest = max((each.annual_value for each in entries), default=1.0) or 1.0
    scored = sorted(((screen_score(each, largest), each) for each in entries), key=lambda pair: (-pair[0], pair[1].id))
    rows = [
        (
            each.id,
            each.name,
            f"{each.annual_value:,.0f}",
            f"{score:.3f}",
            "yes" if each.is_potentially_most_harmful else "",
        )
        for score, each in scored
    ]
    print_table(("id", "name", "a year", "score", "most harmful class"), rows, right=("a year", "score"))
    if charts is not None:
        from landbalance.io.finance_charts import write_charts
        from landbalance.reporting.finance import subsidy_chart
        from landbalance.reporting.words import Tongue

        say(*write_charts(charts, [subsidy_chart(entries, Tongue())]))


@subsidies.command("repurpose")
def repurpose_command(
    register: Annotated[
        Path | None,
        typer.Argument(help="Register with scenarios: cut, compensation, reinvest, other; that of the platform."),
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show where the money goes that reforms release; each sheet balances."""
    _, scenarios = reformed(register, workspace)
    names = ("before", "after", "released", "compensation", "reinvested", "other", "saving")
    rows = [(key, *(f"{getattr(sheet, name):,.2f}" for name in names)) for key, sheet in scenarios.items()]
    print_table(("subsidy", *names), rows, right=names)
    say("redirected domestic public money; it is no new money and stands apart")


def planned(plan: Path | None, workspace: Path | None, level: str) -> "tuple[tuple[CostedAction, ...], list[str]]":
    """Return the costed actions of a table, else of the register, and what had to be assumed or left out."""
    if plan is not None:
        from landbalance.io.plans import read_plan

        read = read_plan(plan, level=level)
        return read.actions, list(read.notes)
    actor, place = acting(), workspace_of(workspace)
    from landbalance.registry.finance.plan import plan_of

    found = plan_of(actor, place, level)
    notes = [f"{code}: costs as of {source}" for code, source in found.sources.items()]
    return found.actions, [*notes, *(f"{code}: not costed, {lacks}" for code, lacks in found.left_out)]


def raising(strategy: Path | None, workspace: Path | None) -> "tuple[FinanceAction, ...]":
    """Return the actions to raise money of a table, else of the register."""
    if strategy is not None:
        from landbalance.io.plans import read_strategy

        return read_strategy(strategy)
    actor, place = acting(), workspace_of(workspace)
    from landbalance.registry.finance.strategy import strategy_of

    return tuple(step.as_action() for step, _score, _money in strategy_of(actor, place).steps)


def reformed(register: Path | None, workspace: Path | None) -> "tuple[tuple[Subsidy, ...], dict[str, Repurposing]]":
    """Return the subsidies of a table, else of the register, and the sheets of their reforms."""
    if register is not None:
        from landbalance.io.plans import read_subsidies

        return read_subsidies(register)
    actor, place = acting(), workspace_of(workspace)
    from landbalance.registry.finance.strategy import subsidies_of

    found = subsidies_of(actor, place)
    sheets = {each.entry.code: each.sheet for each in found if each.sheet is not None}
    return tuple(each.entry.as_entry() for each in found), sheets


def print_gap_by(by: str, actions: "tuple[CostedAction, ...]", need: "Need", workspace: Path | None) -> None:
    """Print need and linked money of each target or district."""
    actor, place = acting(), workspace_of(workspace)
    from landbalance.registry.finance.plan import gap_by

    rows = [
        (name, f"{cost:,.0f}", f"{money:,.0f}", f"{max(cost - money, 0):,.0f}")
        for name, cost, money in gap_by(actor, place, actions, need, by)
    ]
    print_table((by, "need", "money linked", "gap"), rows, right=("need", "money linked", "gap"))


def whole_span(text: str, actions: "tuple[object, ...]") -> range:
    """Return the years of a plan: those that are named, else from its first action to its last."""
    named = span(text)
    if named is None:
        if not actions:
            raise InputError("the plan holds no action", hint="add rows below its headings")
        named = min(a.start for a in actions), max(a.end for a in actions)  # type: ignore[attr-defined]
    return range(named[0], named[1] + 1)


def ledger_baseline(workspace: Path | None) -> float:
    """Return land money of the last year in the ledger, from the recipient's view, scaled by coefficients."""
    from landbalance.registry.finance import queries

    table = queries.flows(acting(), workspace_of(workspace), by=["year"]).table
    if table.empty:
        raise InputError("the ledger holds no flow", hint="import flows first, or give --baseline")
    last = table.sort_values("year").iloc[-1]
    say(f"money there is: {last['scaled']:,.0f} USD in {int(last['year'])}, scaled by coefficients")
    return float(last["scaled"])
