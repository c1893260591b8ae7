"""`landbalance finance`: every flow counted once; the need, the gap and the strategy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landbalance.cli import finance_needs, project_finance
from landbalance.cli.console import print_json, print_table, say, warn
from landbalance.cli.options import JsonOption, WorkspaceOption, YearsOption, span
from landbalance.cli.records import acting, workspace_of
from landbalance.cli.rows import Format, FormatOption, OutOption, give_out
from landbalance.core.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

app = typer.Typer(rich_markup_mode=None, add_completion=False, help="Count finance for land once; need, gap, strategy.")
app.add_typer(finance_needs.app)
app.add_typer(project_finance.app)
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
    undo: Annotated[bool, typer.Option("--undo", help="Take the last decision back.")] = False,
    reason: ReasonOption = "",
    most: Annotated[int, typer.Option(help="How many are listed.")] = 20,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how activities are classified, what waits for review, or keep a decision."""
    from landbalance.registry.finance import queries, services

    actor, place = acting(), workspace_of(workspace)
    if decide and undo:
        services.withdraw_classification(actor, services.find_activity(actor, place, decide), reason=reason)
        say(f"{decide}: the decision is taken back")
        return
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
    verdict: Annotated[str, typer.Option(help="same, different, or withdrawn to take a decision back.")] = "",
    counts: Annotated[str, typer.Option(help="Of two that are the same, the one that counts.")] = "",
    reason: ReasonOption = "",
    format: FormatOption = Format.table,  # noqa: A002
    out: OutOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Search activities that several sources tell of; show the evidence, keep decisions."""
    from landbalance.finance.duplicates import PAIR_COLUMNS
    from landbalance.registry.finance import doubles, pairs
    from landbalance.registry.finance.services import WITHDRAWN

    actor, place = acting(), workspace_of(workspace)
    if decide[0]:
        if verdict == WITHDRAWN:
            doubles.withdraw_duplicate(actor, place, *decide, reason=reason)
        else:
            doubles.decide_duplicate(actor, place, *decide, verdict=verdict, reason=reason, counts=counts)
        say(f"{decide[0]}, {decide[1]}: {verdict}")
    found = doubles.search_duplicates(actor, place)
    rows = [
        [getattr(pair, name) for name in PAIR_COLUMNS]
        for pair in pairs.pairs_to_review(actor, place, all_pairs=everything)
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
    action: Annotated[str, typer.Option(help="Code of the action on the ground, one that serves the target.")] = "",
    project: Annotated[str, typer.Option(help="Code of the project on the ground.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Say which target an activity pays for."""
    from decimal import Decimal

    from landbalance.registry.finance import links, services

    actor, place = acting(), workspace_of(workspace)
    activity = services.find_activity(actor, place, key)
    links.link_target(
        actor,
        activity,
        target_code=target,
        response=response,
        share=Decimal(str(share)),
        project_code=project,
        action_code=action,
        hectares=None if hectares is None else Decimal(str(hectares)),
    )
    rows = [
        (row["target"], row["activities"], f"{row['hectares']:,.0f}", f"{row['usd']:,.0f}")
        for row in links.money_by_target(actor, place)
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


@app.command()
def chapter(
    out: Annotated[Path, typer.Argument(help="HTML file to write.")],
    perspective: Annotated[str, typer.Option(help="provider, recipient or final-use.")] = "recipient",
    constant_usd: Annotated[int | None, typer.Option(help="Base year of constant US dollars.")] = None,
    years: YearsOption = "2020-2023",
    language: Annotated[str, typer.Option(help="en, fr, es, ar, ru or zh.")] = "en",
    workspace: WorkspaceOption = None,
) -> None:
    """Write the chapter on finance: need, money and gap, subsidies, objective 5 of YEARS, and how it was counted."""
    from landbalance.registry.finance.picture import Question
    from landbalance.registry.finance.report import CYCLE, write_chapter

    question = Question(perspective, constant_usd=constant_usd)
    place = workspace_of(workspace)
    write_chapter(acting(), place, out, question=question, so5_years=span(years) or CYCLE, language=language)
    say(f"wrote {out}")


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
