"""What a note says of support: targets, people and their consent, components, windows, grants, checklists, steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from landbalance.core.codelists import code_list
from landbalance.core.tables import toml_table
from landbalance.finance.checklist import Bankability, GroupScore
from landbalance.finance.enabling import Enabling
from landbalance.finance.matching import METHOD, OBSTACLES, Match
from landbalance.finance.steps import Step
from landbalance.finance.windows import Bundle
from landbalance.planning.targets import TargetClaim
from landbalance.reporting.note_blocks import NUMBER, Block, Bullets, Fact, Origin, table
from landbalance.reporting.notes import key_name
from landbalance.reporting.tables import Column
from landbalance.reporting.words import Tongue, mark

MOST_WINDOWS = 5
NO_CONSENT = frozenset({"pending", "withheld", "withdrawn"})
SCOPES = {
    "baseline": mark("baseline"),
    "monitoring": mark("monitoring"),
    "target_setting": mark("target setting"),
    "reporting": mark("reporting"),
}
PROGRAMMES = {"gef-ea": mark("GEF enabling activity"), "tsp-2": mark("Target Setting Programme 2.0")}
STATUSES = {
    "planned": mark("planned"),
    "submitted": mark("submitted"),
    "approved": mark("approved"),
    "running": mark("running"),
    "closed": mark("closed"),
}
STATES = {"done": mark("done"), "begun": mark("begun"), "open": mark("open"), "closed": mark("closed")}


@dataclass(frozen=True)
class Group:
    """A group of people a project is for: code of `stakeholder_groups`, people, women among them, and its consent.

    `consent` is a code of `fpic_decisions`, empty where none is asked of it; `date` is the day of the decision.
    """

    code: str
    people: int | None = None
    women: int | None = None
    consent: str = ""
    date: str = ""
    name: str = ""

    @property
    def is_unheard(self) -> bool:
        """Return whether its consent is asked and not there."""
        return self.consent in NO_CONSENT


@dataclass(frozen=True)
class Component:
    """One component of a project: outcome, outputs, and what of its cost is asked and what others pay."""

    title: str
    outcome: str = ""
    outputs: tuple[str, ...] = ()
    asked: float | None = None
    cofinance: float | None = None


def target_facts(claims: Sequence[TargetClaim], source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return the targets a project serves."""
    if not claims:
        return {}
    say = tongue.translate
    area, year = Column(say("Area"), "ha"), Column(say("Year"), "year")
    heads = (say("Code"), say("Target"), area, year, say("Responsible body"))
    rows = [
        (each.target_id, each.title or each.target_type,
         None if each.declared_area_km2 is None else each.declared_area_km2 * 100.0,
         None if each.target_year is None else str(each.target_year), each.lead or None)
        for each in claims
    ]  # fmt: skip
    return {"targets": Fact((table("targets", say("Targets it serves"), heads, rows),), (source,))}


