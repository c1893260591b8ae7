"""`landbalance finance insure`: price an index cover, compare products, search a design, or say no."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.drought import month_list
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption
from landbalance.cli.progress import progress_bar

if TYPE_CHECKING:
    from landbalance.finance.cover_design import Design
    from landbalance.finance.products import Insured
    from landbalance.finance.year_series import IndexTable
    from landbalance.io.cover_desk import CoverDesk
    from landbalance.io.cover_tables import CoverTable
    from landbalance.reporting.tables import Table


def insure(
    project: Annotated[Path, typer.Argument(help="File of the project.")],
    series: Annotated[
        Path | None, typer.Option(help="Index table: of drought season, of gauges, or year and value.")
    ] = None,
    workspace: WorkspaceOption = None,
    district: Annotated[str, typer.Option(help="District of the index; as the project says when left out.")] = "",
    index: Annotated[str, typer.Option(help="spi or spei; as the project says when left out.")] = "",
    months: Annotated[str, typer.Option(help="Months of the season, such as 4; several with --design.")] = "",
    month: Annotated[str, typer.Option(help="Month in which it ends, such as 9; several with --design.")] = "",
    design: Annotated[bool, typer.Option("--design", help="Search season and attachment for each district.")] = False,
    out: Annotated[Path | None, typer.Option(help="History to write: .html, .svg, .csv or .json.")] = None,
    language: Annotated[str, typer.Option(help="Language of the page.")] = "en",
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Price a cover on the drought index, and say no where it would leave farmers alone."""
    from landbalance.finance.products import refuse_unfit
    from landbalance.io.cover_desk import CoverAnswer, cover_desk, designed_products, insured_products
    from landbalance.io.cover_files import check_ending, cover_record, write_history
    from landbalance.io.language import tongue
    from landbalance.io.project_file import read_project

    if out is not None:
        check_ending(out)
    read, words, today = read_project(project), tongue(language), datetime.now(UTC).isoformat(timespec="seconds")
    table = _asked(read.cover().table, district, index, months, month, is_design=design)
    given = _given(table, series, workspace, month_list(months), month_list(month), quiet=quiet or json)
    desk = cover_desk(table, read.folder, given)
    found = designed_products(desk) if design else CoverAnswer(insured_products(desk))
    if json:
        print_json(cover_record(read, desk, found, words, date=today))
    elif design:
        say(*(line for pair in zip(found.designs, found.products, strict=True) for line in _design_lines(*pair)))
    else:
        _say_products(desk, found.products, read.about.currency)
    say(*(f"no design of {place}: {why}" for place, why in found.undone.items()), quiet=json)
    if out is not None:
        written = write_history(out, read, desk, found, words, date=today)
        say(*(f"wrote {path}" for path in written), quiet=quiet or json)
    refuse_unfit(found.products)


def _asked(table: "CoverTable", district: str, index: str, months: str, month: str, *, is_design: bool) -> "CoverTable":
    """Return what the project says, with what the command line says instead."""
    if index not in ("", "spi", "spei"):
        raise typer.BadParameter("--index is spi or spei")
    lengths, ends = month_list(months), month_list(month)
    if not all(1 <= each <= 12 for each in ends):
        raise typer.BadParameter("--month is 1 to 12")
    if not is_design and max(len(lengths), len(ends)) > 1:
        raise typer.BadParameter("several seasons are for --design")
    told: dict[str, object] = {"district": district, "kind": index}
    told |= {"months": lengths[0] if lengths else None, "season": ends[0] if ends else 0}
    return table.model_copy(update={name: value for name, value in told.items() if value})


def _given(
    table: "CoverTable",
    series: Path | None,
    workspace: Path | None,
    lengths: list[int],
    ends: list[int],
    *,
    quiet: bool,
) -> "IndexTable | None":
    """Return the index table the command line names: a file, or the drought results of a workspace."""
    from landbalance.core.dated import dated_values
    from landbalance.io.cover_series import read_index_table

    least = dated_values("finance/index_cover", table.overrides())["least_known_share"].value
    if series is not None and workspace is not None:
        raise typer.BadParameter("--series and --workspace are two sources: name one")
    if series is not None:
        return read_index_table(series, least_known=least).only(table.kind, lengths, ends)
    if workspace is None:
        return None
    from landbalance.engine.drought.cover_index import cover_index
    from landbalance.io.workspace import load_workspace

    lengths, ends = lengths or [table.months or 0], ends or [table.season]
    if 0 in (*lengths, *ends):
        raise typer.BadParameter("name the season with --months and --month, or with months and season under [cover]")
    kind = "spei" if table.kind.lower() == "spei" else "spi"
    windows = [(length, end) for length in lengths for end in ends]
    progress = progress_bar(quiet=quiet)
    return cover_index(load_workspace(workspace), kind, windows, least_known=least, progress=progress)  # type: ignore[arg-type]


def _say_products(desk: "CoverDesk", products: "tuple[Insured, ...]", currency: str) -> None:
    """Print what each product pays and costs, and what it leaves a farmer with."""
    from landbalance.io.language import tongue
    from landbalance.reporting.cover_page import layer_table, product_table

    for found in products:
        say(*_lines(found, desk))
        say("")
    if len(products) > 1:
        _print(product_table(products, tongue("en"), currency), is_turned=True)
    if products[0].layering:
        _print(layer_table(products[0], tongue("en"), currency))


