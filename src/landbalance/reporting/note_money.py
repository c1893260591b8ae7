"""What a note says of the money: returns and to whom, how sure, who pays, the drought cover, carbon and its gates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from landbalance.finance import appraisal as worth_method
from landbalance.finance import blend, carbon, insure, risk
from landbalance.finance.blend import Tranche
from landbalance.finance.cash_table import Appraisal
from landbalance.finance.risk import Outcome
from landbalance.reporting.note_blocks import NUMBER, Block, Bullets, Fact, Origin, table
from landbalance.reporting.tables import Column
from landbalance.reporting.words import Tongue, mark

MILLION = 1e6
MOST_SWINGS = 6
BESIDE_ASK = mark("{amount} beside what is asked: {ratio} for each one of it.")
BESIDE_GRANT = mark("{amount} beside the grant: {ratio} for each one of it.")
VIEWS = {"financial": mark("At market prices"), "economic": mark("For the economy")}
PAYERS = {
    "household": mark("Households"),
    "community": mark("Communities"),
    "firm": mark("Firms"),
    "government": mark("Government"),
    "global": mark("The world"),
}
LAYERS = {
    "grant": mark("grant"),
    "first_loss": mark("first loss"),
    "equity": mark("equity"),
    "mezzanine": mark("mezzanine"),
    "concessional": mark("soft loan"),
    "commercial": mark("commercial loan"),
    "guarantee": mark("guarantee"),
}
CATEGORIES = {
    "capital": mark("Investment"),
    "upkeep": mark("Upkeep"),
    "opportunity": mark("Income forgone"),
    "transaction": mark("Transaction costs"),
    "management": mark("Management"),
    "tax": mark("Tax"),
    "yield": mark("Yield"),
    "fodder": mark("Fodder"),
    "wood": mark("Wood"),
    "non_timber": mark("Non-timber products"),
    "water": mark("Water"),
    "carbon": mark("Carbon"),
    "avoided_damage": mark("Damage avoided"),
    "option": mark("Option value"),
    "residual": mark("Residual value"),
}


@dataclass(frozen=True)
class LineWorth:
    """One line of the cash table with its present value at market prices, above zero."""

    name: str
    kind: str
    category: str
    worth: float


@dataclass(frozen=True)
class Worth:
    """What a project is worth: both views, its lines, the draws, the inputs moved; `date` is that of the prices."""

    currency: str
    price_year: int
    source: str
    date: str
    views: tuple[Appraisal, ...]
    lines: tuple[LineWorth, ...] = ()
    outcome: Outcome | None = None
    swings: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class CarbonFacts:
    """Carbon in the years counted [t CO2e], how sure [1], what could be sold, and the questions of integrity open."""

    total: float
    years: int
    uncertainty: float | None
    issued: float
    open: tuple[str, ...]


@dataclass(frozen=True)
class TermFacts:
    """What money costs with and without grants [1], the share of a grant that arrives, questions of soft money open."""

    with_grants: float
    without_grants: float
    arrives: float | None
    open: tuple[str, ...]


@dataclass(frozen=True)
class CoverFacts:
    """A drought cover: what it pays, the premium and its rate on line [1], whether it is fit to be sold, why not."""

    chance: float
    mean: float
    premium: float
    rate_on_line: float
    is_fit: bool | None
    reasons: tuple[str, ...]


def money(amount: float | None, currency: str, tongue: Tongue) -> str:
    """Return an amount as people read it; a dash where there is none.

    Examples
    --------
    >>> money(3_600_000, "USD", Tongue()), money(None, "USD", Tongue())
    ('USD 3.60 million', '–')
    """
    if amount is None:
        return tongue.dash
    if abs(amount) >= MILLION:
        said = tongue.number(amount / MILLION, 2)
        return tongue.say("{currency} {number} million", currency=currency, number=said)
    return tongue.say("{currency} {number}", currency=currency, number=tongue.number(amount, 0))


def worth_facts(found: Worth, tongue: Tongue) -> dict[str, Fact]:
    """Return the facts of an appraisal: returns, costs, gains, stakeholders, and how sure they are."""
    origin = (_origin(found, worth_method.METHOD, tongue),)
    facts = {
        "returns": Fact((_returns(found.views[-1], found.currency, tongue), _views_table(found, tongue)), origin),
        "by_stakeholder": Fact((_payers_table(found, tongue),), origin),
    }
    for key, kind, caption in (("costs", "cost", mark("Costs")), ("gains", "benefit", mark("Benefits"))):
        rows = [(each.name, tongue.translate(CATEGORIES[each.category]), each.worth)
                for each in found.lines if each.kind == kind]  # fmt: skip
        if rows:
            heads = (tongue.translate("Line"), tongue.translate("Kind"), _worth_column(found, tongue))
            facts[key] = Fact((table(key, tongue.translate(caption), heads, rows),), origin)
    if found.outcome is not None:
        facts["uncertainty"] = _uncertainty(found, found.outcome, tongue)
    if found.swings:
        facts["swings"] = Fact((_swings_table(found, tongue),), origin)
    return facts


def stack_facts(
    stack: Sequence[Tranche], source: Origin, tongue: Tongue, asked: float | None = None
) -> dict[str, Fact]:
    """Return who pays: the layers with their share of the money, the whole cost, and what comes beside what is asked.

    Parameters
    ----------
    asked : float or None
        What funds are asked for, in the currency of the stack; the grants when None, or when all of it is asked.

    Examples
    --------
    >>> stack = [Tranche("grant", "grant", 2e6, 0.0), Tranche("bank", "commercial", 6e6, 0.1)]
    >>> stack_facts(stack, Origin("p.toml", "-", "2026"), Tongue())["total_cost"].blocks
    ('USD 8.00 million',)
    >>> stack_facts(stack, Origin("p.toml", "-", "2026"), Tongue(), 4e6)["cofinance"].blocks
    ('USD 4.00 million beside what is asked: 1.00 for each one of it.',)
    """
    paid = [each for each in stack if each.kind != "guarantee"]
    if not paid:
        return {}
    total, currency = sum(each.amount for each in paid), paid[0].currency
    heads = (
        tongue.translate("Layer"), tongue.translate("Kind"), Column(tongue.translate("Amount"), currency),
        Column(tongue.translate("Share"), NUMBER), Column(tongue.translate("Rate"), NUMBER),
    )  # fmt: skip
    rows = [
        (each.name, tongue.translate(LAYERS[each.kind]), each.amount,
         tongue.share(None if each.kind == "guarantee" else each.amount / total), tongue.share(each.rate))
        for each in stack
    ]  # fmt: skip
    facts = {
        "stack": Fact((table("stack", tongue.translate("Who pays"), heads, rows),), (source,)),
        "total_cost": Fact((money(total, currency, tongue),), (source,)),
    }
    grants = sum(each.amount for each in paid if each.kind == "grant")
    part = asked if asked and asked < total else grants
    if part and part < total:
        beside = BESIDE_ASK if part == asked else BESIDE_GRANT
        ratio = tongue.number((total - part) / part, 2)
        said = tongue.say(beside, amount=money(total - part, currency, tongue), ratio=ratio)
        facts["cofinance"] = Fact((said,), (source,))
    return facts


def term_facts(found: TermFacts, source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return what the money costs, what of it arrives in communities, and what nobody has answered yet.

    Examples
    --------
    >>> term_facts(TermFacts(0.03, 0.05, None, ()), Origin("p.toml", "-", "2026"), Tongue())["terms"].blocks
    ('The money costs 3.0 % a year, 5.0 % without the grants.',)
    """
    blocks: list[Block] = [
        tongue.say(
            "The money costs {cost} a year, {without} without the grants.",
            cost=tongue.share(found.with_grants), without=tongue.share(found.without_grants),
        )
    ]  # fmt: skip
    if found.arrives is not None:
        arrives = tongue.share(found.arrives, 0)
        blocks.append(tongue.say("{share} of the grant for communities arrives there.", share=arrives))
    if found.open:
        asked = " ".join(_sentence(tongue.note(each)) for each in found.open)
        blocks.append(tongue.say("Not answered yet of soft money: {questions}", questions=asked))
    return {"terms": Fact(tuple(blocks), (Origin(source.source, blend.METHOD, source.date),))}


