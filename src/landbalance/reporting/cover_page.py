"""Index cover for people: products side by side, designs by district, and a page with the history of each product."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from landbalance.core.dated import Dated
from landbalance.core.words import Words
from landbalance.finance.cover_design import Design
from landbalance.finance.products import Insured
from landbalance.reporting.cover_charts import history_chart
from landbalance.reporting.document import KeyNumber
from landbalance.reporting.drought_page import Page, Section
from landbalance.reporting.drought_words import INVENTED
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue


def verdict(found: Insured, tongue: Tongue) -> str:
    """Return whether a product may be sold, in a few words."""
    if found.advice is None:
        return tongue.translate("Not judged: no losses given")
    return tongue.translate("May be offered") if found.advice.is_fit else tongue.translate("No cover is advised")


def product_table(products: Sequence[Insured], tongue: Tongue, currency: str = "") -> Table:
    """Return what products pay, cost and miss, one row each; a dash where nothing is known."""
    say, unit = tongue.translate, currency or "amount"
    columns = (
        Column(say("Product")), Column(say("Most paid"), unit), Column(say("Years known"), "count"),
        Column(say("Pays once in so many years"), "ratio"), Column(say("Mean payout, past years"), unit),
        Column(say("Mean payout, normal index"), unit), Column(say("Premium by spread"), unit),
        Column(say("Premium by worst years"), unit), Column(say("Premium over limit"), "1"),
        Column(say("Loss ratio"), "1"), Column(say("Bad years missed"), "1"), Column(say("Payouts in vain"), "1"),
        Column(say("Correlation"), "ratio"), Column(say("Correlation of ranks"), "ratio"),
        Column(say("Mean shortfall"), unit), Column(say("Mean overpayment"), unit),
        Column(say("Share of losses covered"), "1"), Column(say("Payout over the worst losses"), "1"),
        Column(say("Advice")),
    )  # fmt: skip
    rows = tuple(_product_row(each, tongue) for each in products)
    return Table("cover-products", say("Products side by side"), columns, rows)


def design_table(designs: Sequence[Design], tongue: Tongue) -> Table:
    """Return the design of each district: what was chosen, and how it does on years it was not chosen on."""
    say = tongue.translate
    columns = (
        Column(say("District")), Column(say("Season")), Column(say("Begins to pay"), "ratio"),
        Column(say("Pays all"), "ratio"), Column(say("Years known"), "count"), Column(say("Designs tried"), "count"),
        Column(say("Correlation in hindsight"), "ratio"), Column(say("Correlation on unseen years"), "ratio"),
        Column(say("Bad years missed in hindsight"), "1"), Column(say("Bad years missed on unseen years"), "1"),
        Column(say("Skill on unseen years"), "ratio"), Column(say("Same season chosen"), "1"), Column(say("Advice")),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            each.district, each.season, each.cover.attachment, each.cover.exit, float(len(each.years)),
            float(each.tried), each.hindsight.pearson, each.honest.pearson, each.hindsight.missed_rate,
            each.honest.missed_rate, each.skill, each.agreed,
            say("May be offered") if each.advice.is_fit else say("No cover is advised"),
        )
        for each in designs
    )  # fmt: skip
    return Table("cover-designs", say("Season and attachment by district"), columns, rows)


def layer_table(found: Insured, tongue: Tongue, currency: str = "") -> Table:
    """Return who should bear which losses: by how often they come, and what is cheapest."""
    say, unit = tongue.translate, currency or "amount"
    ways = {"reserves": say("Reserves"), "credit": say("Contingent credit"), "insurance": say("Insurance")}
    columns = (
        Column(say("Losses from, to")), Column(say("Mean loss a year"), unit),
        *(Column(tongue.say("Cost a year: {way}", way=way), unit) for way in ways.values()),
        Column(say("By how often")), Column(say("Cheapest")),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            f"{tongue.number(layer.low, 0)} - {tongue.number(layer.high, 0)}", layer.expected,
            *(dict(layer.costs)[way] for way in ways), ways[layer.advised], ways[layer.cheapest],
        )
        for layer in found.layering
    )  # fmt: skip
    return Table("cover-layers", say("Reserves, credit or insurance"), columns, rows)


def cover_page(
    products: Sequence[Insured],
    designs: Sequence[Design],
    facts: Mapping[str, Dated],
    tongue: Tongue,
    *,
    title: str,
    place: str,
    date: str,
    currency: str,
    invented: bool = False,
    data: str = "",
    undone: Mapping[str, str] = MappingProxyType({}),
) -> Page:
    """Return a page: the verdict first, products side by side, designs, histories, doubts and the method.

    Parameters
    ----------
    data : str
        Name of the file beside the page that holds its data; empty for none.
    undone : mapping of str to str
        Why districts have no design.
    """
    say, first = tongue.translate, next((each for each in products if each.advice and each.advice.is_fit), products[0])
    doubts: list[str] = [tongue.say("No design of {place}: {why}", place=each, why=undone[each]) for each in undone]
    doubts += [word for each in products for word in (*each.burn.warnings, *each.remarks)]
    tables = [product_table(products, tongue, currency)]
    tables += [layer_table(first, tongue, currency)] if first.layering else []
    sections = [Section(say("Products side by side"), _advice_lines(products, tongue), tables=tuple(tables))]
    if designs:
        sections.append(Section(say("Season and attachment by district"), tables=(design_table(designs, tongue),)))
    histories = tuple(history_chart(each, tongue, currency) for each in products)
    shown = tuple(chart.table for chart in histories)
    sections.append(Section(say("Payouts against losses"), charts=histories, tables=shown))
    return Page(
        title=say("Index cover"),
        place=place,
        date=tongue.date(date),
        banner=say(INVENTED) if invented else "",
        sentence=_verdict_of_all(products, title, tongue),
        numbers=_numbers(first, tongue, currency),
        sections=tuple(sections),
        notes=tuple(dict.fromkeys(_said(word, tongue) for word in doubts)),
        method=(*(f"{each.name}: {each.index} ({each.origin})" for each in products), *_method(facts, tongue),
                *([tongue.say("The data of this page: {file}", file=data)] if data else [])),
    )  # fmt: skip


def _product_row(found: Insured, tongue: Tongue) -> tuple[Cell, ...]:
    """Return one product."""
    risk, paid = found.basis_risk, found.burn.years_paid
    chance = paid / len(found.burn.known) if found.expected is None else found.expected.chance
    misses: tuple[Cell, ...] = (None,) * 8
    if risk is not None:
        misses = (
            risk.missed_rate, risk.false_share, risk.pearson, risk.spearman, risk.shortfall, risk.overpayment,
            risk.cover_ratio, risk.catastrophic_ratio,
        )  # fmt: skip
    return (
        found.name, found.limit, float(len(found.burn.known)), 1 / chance if chance else None, found.burn.mean,
        None if found.expected is None else found.expected.mean, found.premium.premium, found.by_tail.premium,
        found.premium.rate_on_line, found.premium.loss_ratio, *misses, verdict(found, tongue),
    )  # fmt: skip


def _verdict_of_all(products: Sequence[Insured], title: str, tongue: Tongue) -> str:
    """Return the finding in one sentence: which products may be offered, or that none may."""
    fit = [each.name for each in products if each.advice is not None and each.advice.is_fit]
    if fit and len(products) > 1:
        return tongue.say("{title}: {names} may be offered", title=title, names=", ".join(fit))
    return f"{title}: {verdict(products[0], tongue)}"


def _advice_lines(products: Sequence[Insured], tongue: Tongue) -> tuple[str, ...]:
    """Return what each product leaves a farmer with, and where none is advised why, and what to try."""
    said = []
    for each in products:
        words = () if each.advice is None else (each.advice.sentence, *each.advice.reasons, *each.advice.next_steps)
        told = "; ".join(_said(word, tongue).rstrip(".") for word in words)
        said.append(f"{each.name}: {verdict(each, tongue)}. {told}.".replace(". .", "."))
    return tuple(said)


def _numbers(found: Insured, tongue: Tongue, currency: str) -> tuple[KeyNumber, ...]:
    """Return the figures of the first screen."""
    say, price = tongue.translate, found.premium
    shown = [
        KeyNumber(tongue.number(price.premium, 0), f"{found.name}: {say('Premium by spread')}, {currency}".rstrip(", "),
                  tongue.say("{share} of the limit", share=tongue.percent(price.rate_on_line, 1))),
        KeyNumber(tongue.number(found.burn.mean, 0), say("Mean payout, past years"),
                  "" if found.burn.interval is None else
                  tongue.say("90 % within {low} to {high}", low=tongue.number(found.burn.interval[0], 0),
                             high=tongue.number(found.burn.interval[1], 0))),
    ]  # fmt: skip
    risk = found.basis_risk
    if risk is not None:
        missed = tongue.dash if risk.missed_rate is None else tongue.percent(risk.missed_rate, 0)
        shown.append(KeyNumber(missed, say("Bad years missed"), f"{risk.missed} / {risk.bad_years}"))
    return tuple(shown)


def _method(facts: Mapping[str, Dated], tongue: Tongue) -> tuple[str, ...]:
    """Return the guards with where they are from, and what was not verified."""
    guards = [facts[name] for name in ("most_missed", "least_correlation")]
    doubtful = sorted(name for name, each in facts.items() if each.is_unverified)
    return (
        *(f"{each.name} = {each.value:g} ({each.tag}; {each.reason or each.source})" for each in guards),
        tongue.say("Defaults of this project that nobody has verified: {names}", names=", ".join(doubtful)),
    )


def _said(word: str, tongue: Tongue) -> str:
    """Return words in the language of the page."""
    return tongue.say(word.template, **word.fields) if isinstance(word, Words) else word