def _lines(found: "Insured", desk: "CoverDesk") -> list[str]:
    """Return the lines of one product."""
    burnt, price, tail = found.burn, found.premium, found.by_tail
    known, span = len(burnt.known), f"{found.years[0]} to {found.years[-1]}"
    said = [f"{found.name}: {found.index}, {span} ({found.origin})"]
    if found.expected is not None and found.expected.chance > 0:
        each = found.expected
        said.append(f"pays in one of {1 / each.chance:.1f} years; on a normal index {each.mean:,.0f} a year")
    if found.fitted is not None:
        said.append(f"on a normal index fitted to these years {found.fitted.mean:,.0f} a year")
    if found.shifted is not None:
        climate = desk.table.climate
        said.append(
            f"in another climate (mean {climate.mean_shift:+g}, spread x {climate.spread_scale:g}) "
            f"{found.shifted.mean:,.0f} a year"
        )
    within = "" if burnt.interval is None else f" ({burnt.interval[0]:,.0f} to {burnt.interval[1]:,.0f})"
    said.append(f"{known} past years, {burnt.years_paid} paid: {burnt.mean:,.0f} a year{within}")
    near = "" if found.premium_interval is None else " ({:,.0f} to {:,.0f})".format(*found.premium_interval)
    said.append(
        f"premium {price.premium:,.0f} a year by spread{near}, {tail.premium:,.0f} by worst years; {_price(found)}"
    )
    if desk.table.subsidy:
        said.append(f"after a subsidy of {desk.table.subsidy:.0%} farmers pay {found.own_premium:,.0f} a year")
    said += [f"warning: {each}" for each in (*burnt.warnings, *found.remarks)]
    return said + _advice(found)


def _design_lines(design: "Design", found: "Insured") -> list[str]:
    """Return what suits one district, what it costs, and how it does on years it was not chosen on."""
    told = [f"{each.missed} of {each.bad_years} bad years missed, correlation {_two(each.pearson)}" for each in
            (design.honest, design.hindsight)]  # fmt: skip
    begin, end = design.cover.attachment, design.cover.exit
    return [
        f"{found.name}: pays from {begin:g}, all at {end:g}; best of {design.tried:,}, {len(design.years)} years",
        f"  each year tried without itself: {told[0]}; skill {design.skill:.2f}, same season {design.agreed:.0%}",
        f"  in hindsight: {told[1]}",
        f"  {found.burn.mean:,.0f} a year; premium {found.premium.premium:,.0f}, {_price(found)}",
        *(
            f"  {each}"
            for each in ("fit to be sold" if design.advice.is_fit else "not fit to be sold", *design.advice.reasons)
        ),
        f"  {design.advice.sentence}",
        *(f"  warning: {each}" for each in found.burn.warnings),
        "",
    ]


def _two(value: float | None) -> str:
    """Return a number with two decimals, a dash where there is none."""
    return "-" if value is None else f"{value:.2f}"


def _price(found: "Insured") -> str:
    """Return the price against the limit and the expected payout; a dash where nothing was paid."""
    price = found.premium
    ratio = "-" if price.loss_ratio is None else f"{price.loss_ratio:.0%}"
    return f"{price.rate_on_line:.1%} of the limit, {_two(price.multiple)} times the mean payout, loss ratio {ratio}"


def _advice(found: "Insured") -> list[str]:
    """Return how well payouts follow losses, and whether the product may be offered."""
    risk, advice = found.basis_risk, found.advice
    if risk is None or advice is None:
        return [
            "not judged: without losses nobody knows whom it would leave alone (losses, or losses_from, in [cover])"
        ]
    low, high = risk.missed_interval or (None, None)
    sure = "" if low is None else f" (95 % {low:.0%} to {high:.0%} of bad years)"
    covered = "-" if risk.cover_ratio is None else f"{risk.cover_ratio:.0%}"
    return [
        f"basis risk over {risk.years} years: {risk.missed} of {risk.bad_years} bad years missed{sure}, "
        f"{risk.false} of {risk.triggers} payouts in vain",
        f"correlation with losses {_two(risk.pearson)} (ranks {_two(risk.spearman)}); {covered} of losses covered",
        f"a year lacks {risk.shortfall:,.0f} on average, and {risk.overpayment:,.0f} are paid too much",
        "fit to be sold" if advice.is_fit else "not fit to be sold",
        *advice.reasons,
        advice.sentence,
    ]


def _print(table: "Table", *, is_turned: bool = False) -> None:
    """Print a table as people read it; turned, its rows stand beside each other."""
    from landbalance.io.drought_html import table_record
    from landbalance.io.language import tongue

    plain = table_record(table, tongue("en"))
    heads, rows = [head["text"] for head in plain["heads"]], [[cell["text"] for cell in row] for row in plain["rows"]]
    right = [head["text"] for head in plain["heads"] if head["is_number"]]
    if is_turned:
        heads, *rows = [list(line) for line in zip(heads, *rows, strict=True)]
        right = heads[1:]
    say(table.caption)
    print_table(heads, rows, right=right)
    say("")