def carbon_facts(found: CarbonFacts, source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return tonnes and, before any revenue, the questions that are still open."""
    said = tongue.say(
        "{total} t CO2e in {years} years by Tier 1, give or take {share}; {issued} t of them could be sold.",
        total=tongue.number(found.total, 0), years=found.years, share=tongue.share(found.uncertainty, 0),
        issued=tongue.number(found.issued, 0),
    )  # fmt: skip
    blocks: list[Block] = [said]
    if found.open:
        asked = " ".join(_sentence(tongue.note(each)) for each in found.open)
        blocks.append(
            tongue.say("No revenue is counted before these questions are answered: {questions}", questions=asked)
        )
    return {"carbon": Fact(tuple(blocks), (Origin(source.source, carbon.METHOD, source.date),))}


def cover_facts(found: CoverFacts, currency: str, source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return what a drought cover pays and costs, and whether it may be sold."""
    blocks: list[Block] = [
        tongue.say(
            "The drought cover pays in one of {years} years, {mean} a year on average; the premium is {premium} a year "
            "({rate} of the limit).",
            years=tongue.number(1 / found.chance, 1) if found.chance else tongue.dash,
            mean=money(found.mean, currency, tongue),
            premium=money(found.premium, currency, tongue),
            rate=tongue.share(found.rate_on_line),
        )
    ]
    if found.is_fit is not None:
        fit = mark("It follows losses well enough to be sold.")
        blocks.append(tongue.translate(fit if found.is_fit else mark("It must not be sold as it is:")))
        blocks += [] if found.is_fit else [Bullets(tuple(tongue.note(each) for each in found.reasons))]
    return {"insurance": Fact(tuple(blocks), (Origin(source.source, insure.METHOD, source.date),))}


def debt_fact(least: float, source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return how well the debt is covered in the worst year."""
    said = tongue.say("Debt service is covered {ratio} times in the worst year.", ratio=tongue.number(least, 2))
    return {"debt": Fact((said,), (source,))}


def _returns(found: Appraisal, currency: str, tongue: Tongue) -> str:
    """Return in one sentence what the project is worth to the economy."""
    return tongue.say(
        "Against what happens without the project and discounted at {rate}, the project is worth {npv} to the economy.",
        rate=tongue.share(found.rate, 0),
        npv=money(found.npv, currency, tongue),
    )


def _views_table(found: Worth, tongue: Tongue) -> Block:
    """Return the figures of each view side by side."""

    def row(title: str, cells: Iterable[str]) -> tuple[str, ...]:
        return (tongue.translate(title), *cells)

    def number(value: float | None, digits: int = 1) -> str:
        return tongue.dash if value is None else tongue.number(value, digits)

    views = found.views
    rows = [
        row(mark("Net present value"), (money(each.npv, found.currency, tongue) for each in views)),
        row(mark("Rate of return (IRR)"), (tongue.share(each.irr.value) for each in views)),
        row(mark("Modified rate of return (MIRR)"), (tongue.share(each.mirr) for each in views)),
        row(mark("Benefits over costs"), (number(each.bcr, 2) for each in views)),
        row(mark("Worth a year (EANB)"), (money(each.eanb, found.currency, tongue) for each in views)),
        row(mark("Payback [years]"), (number(each.payback.simple) for each in views)),
        row(mark("Discounted payback [years]"), (number(each.payback.discounted) for each in views)),
    ]
    heads = [Column(""), *(Column(tongue.translate(VIEWS[each.view]), NUMBER) for each in views)]
    caption = tongue.say("Returns, constant prices of {year}", year=found.price_year)
    return table("returns", caption, heads, rows)


def _payers_table(found: Worth, tongue: Tongue) -> Block:
    """Return the net present value of each who gains or pays, in each view."""
    names = dict.fromkeys(name for view in found.views for name in view.by_stakeholder)
    heads = [Column(""), *(Column(tongue.translate(VIEWS[each.view]), found.currency) for each in found.views)]
    rows = [
        (tongue.translate(PAYERS.get(name, name)), *(view.by_stakeholder.get(name) for view in found.views))
        for name in names
    ]
    return table("stakeholders", tongue.translate("Net present value by who gains or pays"), heads, rows)


def _uncertainty(found: Worth, drawn: Outcome, tongue: Tongue) -> Fact:
    """Return the spread of the worth and where it comes from."""
    low, high = (money(each, found.currency, tongue) for each in (drawn.p5, drawn.p95))
    said = tongue.say(
        "The chance of a loss is {loss} in {draws} draws; nine of ten lie between {low} and {high} (market prices).",
        loss=tongue.share(drawn.chance_of_loss), draws=tongue.number(drawn.draws, 0), low=low, high=high,
    )  # fmt: skip
    heads = (tongue.translate("What the spread comes from"), Column(tongue.translate("Share"), NUMBER))
    ordered = sorted(drawn.contribution.items(), key=lambda pair: -pair[1])
    rows = [(name, tongue.share(share, 0)) for name, share in ordered]
    blocks = (said, table("spread", "", heads, rows))
    return Fact(blocks, (_origin(found, risk.METHOD, tongue),))


def _swings_table(found: Worth, tongue: Tongue) -> Block:
    """Return what the worth becomes at either end of each input, the widest first."""
    heads = (
        tongue.translate("Input"),
        Column(tongue.translate("Low"), found.currency),
        Column(tongue.translate("High"), found.currency),
    )
    caption = tongue.translate("Net present value (market prices) with one input at its low and its high end")
    return table("swings", caption, heads, found.swings[:MOST_SWINGS])


def _sentence(text: str) -> str:
    """Return a text with a capital letter in front."""
    return text[:1].upper() + text[1:]


def _worth_column(found: Worth, tongue: Tongue) -> Column:
    """Return the column of present values."""
    return Column(tongue.translate("Present value"), found.currency)


def _origin(found: Worth, method: str, tongue: Tongue) -> Origin:
    """Return where the figures of an appraisal come from."""
    return Origin(tongue.say("Project file {name}", name=found.source), method, tongue.date(found.date))
