"""`landbalance finance`: every flow counted once; the need, the gap and the strategy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landbalance.cli import project_finance
from landbalance.cli.console import print_json, print_table, say, warn
from landbalance.cli.options import JsonOption, WorkspaceOption
from landbalance.cli.records import acting, workspace_of
from landbalance.cli.rows import Format, give_out
from landbalance.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(rich_markup_mode=None, add_completion=False, help="Count finance for land once; need, gap, strategy.")
subsidies = typer.Typer(rich_markup_mode=None, add_completion=False, help="Screen and repurpose harmful subsidies.")
app.add_typer(subsidies, name="subsidies")
app.add_typer(project_finance.app)
FormatOption = Annotated[Format, typer.Option("--format", help="How the rows are given out.")]
OutOption = Annotated[Path | None, typer.Option(help="File to write (csv, json, xlsx).")]
YearsOption = Annotated[str, typer.Option(help="First and last year: 2020-2023.")]
ReasonOption = Annotated[str, typer.Option(help="Why; kept for good.")]
SHOWN_NOTES = 10


@app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(help="CRS bulk file, IATI 2.03, budget or deals (csv, xlsx).")],
    source: Annotated[str, typer.Option(help="crs, iati, budget or private; told from the file when left out.")] = "",
    currency: Annotated[str, typer.Option(help="Currency of rows that state none.")] = "USD",
    rates: Annotated[Path | None, typer.Option(help="National exchange rates and deflators.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Show what would come; write nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="File for the report of all rows (csv).")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Import a file; the same file twice changes nothing, a file that fails changes nothing."""
    from landbalance.io.rates import read_rates
    from landbalance.registry.finance.imports import import_file, preview_file

    if preview:
        shown = preview_file(file, source, currency=currency)
        say(f"{file.name}: {shown.report.source}, {shown.report.read:,} rows, {shown.report.skipped:,} skipped")
        rows = [(each.source_id, each.name[:60], len(each.transactions)) for each in shown.activities]
        print_table(("id", "title", "transactions"), rows, right=("transactions",))
        _reasons(shown.report.reasons)
        return
    batch = import_file(
        acting(),
        workspace_of(workspace),
        file,
        source=source,
        currency=currency,
        rates=read_rates(rates),
        progress=lambda count: say(f"  {count:,} rows"),
    )
    say(
        f"{file.name}: {batch.source}, {batch.rows_read:,} rows read, {batch.rows_skipped:,} skipped; activities: "
        f"{batch.added:,} new, {batch.changed:,} changed, {batch.unchanged:,} as they were"
    )
    _reasons(batch.reasons)
    if report is not None:
        heads = ("row", "thing", "outcome", "why")
        give_out(heads, [[note[name] for name in heads] for note in batch.notes], Format.csv, report, title="import")


