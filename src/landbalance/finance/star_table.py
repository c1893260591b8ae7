"""The rows a what-if of STAR starts from: what is given of each country, what is looked up, what is assumed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from landbalance.core.errors import InputError
from landbalance.core.places import countries
from landbalance.finance.desk import GROUPS, CountryInput, Regime
from landbalance.finance.star import gpi

RATINGS = ("portfolio", "policy", "broad")
Standing = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class StarRow:
    """What is given of one country; performance is given, made of its three ratings, or assumed.

    Parameters
    ----------
    group : str
        "ldc", "sids" or "other"; empty where the lists of the year say it.
    performance, portfolio, policy, broad : float or None
        Index of performance, or the ratings it is made of [1 to 6].
    income : float
        Per head [USD].
    degraded, dryland, people, exposed : float
        Each in its own unit, the same for all countries.
    """

    iso3: str
    income: float
    degraded: float
    dryland: float
    people: float
    group: str = ""
    performance: float | None = None
    portfolio: float | None = None
    policy: float | None = None
    broad: float | None = None
    drought: float | None = None
    exposed: float | None = None
    is_dryland: bool | None = None
    biodiversity: float | None = None
    climate: float | None = None


def inputs_of(
    rows: Sequence[StarRow], rules: Regime, *, standing: Standing | None = None, performance: float | None = None
) -> tuple[CountryInput, ...]:
    """Return the inputs of countries: groups looked up, performance made of ratings or assumed.

    Parameters
    ----------
    standing : mapping of str to frozenset of str, optional
        The lists ("ldc", "sids") each country is on in the year that is meant; those of the package when None.
    performance : float or None
        What is assumed of countries that give neither performance nor ratings [1 to 6].

    Raises
    ------
    InputError
        If a group is neither given nor known, or performance neither given nor assumed.

    Examples
    --------
    >>> from landbalance.finance.desk import regime
    >>> rows = [StarRow("MRT", 2000, 1, 1, 1, portfolio=4.0, policy=3.5, broad=3.0)]
    >>> [(row.group, round(row.performance, 3)) for row in inputs_of(rows, regime("gef-8"))]
    [('ldc', 3.525)]
    """
    lists = known_lists() if standing is None else standing
    return tuple(_input(row, rules, lists, performance) for row in rows)


def known_lists() -> Standing:
    """Return the groups of the countries of the package, as its table was made.

    Examples
    --------
    >>> sorted(known_lists()["HTI"])
    ['ldc', 'sids']
    """
    return {each.iso3: each.groups for each in countries()}


def _input(row: StarRow, rules: Regime, lists: Standing, assumed: float | None) -> CountryInput:
    """Return one country as the allocation takes it."""
    on = lists.get(row.iso3)
    group = row.group or ("" if on is None else next((each for each in GROUPS if each in on), "other"))
    if not group:
        raise InputError(
            "the group of {iso3} is neither given nor known",
            iso3=row.iso3,
            hint="fill the column group: ldc, sids or other",
        )
    found = CountryInput(
        row.iso3, group, 1.0, row.income, row.degraded, row.dryland, row.people, row.drought, row.exposed,
        bool(row.is_dryland), row.biodiversity, row.climate, is_island=on is not None and "sids" in on,
    )  # fmt: skip
    given = row.performance if row.performance is not None else _from_ratings(row, rules)
    if given is not None:
        return replace(found, performance=given)
    if assumed is None:
        raise InputError(
            "the performance of {iso3} is not given",
            iso3=row.iso3,
            hint="fill performance, or portfolio, policy and broad, or assume one for all that lack it",
        )
    return replace(found, performance=assumed, is_assumed=True)


def _from_ratings(row: StarRow, rules: Regime) -> float | None:
    """Return performance made of the three ratings; None where one is missing, or the regime has no weights."""
    parts = (row.portfolio, row.policy, row.broad)
    if rules.gpi_weights is None or None in parts:
        return None
    return gpi(*(float(part or 0.0) for part in parts), weights=rules.gpi_weights)
