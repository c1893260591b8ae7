"""`landbalance finance blend`, `structures` and `curve`: stacks, their terms, and what one more hectare costs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.options import JsonOption

if TYPE_CHECKING:
    from landbalance.finance.stack_cash import StackCash
    from landbalance.io.blend_desk import Blend, BlendTerms
    from landbalance.io.project_file import Project
    from landbalance.reporting.charts import Chart

ProjectArgument = Annotated[Path, typer.Argument(help="File of the project.")]
ChartsOption = Annotated[Path | None, typer.Option("--out", help="File for the charts: .html, .svg, .csv or .json.")]
LanguageOption = Annotated[str, typer.Option("--language", help="Language of the charts.")]


def blend(
    project: ProjectArgument, out: ChartsOption = None, language: LanguageOption = "en", json: JsonOption = False
) -> None:
    """Show what the money costs, who is paid and who bears losses first, and whether the debt is covered."""
    from landbalance.core.dated import basis
    from landbalance.io.blend_desk import METHODS, TABLES, blended
    from landbalance.io.project_file import read_project

    read = read_project(project)
    found = blended(read)
    if out is not None:
        _write(out, read, _charts(read, found, language), language, quiet=json)
    if json:
        print_json({**vars(found), "basis": basis(METHODS, TABLES)})
        return
    _say_cost(found)
    _say_losses(found)
    if found.cash is None:
        say("", "cash by year: say what the vehicle collects in [blend.cash]")
    else:
        _say_cash(found.cash)
    if found.debt is not None and found.sculpted is not None and read.form.debt is not None:
        loan = read.form.debt
        say("", f"level debt: cover {found.debt.least:.2f} in the worst year, {found.debt.mean:.2f} on average")
        breach = sum(each < 1 for each in found.debt.dscr)
        say(*(["it is not covered in year " + ", ".join(
            str(year) for year, each in enumerate(found.debt.dscr, 1) if each < 1)] if breach else []))  # fmt: skip
        carried = f"{found.sculpted.capacity:,.0f} of {loan.amount:,.0f} asked"
        say(f"shaped to a cover of {loan.target:g} the cash carries {carried}")
    say("", *_principle_lines(found), *term_lines(found.terms))


def structures(
    deals: Annotated[
        Path | None, typer.Option(help="Figures of deals (toml): [[deal]] with country, year, source.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List structures that fit small countries, and known conversions of debt for nature."""
    from landbalance.finance import soft_money
    from landbalance.io.deal_file import read_deals

    known, context = soft_money.deals(() if deals is None else read_deals(deals)), soft_money.context()
    if json:
        print_json({"structures": soft_money.structures(), "deals": known, "context": context})
        return
    shown = [(each.title, each.what, each.wants, f"[{each.table}]") for each in soft_money.structures()]
    print_table(("structure", "what it does", "what it wants", "table"), shown)
    say("", "known conversions of debt for nature; enter figures of your own with their source (--deals)")
    heads = ("country", "year", "tag", "face", "price", "new loan", "to land", "source")
    amounts = ("face", "price", "new_loan", "to_land")
    figures = [
        ["-" if getattr(each, name) is None else f"{getattr(each, name):,.10g}" for name in amounts] for each in known
    ]
    rows = [
        (each.country, str(each.year), each.tag, *found, each.source or "-")
        for each, found in zip(known, figures, strict=True)
    ]
    print_table(heads, rows, right=heads[3:7])
    say("", f"one dollar of public money brings {context.private_per_public:g} of private money on average,")
    say(f"{context.private_per_public_low_income:g} in low-income countries ({context.source})")


def curve(
    file: Annotated[Path, typer.Argument(help="Table (csv, xlsx): practice, hectares, cost, tonnes; or a plan.csv.")],
    per: Annotated[str, typer.Option(help="hectare or tonne.")] = "hectare",
    currency: Annotated[str, typer.Option(help="Currency of the costs.")] = "USD",
    out: ChartsOption = None,
    language: LanguageOption = "en",
    json: JsonOption = False,
) -> None:
    """Show what one more hectare, or tonne, costs: the cheapest practice first."""
    from landbalance.finance.cost_curve import cost_curve
    from landbalance.io.cost_table import one_of, read_measures
    from landbalance.io.finance_charts import write_chapter
    from landbalance.io.language import tongue
    from landbalance.reporting.blend_chapter import charts_chapter
    from landbalance.reporting.blend_charts import cost_curve_chart

    found, words = cost_curve(read_measures(file), one_of(per)), tongue(language)
    if out is not None:
        chart = cost_curve_chart(found, currency, words)
        chapter = charts_chapter(file.name, chart.title, [chart.title], [chart], [], is_invented=False)
        say(*write_chapter(out, chapter, words), quiet=json)
    if json:
        print_json(found)
        return
    heads = ("practice", f"{currency} a {per}", "amount", "all so far", f"{currency} so far")
    rows = [
        (each.name, *(f"{value:,.0f}" for value in (each.unit_cost, each.end - each.start, each.end, each.total_cost)))
        for each in found.steps
    ]
    print_table(heads, rows, right=heads[1:])
    say(*(f"left out, without {per}s: {name}" for name in found.left_out))


def _charts(project: "Project", found: "Blend", language: str) -> "list[Chart]":
    """Return the charts of a stack."""
    from landbalance.io.language import tongue
    from landbalance.reporting.blend_charts import cash_waterfall_chart, cash_years_chart, loss_chart

    words, currency = tongue(language), project.about.currency
    made = [loss_chart(found.losses, currency, words)]
    if found.cash is not None:
        made = [
            cash_waterfall_chart(found.cash, currency, words), cash_years_chart(found.cash, currency, words), *made
        ]  # fmt: skip
    return made


