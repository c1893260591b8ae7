"""Practices: what can be done on land, what a hectare costs, and on how much of it it works."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

from landbalance.core.codelists import code_list
from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table
from landbalance.core.vocab import Response

RESPONSES = {"avoid": Response.AVOID, "reduce": Response.REDUCE, "reverse": Response.REVERSE}
RESPONSE_NAMES = {int(code): name for name, code in RESPONSES.items()}


@dataclass(frozen=True, kw_only=True)
class Practice:
    """One practice.

    Parameters
    ----------
    code, title : str
        Identity and name.
    response : str
        Code of the list `responses`: the land it fits.
    cost_usd_ha : float or None
        Cost of a hectare [USD]; None where the country must state it.
    effectiveness : float
        Share [1] of the treated land on which it works.
    lag_years : int
        From the work to its effect.
    capacity_ha_year : float or None
        The most [ha] that can be done in a year.
    carbon_t_ha : float
        Carbon [t C] that a hectare stores by the end.
    land_types : tuple of str
        Land types it fits; all when empty.
    open_to_herds : bool
        Whether herds may pass and graze where it is done: in pastoral routes and reserves nothing else is.
    source : str
        Where the numbers come from.

    Raises
    ------
    InputError
        If the response is unknown or a number impossible.
    """

    code: str
    response: str
    cost_usd_ha: float | None
    effectiveness: float
    lag_years: int
    title: str = ""
    capacity_ha_year: float | None = None
    carbon_t_ha: float = 0.0
    land_types: tuple[str, ...] = ()
    open_to_herds: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        code_list("responses").item(self.response)
        for name in ("cost_usd_ha", "capacity_ha_year"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value >= 0):
                self._refuse(name, value, "give a number of at least 0")
        if not 0 <= self.effectiveness <= 1:
            self._refuse("effectiveness", self.effectiveness, "give a share from 0 to 1")
        if self.lag_years < 0:
            self._refuse("lag_years", self.lag_years, "give at least 0 years")

    def _refuse(self, name: str, value: object, hint: str) -> None:
        text = "practice {code}: {name} is {value}"
        raise InputError(text, code=self.code, name=name, value=value, hint=hint)


def default_practices() -> tuple[Practice, ...]:
    """Return the practices of the package: global medians, for a country to replace by its own.

    Examples
    --------
    >>> [each.code for each in default_practices() if each.response == "reverse"]
    ['assisted_regeneration', 'cross_slope_barriers']
    """
    table = toml_table("planning/practices")
    return tuple(
        Practice(
            code=row["code"],
            title=row["label"],
            response=row["response"],
            cost_usd_ha=row["cost_usd_ha"],
            effectiveness=row["effectiveness"],
            lag_years=row["lag_years"],
            carbon_t_ha=row["carbon_t_ha"],
            open_to_herds=row.get("open_to_herds", False),
            source=f"{table['source_ref']} [{row['source_tag']}]",
        )
        for row in table["items"]
    )


def chosen_practices(practices: Sequence[Practice], codes: Sequence[str]) -> tuple[Practice, ...]:
    """Return the practices with these codes, in that order; all when none is named.

    Raises
    ------
    NotFoundError
        If a code is unknown.
    InputError
        If two practices have one code, or a chosen one has no cost.
    """
    by_code: dict[str, Practice] = {}
    for each in practices:
        if each.code in by_code:
            raise InputError("two practices are called {code}", code=each.code, hint="give each a code of its own")
        by_code[each.code] = each
    for code in codes:
        if code not in by_code:
            known = ", ".join(by_code)
            raise NotFoundError("there is no practice {code!r}", code=code, hint="use one of {known}", known=known)
    return tuple(by_code[code] for code in codes) if codes else tuple(by_code.values())


def check_costs(
    practices: Sequence[Practice], local: Mapping[tuple[str, int], float], domains: Mapping[int, str]
) -> None:
    """Refuse a practice without a cost somewhere, and a cost that is none.

    Raises
    ------
    InputError
        If a chosen practice has no cost in a domain, or a cost is negative.
    """
    for practice in practices:
        for number, name in domains.items():
            cost = local.get((practice.code, number), practice.cost_usd_ha)
            if cost is None:
                raise InputError(
                    "practice {code} has no cost in {domain}",
                    code=practice.code,
                    domain=name or "the country",
                    hint="state cost_usd_ha in the file of practices, or leave the practice out",
                )
            if not (isfinite(cost) and cost >= 0):
                raise InputError(
                    "practice {code} costs {cost} USD/ha in {domain}",
                    code=practice.code,
                    cost=cost,
                    domain=name or "the country",
                    hint="give a number of at least 0",
                )
