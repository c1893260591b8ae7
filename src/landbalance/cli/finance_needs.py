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
    pass


app = typer.Typer(rich_markup_mode=None, add_completion=False)
subsidies = typer.Typer(rich_markup_mode=None, add_completion=False, help="Screen and repurpose harmful subsidies.")
app.add_typer(subsidies, name="subsidies")


@app.command()
def needs(
    plan: Annotated[Path, typer.Argument(help="Actions: id, target, practice, hectares, start, end ... (csv, xlsx).")],
    years: YearsOption = "",
    by: Annotated[str, typer.Option(help="target, practice, district, response or action.")] = "target",
    level: Annotated[str, typer.Option(help="low, central or high unit costs.")] = "central",
    format: FormatOption = Format.table,  # noqa: A002
    out: OutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show what the targets cost by year."""
    from landbalance.finance.needs import cost_schedule
    from landbalance.io.plans import read_plan

    read = read_plan(plan, level=level)
    need = cost_schedule(read.actions, whole_span(years, read.actions))
    from landbalance.reporting.finance import need_rows

    heads, rows = need_rows(read.actions, need, by)
    if format is Format.table and out is None:
        print_table(
            heads,
            [[cell if isinstance(cell, str) else f"{cell:,.0f}" for cell in row] for row in rows],
            right=heads[1:],
        )
        say(f"{need.sum:,.0f} USD in all, {need.price_base} prices")
        for line in read.notes:
            warn(line)
        return
    give_out(heads, rows, format, out, title="needs")


@app.command("gap")
def gap_command(
    plan: Annotated[Path, typer.Argument(help="Actions of the plan.")],
    years: YearsOption = "",
    growth: Annotated[float, typer.Option(help="Growth of the money there is, a year.")] = 0.0,
    baseline: Annotated[
        float | None, typer.Option(help="Money of the first year [USD]; the ledger's last year when left out.")
    ] = None,
    strategy: Annotated[Path | None, typer.Option(help="Actions to raise money.")] = None,
    charts: Annotated[Path | None, typer.Option(help="Folder for charts and their data.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show need, money and gap by year; with a strategy what stays open."""
    from landbalance.finance.needs import cost_schedule, gap, project_baseline
    from landbalance.finance.strategy import residual
    from landbalance.io.plans import read_plan, read_strategy

    read = read_plan(plan)
    wanted = whole_span(years, read.actions)
    first = ledger_baseline(workspace) if baseline is None else baseline
    found = gap(wanted, cost_schedule(read.actions, wanted).total, project_baseline(first, growth, wanted))
    actions = read_strategy(strategy) if strategy else ()
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
    if charts is not None:
        from landbalance.io.finance_charts import write_charts
        from landbalance.reporting.finance import gap_chart
        from landbalance.reporting.words import Tongue

        say(*write_charts(charts, [gap_chart(found, left if actions else None, Tongue())]))


@app.command("strategy")
def strategy_command(
    plan: Annotated[
        Path, typer.Argument(help="Actions to raise money: id, source, instrument, amount, probability ...")
    ],
    subsidy_register: Annotated[
        Path | None, typer.Option("--subsidies", help="Register with scenarios, for the checks.")
    ] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show what a strategy brings on average, in order of priority, and what is wrong with it."""
    from landbalance.finance.strategy import checks, expected, own_source_ratio, prioritise
    from landbalance.io.plans import read_strategy, read_subsidies

    actions = read_strategy(plan)
    released = (
        {key: sheet.released for key, sheet in read_subsidies(subsidy_register)[1].items()} if subsidy_register else {}
    )
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
    register: Annotated[Path, typer.Argument(help="Register: id, name, value, harm, feasibility, equity ...")],
    charts: Annotated[Path | None, typer.Option(help="Folder for the chart and its data.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Rank subsidies by harm, size, feasibility and equity."""
    from landbalance.finance.subsidy import screen_score
    from landbalance.io.plans import read_subsidies

    entries, _ = read_subsidies(register)
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
    register: Annotated[Path, typer.Argument(help="Register with scenarios: cut, compensation, reinvest, other.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Show where the money goes that reforms release; each sheet balances."""
    from landbalance.io.plans import read_subsidies

    _, scenarios = read_subsidies(register)
    names = ("before", "after", "released", "compensation", "reinvested", "other", "saving")
    rows = [(key, *(f"{getattr(sheet, name):,.2f}" for name in names)) for key, sheet in scenarios.items()]
    print_table(("subsidy", *names), rows, right=names)
    say("redirected domestic public money; it is no new money and stands apart")


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