def _write(out: Path, project: "Project", charts: "list[Chart]", language: str, *, quiet: bool) -> None:
    """Write the charts of a stack."""
    from landbalance.finance.facts import stack_sentence
    from landbalance.io.finance_charts import write_chapter
    from landbalance.io.language import tongue
    from landbalance.reporting.blend_chapter import charts_chapter

    words, about = tongue(language), project.about
    title = words.translate("Blended money")
    chapter = charts_chapter(
        about.title, title, [stack_sentence(project.stack)], charts, [], is_invented=about.invented
    )
    say(*write_chapter(out, chapter, words), quiet=quiet)


def _say_cost(found: "Blend") -> None:
    """Print what the stack costs and brings in; each ratio says over what."""
    cost = found.cost
    say(f"cost of funds {cost.with_grants:.2%}; without grants {cost.without_grants:.2%}")
    ratios = {
        "commercial over below-market money": cost.commercial_to_below_market,
        "total over grant": cost.total_to_grant,
        "total over grant and first loss": cost.total_to_grant_and_first_loss,
        "private over public": cost.private_to_public,
    }
    say(*(f"{name}: {value:.2f}" for name, value in ratios.items() if value is not None), "")


def _say_losses(found: "Blend") -> None:
    """Print who bears losses, the junior layers first."""
    names = list(next(iter(found.losses.values())))
    rows = [(f"{share:.0%} lost", *(f"{borne[name]:,.0f}" for name in names)) for share, borne in found.losses.items()]
    print_table(("", *names), rows, right=names)


def _say_cash(found: "StackCash") -> None:
    """Print who is paid in each year, cover, lock-up, and what is owed at the end."""
    names = list(dict.fromkeys(each.tranche for year in found.years for each in year.payments if each.tranche))
    heads = ("year", "cash", "fees", *names, "reserve", "kept back", "communities", "owners", "cover", "")
    rows = []
    for year in found.years:
        paid = [sum(each.paid for each in year.payments if each.tranche == name) for name in names]
        money = [
            year.cash,
            year.paid("fees"),
            *paid,
            year.reserve,
            year.kept_back,
            year.paid("share"),
            year.paid("rest"),
        ]
        cover = "-" if year.cover is None else f"{year.cover:.2f}"
        note = "locked up" if year.is_locked else ""
        rows.append((str(year.year), *(f"{each:,.0f}" for each in money), cover, note))
    say("")
    print_table(heads, rows, right=heads[1:-1])
    say(*(f"year {each.year}: {each.short:,.0f} is short before anybody is paid" for each in found.years if each.short))
    say(*(f"still owed to {name} at the end: {amount:,.0f}" for name, amount in found.owed.items() if amount > 0.5))
    returns = (f"{name} {'-' if rate is None else f'{rate:.1%}'}" for name, rate in found.returns.items())
    say("return of each layer: " + ", ".join(returns))


def _principle_lines(found: "Blend") -> list[str]:
    """Return what of the principles of soft money is not written down."""
    return [f"not written down: {question}" for question in found.missing_principles]


def term_lines(terms: "BlendTerms") -> list[str]:
    """Return the lines of each term that is there."""
    said = []
    if loan := terms.soft_loan:
        said.append(f"soft loan: grant element {loan.grant_element:.2%}")
        if loan.share_of_cost is not None:
            said.append(f"  subsidy {loan.subsidy:,.2f}, {loan.share_of_cost:.2%} of all costs")
        if test := loan.test:
            verb = "passes" if test.is_passed else "fails"
            at = f"{test.grant_element:.1%} at {test.rate:.0%}, at least {test.least:.0%}"
            said.append(f"  {verb} the test for {test.title}: {at}")
    if fee := terms.guarantee:
        said.append(f"guarantee: fee {fee.fee:,.4g} a year; spread {fee.spread_before:.2%} -> {fee.spread_after:.2%}")
    if swap := terms.swap:
        said.append(f"debt swap: debt cut {swap.debt_cut:,.2f}, saving {swap.saving:,.2f}, {swap.net:,.2f} after land")
        land = "-" if swap.share_to_land is None else f"{swap.share_to_land:.1%}"
        laid = f"; {swap.endowment:,.2f} laid up, {swap.endowment_income:,.2f} a year after" if swap.endowment else ""
        said.append(f"  {swap.nominal_cut:.1%} of the face is gone; {land} of the saving goes to land{laid}")
    if pause := terms.pause:
        first, last = pause.loan.payments[0], pause.loan.payments[-1]
        said.append(f"pause: payment {first:,.2f} before, {last:,.2f} at the end")
        numbers = ", ".join(map(str, pause.numbers)) or "none"
        often = "" if pause.triggered is None else f"; {pause.triggered:.0%} of the years reach the trigger"
        said.append(f"  payments put off: {numbers}{often}")
    if pool := terms.pool:
        said.append(f"pool: spread {pool.alone:g} alone, {pool.together:.4f} together")
        said += [f"  {each.reason}: {each.remedy}" for each in pool.breaches]
    if way := terms.community:
        steps = " -> ".join(f"{each:,.0f}" for each in (way.grant, *(step.passed for step in way.steps)))
        said.append(f"community: {steps} ({way.share:.1%} arrives)")
        if way.shares:
            said.append("  of what is tracked: " + ", ".join(f"{name} {each:.0%}" for name, each in way.shares.items()))
        said += [f"warning: {doubt}" for doubt in way.doubts]
        said += [f"  not on record: {name}" for name in way.missing]
    return said