def people_facts(groups: Sequence[Group], total: int | None, source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return whom a project is for, and what they have decided.

    Examples
    --------
    >>> groups = [Group("pastoralists", 900, 450, "given", "2026-03-01"), Group("small_farmers", 100, 48, "pending")]
    >>> people_facts(groups, None, Origin("p.toml", "-", "2026"), Tongue())["consent"].blocks[0]
    'Consent is not there: Small farmers.'
    """
    say, facts = tongue.translate, dict[str, Fact]()
    counted = [each.people for each in groups if each.people is not None]
    number = total if total is not None else sum(counted) if counted else None
    if number is not None:
        said = tongue.say("{number} people benefit directly.", number=tongue.number(number, 0))
        blocks: list[Block] = [said]
        if counted:
            heads = (say("Group"), Column(say("People"), "persons"), Column(say("Women and girls"), "persons"))
            rows = [(group_name(each, tongue), each.people, each.women) for each in groups]
            blocks.append(table("people", say("People by group, as they call themselves"), heads, rows))
        facts["beneficiaries"] = Fact(tuple(blocks), (source,))
    asked = [each for each in groups if each.consent]
    if asked:
        facts["consent"] = Fact(_consent_blocks(asked, tongue), (source,))
    return facts


def group_name(group: Group, tongue: Tongue) -> str:
    """Return what a group is called."""
    return group.name or tongue.translate(code_list("stakeholder_groups").item(group.code).label)


def component_facts(rows: Sequence[Component], currency: str, tongue: Tongue) -> dict[str, Fact]:
    """Return the components with their outcomes, outputs and money."""
    if not rows:
        return {}
    say = tongue.translate
    heads = (
        say("Component"), say("Outcome"), say("Outputs"),
        Column(say("Asked"), currency), Column(say("Co-finance"), currency),
    )  # fmt: skip
    cells = [(each.title, each.outcome, "; ".join(each.outputs), each.asked, each.cofinance) for each in rows]
    return {"components": Fact((table("components", say("Components"), heads, cells),))}


def indicator_facts(values: Iterable[tuple[str, float]], source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return the core indicators of the GEF that a project fills, by their codes."""
    given = dict(values)
    if not given:
        return {}
    say = tongue.translate
    listed = [(row["code"], row["title"], row["unit"]) for row in toml_table("finance/notes")["indicator"]]
    rows = [
        (code, say(title), say(unit), tongue.number(given[code], 0)) for code, title, unit in listed if code in given
    ]
    heads = (say("Code"), say("Core indicator"), say("Unit"), Column(say("Value"), NUMBER))
    return {"core_indicators": Fact((table("indicators", say("Core indicators"), heads, rows),), (source,))}


def window_facts(found: Sequence[Match], split: Bundle | None, date: str, tongue: Tongue) -> dict[str, Fact]:
    """Return the windows that fit best, what stands in the way of each, and how a programme is split over them."""
    say = tongue.translate
    obstacles = say("What stands in the way, and what would help")
    heads = (say("Window"), Column(say("Fit"), NUMBER), obstacles, say("Checked"))
    rows = [
        (
            f"{each.window.fund}: {each.window.title}",
            tongue.number(each.score, 1),
            obstacle_words(each, tongue),
            _checked(each, tongue),
        )
        for each in found[:MOST_WINDOWS]
    ]
    blocks: list[Block] = [table("windows", say("Windows that fit best, out of 100"), heads, rows)]
    if split is not None:
        for code, ask in split.asks.items():
            said = tongue.say(
                "{window} pays USD {ask} million; other money is {ratio} times that.",
                window=code, ask=tongue.number(ask, 2), ratio=tongue.number(split.cofinance[code], 1),
            )  # fmt: skip
            blocks.append(said)
        blocks += [tongue.say("Funded twice: {output}.", output=each) for each in split.double_funded]
    origin = Origin(tongue.translate("Catalogue of windows"), METHOD, tongue.date(date))
    return {"windows": Fact(tuple(blocks), (origin,))}


def obstacle_words(found: Match, tongue: Tongue) -> str:
    """Return every obstacle with its remedy; a dash where there is none."""
    said = []
    for each in found.obstacles:
        reason, remedy = OBSTACLES[each.rule]
        said.append(f"{tongue.say(reason, **each.fields)} ({tongue.translate(remedy)})")
    return "; ".join(said) or tongue.dash


def enabling_facts(grants: Sequence[Enabling], source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return the grants that enabled the work, and what came of them."""
    if not grants:
        return {}
    say = tongue.translate
    titles = (say("Grant"), say("Programme"), say("Agency"), say("For"), say("Amount"), say("Status"))
    heads = (*titles, say("What came of it"))
    rows = [
        (each.id, say(PROGRAMMES[each.programme]), each.agency, ", ".join(say(SCOPES[scope]) for scope in each.scope),
         None if each.amount is None else f"{each.currency} {tongue.number(each.amount, 0)}",
         say(STATUSES[each.status]),
         "; ".join(f"{out.title} ({out.code})" if out.code else out.title for out in each.outputs) or None)
        for each in grants
    ]  # fmt: skip
    return {"enabling": Fact((table("enabling", say("Grants that enable"), heads, rows),), (source,))}


def checklist_facts(bank: Bankability, groups: Sequence[GroupScore], source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return how ready a project is for a bank, and how far it transforms."""
    said = tongue.say("{share} of the marks are reached.", share=tongue.share(bank.score, 0))
    blocks: list[Block] = [said]
    if bank.red_flags:
        blocks += [tongue.translate("Red flags that stop it:"), Bullets(tuple(map(tongue.note, bank.red_flags)))]
    if bank.open:
        blocks += [tongue.translate("Still open, the heaviest first:"), Bullets(tuple(map(tongue.note, bank.open)))]
    say = tongue.translate
    heads = (say("Group"), Column(say("Mark, 0 to 3"), NUMBER), say("Not yet"))
    rows = [
        (say(each.title), tongue.number(each.score, 2), ", ".join(say(item) for item in each.missing) or None)
        for each in groups
    ]
    caption = say("Weakest first; no total, so that none hides a zero")
    return {
        "bankability": Fact(tuple(blocks), (source,)),
        "transformative": Fact((table("transformative", caption, heads, rows),), (source,)),
    }


def step_facts(steps: Sequence[Step], tongue: Tongue) -> dict[str, Fact]:
    """Return the guided list of steps: what each has and lacks."""
    say = tongue.translate
    heads = (say("Step"), "", say("State"), say("Has"), say("Lacks"))
    rows = [
        (each.code, say(each.title), say(STATES[each.state]), _keys(each.has, tongue), _keys(each.lacks, tongue))
        for each in steps
    ]
    return {"steps": Fact((table("steps", say("Steps, what each has and what it lacks"), heads, rows),))}


def _keys(keys: Iterable[str], tongue: Tongue) -> str | None:
    """Return facts by name; None where there are none."""
    return ", ".join(key_name(key, tongue) for key in keys) or None


def _consent_blocks(asked: Sequence[Group], tongue: Tongue) -> tuple[Block, ...]:
    """Return who has not consented, first, and what each has decided."""
    say = tongue.translate
    unheard = [group_name(each, tongue) for each in asked if each.is_unheard]
    said = (
        tongue.say("Consent is not there: {groups}.", groups=", ".join(unheard))
        if unheard
        else say("All whose consent is asked have given it.")
    )
    decisions = code_list("fpic_decisions")
    rows = [(group_name(each, tongue), say(decisions.item(each.consent).label),
             tongue.date(each.date) if each.date else None) for each in asked]  # fmt: skip
    heads = (say("Group"), say("Free, prior and informed consent"), say("Date"))
    return said, table("consent", "", heads, rows)


def _checked(found: Match, tongue: Tongue) -> str:
    """Return when the record of a window was checked, and whether that is long ago."""
    day = found.window.checked_on
    if day is None:
        return tongue.translate("never checked")
    said = tongue.date(day.isoformat())
    return tongue.say("{date}, too long ago", date=said) if found.is_stale else said
