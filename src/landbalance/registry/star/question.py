"""Ask the STAR desk: countries, rules and dials in, allocations by the rules and by every drought variant out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from landbalance.core.errors import InputError, NotFoundError
from landbalance.finance.desk import (
    VARIANTS,
    CountryInput,
    Regime,
    Result,
    beside,
    regime,
    regime_names,
    share_out,
)
from landbalance.finance.star import Swing
from landbalance.finance.star_dials import dials_of, own_tables, scaled_weights
from landbalance.finance.star_sensitivity import sensitivity
from landbalance.finance.star_shift import Comparison, compare
from landbalance.finance.star_table import StarRow, inputs_of
from landbalance.io.star_file import example_countries
from landbalance.registry.access import require
from landbalance.registry.countries.queries import lists_by_year
from landbalance.registry.records import find
from landbalance.registry.star.models import StarRegime, StarTable
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

EXAMPLE = ""
LISTS = ("ldc", "sids")
ListsByYear = Mapping[int, Mapping[str, frozenset[str]]]


@dataclass(frozen=True)
class Question:
    """What is asked of the desk.

    Parameters
    ----------
    table : str
        Id of a table of countries; empty for the invented example.
    regime : str
        Id of a regime of the package, or of one of the workspace.
    dials : mapping of str to value
        What is to differ from the regime, by dial.
    weight : float or None
        Of drought in the variant; its default when None.
    performance : float or None
        What is assumed of countries that give none.
    year : int or None
        As of which year groups are looked up; the first of the regime when None.
    """

    table: str = EXAMPLE
    regime: str = "gef-6"
    variant: str = "drought-additive"
    weight: float | None = None
    performance: float | None = None
    year: int | None = None
    dials: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rules:
    """Whose rules they are: id and title, the regime of the package below, tables of one's own."""

    id: str
    title: str
    base: str
    own: Mapping[str, Any]
    version: int = 0


@dataclass(frozen=True)
class Answer:
    """What the desk says.

    Parameters
    ----------
    table : StarTable or None
        None for the invented example.
    others : tuple of Result
        Every variant of drought, the one that is looked at first; empty where drought is not given for all.
    dials : mapping of str to value
        Every dial as it was applied.
    """

    question: Question
    rules: Rules
    table: StarTable | None
    year: int | None
    base: Result
    others: tuple[Result, ...]
    swings: tuple[Swing, ...]
    dials: Mapping[str, Any]
    groups: Mapping[int, Comparison]

    @property
    def chosen(self) -> Result:
        """Return the variant that is looked at; the rules themselves where there is none."""
        return self.others[0] if self.others and self.question.variant else self.base

    @property
    def comparison(self) -> Comparison:
        """Return the variant beside the rules."""
        return beside(self.base, self.chosen)

    @property
    def is_invented(self) -> bool:
        """Return whether its countries are the invented example."""
        return self.table is None

    @property
    def inputs(self) -> dict[str, int]:
        """Return the versions of what it rests on."""
        return {"table": self.table.version if self.table else 0, "regime": self.rules.version}


def ask(actor: "Actor", workspace: Workspace, question: Question) -> Answer:
    """Return what the desk says to a question.

    Raises
    ------
    AccessError
        If the actor may not see the desk.
    NotFoundError
        If there is no such table or regime, for this person.
    InputError, RuleError
        If the regime leaves values open, an input is missing, or floors and ceilings cannot be kept.
    """
    require(actor, "star.view", workspace)
    table = find(StarTable, actor, workspace=workspace, pk=_key(question.table)) if question.table else None
    chosen = rules_of(actor, workspace, question.regime)
    dials = scaled_weights({**dials_of(chosen.base, chosen.own), **question.dials})
    rules = replace(
        regime(chosen.base, own_tables(chosen.base, dials, chosen.own)), id=chosen.id, title=chosen.title
    )  # fmt: skip
    years = sorted({*(rules.valid or ()), *([question.year] if question.year else [])})
    lists = lists_by_year(LISTS, years)
    year = question.year or (rules.valid[0] if rules.valid else None)
    rows = table.countries() if table else example_countries()
    countries = inputs_of(
        rows, rules, standing=lists[year] if year else None, performance=question.performance
    )  # fmt: skip
    base, others = _allocations(question, rules, countries)
    variant = question.variant if others else ""
    swings = sensitivity(rules, countries, variant=variant, weight=question.weight if variant else None)
    groups = _groups(rows, base, others[0] if variant else base, lists)
    return Answer(question, chosen, table, year, base, others, swings, dials, groups)


def rules_of(actor: "Actor", workspace: Workspace, id: str) -> Rules:  # noqa: A002 - what people call it
    """Return whose rules are meant.

    Raises
    ------
    NotFoundError
        If there is no such regime, for this person.
    """
    titles = dict(regime_names())
    if id in titles:
        return Rules(id, titles[id], id, {})
    found = find(StarRegime, actor, workspace=workspace, pk=_key(id))
    return Rules(str(found.pk), found.name, found.base, found.values, found.version)


def _key(text: str) -> UUID:
    """Return the key of a record."""
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFoundError("there is no table or regime {id}", id=text, hint="choose one of the list") from error


def _allocations(
    question: Question, rules: Regime, countries: Sequence[CountryInput]
) -> tuple[Result, tuple[Result, ...]]:
    """Return the allocation by the rules, and by every variant where drought is given, the chosen one first."""
    base = share_out(rules, countries)
    lacking = [row.iso3 for row in countries if row.drought is None or row.exposed is None]
    if len(lacking) == len(countries):
        return base, ()
    if lacking and question.variant:
        raise InputError(
            "drought or exposed is not given for {countries}",
            countries=", ".join(lacking),
            hint="fill both columns, or look at the rules as they are",
        )
    if lacking:
        return base, ()
    names = sorted(VARIANTS, key=lambda name: name != question.variant)
    weights = [question.weight if name == question.variant else None for name in names]
    return base, tuple(share_out(rules, countries, *each) for each in zip(names, weights, strict=True))


def _groups(rows: Sequence[StarRow], base: Result, other: Result, lists: ListsByYear) -> dict[int, Comparison]:
    """Return shares of groups as of several years."""
    dry = [row.is_dryland for row in base.countries]
    found = {}
    for year, standing in lists.items():
        members = _members(rows, standing) | {"dryland": dry}
        known = {name: each for name, each in members.items() if any(each)}
        found[year] = compare(base.allocation, other.allocation, known)
    return found


def _members(rows: Sequence[StarRow], standing: Mapping[str, frozenset[str]]) -> dict[str, list[bool]]:
    """Return which countries belong to a group in a year; a group that is given stands."""
    return {
        name: [row.group == name if row.group else name in standing.get(row.iso3, ()) for row in rows] for name in LISTS
    }