@app.command()
def classify(
    review: Annotated[bool, typer.Option("--review", help="List what waits for a reviewer, most money first.")] = False,
    decide: Annotated[str, typer.Option(help="Identifier of the activity to decide on.")] = "",
    share: Annotated[float | None, typer.Option(min=0, max=1, help="Share of it that counts for land.")] = None,
    reason: ReasonOption = "",
    most: Annotated[int, typer.Option(help="How many are listed.")] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how activities are classified, what waits for review, or keep a decision."""
    from landbalance.registry.finance import queries, services

    actor, place = acting(), workspace_of(workspace)
    if decide:
        if share is None:
            raise InputError("no share is given for {id}", id=decide, hint="add --share 0.4 and --reason")
        activity = services.find_activity(actor, place, decide)
        suggestion = queries.suggestion_for(activity)
        kept = {"score": suggestion.score, "words": list(suggestion.words), "language": suggestion.language}
        services.decide_classification(actor, activity, share=share, reason=reason, suggestion=kept)
        say(f"{decide}: {share:.0%} counts for land")
        return
    if not review:
        rows = queries.by_method(actor, place)
        print_table(
            ("method", "activities", "USD", "for land"),
            [(m, n, f"{a:,.0f}", f"{s:,.0f}") for m, n, a, s in rows],
            right=("activities", "USD", "for land"),
        )
        return
    found: list[dict[str, Any]] = [
        {
            "id": each.source_id,
            "usd": float(each.amount_usd or 0),
            "coefficient": each.coefficient,
            "why": each.conflicts,
            "suggests": words.significance,
            "words": list(words.words),
            "title": each.title,
        }
        for each, words in queries.review_queue(actor, place, most)
    ]
    if as_json:
        print_json(found)
        return
    heads = ("id", "USD", "counts", "why", "words suggest", "title")
    print_table(
        heads,
        [
            (
                row["id"],
                f"{row['usd']:,.0f}",
                "" if row["coefficient"] is None else f"{row['coefficient']:.2f}",
                row["why"],
                f"{row['suggests']} ({', '.join(row['words'][:3])})",
                str(row["title"])[:60],
            )
            for row in found
        ],
        right=("USD", "counts"),
    )


@app.command()
def flows(
    by: Annotated[
        str, typer.Option(help="source, year, marker, recipient, family, sector, method, activity.")
    ] = "source,year",
    perspective: Annotated[str, typer.Option(help="provider, recipient or final-use.")] = "recipient",
    measure: Annotated[str, typer.Option(help="disbursement or commitment; never added.")] = "disbursement",
    years: YearsOption = "",
    constant_usd: Annotated[int | None, typer.Option(help="Base year of constant US dollars.")] = None,
    charts: Annotated[Path | None, typer.Option(help="Folder for the chart from funder to use.")] = None,
    format: FormatOption = Format.table,  # noqa: A002
    out: OutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show flows, each counted once, and what was left out by which rule."""
    from landbalance.registry.finance import queries

    found = queries.flows(
        acting(),
        workspace_of(workspace),
        by=[name.strip() for name in by.split(",")],
        perspective=perspective,
        measure=measure,
        years=span(years),
        constant_usd=constant_usd,
    )
    _give(found.table, format, out, "flows")
    if charts is not None:
        from landbalance.io.finance_charts import write_charts
        from landbalance.reporting.finance import sankey_chart
        from landbalance.reporting.words import Tongue

        say(*write_charts(charts, [sankey_chart(found.between(), Tongue())]))
    if format is Format.table and out is None:
        covered = "unknown" if found.coverage is None else f"{found.coverage:.1%}"
        say(f"{perspective} view, {measure}s, {found.price_base}; total {found.counted.total:,.0f}; screened {covered}")
        for rule, count, money, why in found.counted.by_rule.itertuples(index=False):
            say(f"  not counted: {rule} {why}: {count} transactions, {money:,.0f}")
        if found.without_rate:
            warn(f"{found.without_rate} transactions have no exchange rate and are not counted: import with --rates")


@app.command()
def duplicates(
    everything: Annotated[bool, typer.Option("--all", help="Also pairs that are surely one.")] = False,
    decide: Annotated[tuple[str, str], typer.Option(help="Two identifiers to decide on.")] = ("", ""),
    verdict: Annotated[str, typer.Option(help="same or different.")] = "",
    reason: ReasonOption = "",
    format: FormatOption = Format.table,  # noqa: A002
    out: OutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Search activities that several sources tell of; show the evidence, keep decisions."""
    from landbalance.finance.duplicates import PAIR_COLUMNS
    from landbalance.registry.finance import queries, services

    actor, place = acting(), workspace_of(workspace)
    if decide[0]:
        services.decide_duplicate(actor, place, *decide, verdict=verdict, reason=reason)
        say(f"{decide[0]}, {decide[1]}: {verdict}")
    found = services.search_duplicates(actor, place)
    rows = [
        [getattr(pair, name) for name in PAIR_COLUMNS]
        for pair in queries.pairs_to_review(actor, place, all_pairs=everything)
    ]
    if format is Format.table and out is None:
        sure, clusters = int((found.pairs["verdict"] == "same").sum()), found.members["cluster"].nunique()
        say(f"{sure} pairs are one, in {clusters} clusters; {len(found.pairs) - sure} to look at")
        rows = [[f"{cell:.2f}" if isinstance(cell, float) else cell for cell in row] for row in rows]
        print_table(PAIR_COLUMNS, rows)
        return
    give_out(PAIR_COLUMNS, rows, format, out, title="duplicates")


@app.command()
def system(
    keys: Annotated[list[str], typer.Argument(help="Identifiers of activities.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take them out of the national system.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Say which activities belong to the national system."""
    from landbalance.registry.finance.services import mark_inside

    count = mark_inside(acting(), workspace_of(workspace), keys, inside=not remove)
    say(f"{count} activities {'left' if remove else 'joined'} the national system")


@app.command()
def boundary(years: YearsOption = "", workspace: WorkspaceOption = None) -> None:
    """Show what enters the national system, what it finally uses and what it keeps."""
    from landbalance.registry.finance import queries

    found = queries.boundary(acting(), workspace_of(workspace), span(years))
    rows = [
        ("entry", found.entry),
        ("final use", found.final_use),
        ("repayments", found.repayments),
        ("retained", found.retained),
    ]
    print_table(("what", "USD"), [(name, f"{value:,.2f}") for name, value in rows], right=("USD",))
    for line in found.warnings:
        warn(line)


@app.command()
def link(
    key: Annotated[str, typer.Argument(help="Identifier of the activity.")],
    target: Annotated[str, typer.Argument(help="Code of the target it pays for.")],
    hectares: Annotated[float | None, typer.Option(min=0)] = None,
    response: Annotated[str, typer.Option(help="avoid, reduce or reverse.")] = "",
    share: Annotated[float, typer.Option(min=0, max=1, help="Share of its money.")] = 1.0,
    project: Annotated[str, typer.Option(help="Code of the project on the ground.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Say which target an activity pays for."""
    from decimal import Decimal

    from landbalance.registry.finance import queries, services

    actor, place = acting(), workspace_of(workspace)
    activity = services.find_activity(actor, place, key)
    services.link_target(
        actor,
        activity,
        target_code=target,
        response=response,
        share=Decimal(str(share)),
        project_code=project,
        hectares=None if hectares is None else Decimal(str(hectares)),
    )
    rows = [
        (row["target"], row["activities"], f"{row['hectares']:,.0f}", f"{row['usd']:,.0f}")
        for row in queries.money_by_target(actor, place)
    ]
    print_table(("target", "activities", "ha", "USD"), rows, right=("activities", "ha", "USD"))


@app.command()
def so5(
    years: YearsOption = "2020-2023",
    xlsx: Annotated[Path | None, typer.Option(help="Workbook to write.")] = None,
    read: Annotated[Path | None, typer.Option(help="Corrected workbook to take instead of the ledger.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Report strategic objective 5: sheets, summary, trends and the note on method."""
    from landbalance.finance.so5 import so5_report
    from landbalance.io.files import write_bytes
    from landbalance.io.so5_workbook import read_so5, so5_workbook
    from landbalance.registry.finance.so5 import real_factors, so5_of

    wanted = span(years) or (2020, 2023)
    if read is not None:
        sheets, note = read_so5(read)
        report = so5_report(sheets, wanted, note, real=real_factors(wanted))
    else:
        report = so5_of(acting(), workspace_of(workspace), wanted)
    heads = ("heading", *map(str, report.years), "trend")
    rows = [
        (name, *(f"{value:,.0f}" for value in report.summary[name]), report.trends[str(name)])
        for name in report.summary.columns
    ]
    print_table(heads, rows, right=heads[1:-1])
    if xlsx is not None:
        write_bytes(xlsx, so5_workbook(report))
        say(f"wrote {xlsx}")


@app.command("export")
def export_command(
    out: Annotated[Path, typer.Argument(help="IATI 2.03 file to write.")],
    schema: Annotated[
        Path | None, typer.Option(help="iati-activities-schema.xsd of version 2.03 to check against.")
    ] = None,
    source: Annotated[str, typer.Option(help="Only activities of this source.")] = "iati",
    workspace: WorkspaceOption = None,
) -> None:
    """Write activities as IATI 2.03, checked against its rules and, with --schema, its schema."""
    from landbalance.registry.finance.export import export_workspace

    report = export_workspace(acting(), workspace_of(workspace), out, source=source, schema=schema)
    say(f"wrote {out}: {report.written} activities, {report.validation}")
    for line in report.warnings[:SHOWN_NOTES]:
        warn(line)


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


def span(text: str) -> tuple[int, int] | None:
    """Return the first and last year of 2020-2023, None where nothing is said."""
    if not text:
        return None
    first, _, last = text.partition("-")
    if not first.isdigit() or not (last or first).isdigit() or int(last or first) < int(first):
        raise InputError("{years} are no years", years=text, hint="write 2020-2023")
    return int(first), int(last or first)


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


def _reasons(reasons: "dict[str, int]") -> None:
    """Say why rows were skipped or doubtful, most frequent first."""
    ranked = sorted(reasons.items(), key=lambda pair: -pair[1])
    for why, count in ranked[:SHOWN_NOTES]:
        say(f"  {count:,} x {why}")
    if len(ranked) > SHOWN_NOTES:
        say(f"  and {len(ranked) - SHOWN_NOTES} more reasons: see --report FILE")


def _give(table: "pd.DataFrame", kind: Format, out: Path | None, title: str) -> None:
    """Give out a table."""
    heads = [str(name) for name in table.columns]
    rows = table.astype(object).to_numpy().tolist()
    if kind is Format.table and out is None:
        shown = [[f"{cell:,.0f}" if isinstance(cell, float) else str(cell) for cell in row] for row in rows]
        print_table(heads, shown, right=("amount", "principal", "significant", "scaled"))
        return
    give_out(heads, rows, kind, out, title=title)
