"""Trigger rules: a condition, how long it must hold, and the action, body and money it is bound to."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table

LEVELS = {"watch": 1, "warning": 2, "alert": 3}
MOST = 5.0  # of a standardised index, either way
_INDICATOR = re.compile(r"spe?i-([1-9]|[1-6][0-9]|7[0-2])|soil-moisture|vegetation")


@dataclass(frozen=True)
class Condition:
    """An index at or below a value on a share of a unit's land, or in its mean.

    Parameters
    ----------
    indicator : str
        "spi-3", "spei-12", "soil-moisture", "vegetation", ...
    at_most : float
        Value of the index.
    area_share : float or None
        Share of the land with a known index, 0 to 1; None takes the mean of the unit.
    """

    indicator: str
    at_most: float
    area_share: float | None = None

    @property
    def text(self) -> str:
        """Return the condition in words."""
        where = "mean" if self.area_share is None else f"at least {self.area_share:.0%} of land"
        return f"{self.indicator.upper()} <= {self.at_most:g} ({where})"


@dataclass(frozen=True)
class TriggerRule:
    """One rule.

    Parameters
    ----------
    id, name : str
        What it is called.
    phase : {"watch", "warning", "alert"}
        What it calls out.
    any : tuple of Condition
        One that holds is enough.
    action, body, budget_line : str
        What is done, by whom, from which money.
    needs : str
        Another phase whose rule must hold as well; empty for none.
    hold, within : int
        Steps that must meet the condition, of the last so many.
    months : tuple of int
        Months in which the rule may fire; empty for all.
    margin : float
        By how much the area share must fall below the condition's before the rule lets go.
    least_known : float
        Share of land with a known index below which there is no call.
    valid_from, approved_by : str
        Since when, and who said so.
    """

    id: str
    name: str
    phase: str
    any: tuple[Condition, ...]
    action: str
    body: str
    budget_line: str
    needs: str = ""
    hold: int = 1
    within: int = 1
    months: tuple[int, ...] = ()
    margin: float = 0.0
    least_known: float = 0.6
    valid_from: str = ""
    approved_by: str = ""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def text(self) -> str:
        """Return the rule in one line."""
        told = " or ".join(each.text for each in self.any)
        told += f", with {self.needs}" if self.needs else ""
        return told + (f", {self.hold} of {self.within} steps" if self.within > 1 else "")


def default_rules() -> tuple[TriggerRule, ...]:
    """Return the rules of the package.

    Examples
    --------
    >>> [rule.phase for rule in default_rules()]
    ['watch', 'warning', 'alert']
    """
    return rules_from(toml_table("triggers")["rule"])


def rules_from(rows: Iterable[Mapping[str, Any]]) -> tuple[TriggerRule, ...]:
    """Return rules as a file gives them.

    Raises
    ------
    InputError
        If a key is missing or unknown, or a value does not fit.
    """
    rules = []
    for row in rows:
        name = str(row.get("id", "?"))
        try:
            conditions = tuple(Condition(**each) for each in row.get("any", ()))
            rules.append(TriggerRule(**{**row, "any": conditions, "months": tuple(row.get("months", ()))}))
        except TypeError as error:
            raise InputError(
                "trigger {name} does not fit ({why})", name=name, why=_short(error),
                hint="compare it with what landbalance drought trigger design writes",
            ) from error  # fmt: skip
    _check_all(rules)
    return tuple(rules)


def _check(rule: TriggerRule) -> None:
    """Refuse values that make no rule."""
    if rule.phase not in LEVELS:
        raise InputError(
            "trigger {id} calls {phase}", id=rule.id, phase=rule.phase, hint="use {known}", known=", ".join(LEVELS)
        )
    if not rule.any:
        raise InputError("trigger {id} has no condition", id=rule.id, hint="give any = [{{indicator = ...}}]")
    if not 1 <= rule.hold <= rule.within:
        raise InputError(
            "trigger {id} holds {hold} of {within} steps", id=rule.id, hold=rule.hold, within=rule.within,
            hint="the first must not be greater than the second",
        )  # fmt: skip
    for name in ("action", "body", "budget_line"):
        if not str(getattr(rule, name)).strip():
            raise InputError(
                "trigger {id} has no {name}", id=rule.id, name=name, hint="say who does what, and who pays"
            )
    for each in rule.any:
        if not _INDICATOR.fullmatch(str(each.indicator)):
            raise InputError(
                "trigger {id} asks for {name}", id=rule.id, name=each.indicator,
                hint="use spi-N or spei-N with 1 to 72 months, soil-moisture or vegetation",
            )  # fmt: skip
        if not -MOST <= each.at_most <= MOST:
            raise InputError(
                "trigger {id} asks for at most {value}",
                id=rule.id,
                value=each.at_most,
                hint="give -{most} to {most}",
                most=MOST,
            )
        if each.area_share is not None and not 0 < each.area_share <= 1:
            raise InputError(
                "trigger {id} has the area share {share}", id=rule.id, share=each.area_share, hint="give 0 to 1"
            )


def _check_all(rules: list[TriggerRule]) -> None:
    """Refuse two rules with one name, and a rule that needs a phase nobody calls."""
    names = [rule.id for rule in rules]
    for name in names:
        if names.count(name) > 1:
            raise InputError("trigger {name} stands twice", name=name, hint="give each its own id")
    phases = {rule.phase for rule in rules}
    for rule in rules:
        if rule.needs and (rule.needs not in phases or LEVELS[rule.needs] >= LEVELS[rule.phase]):
            raise InputError(
                "trigger {id} needs {needs}", id=rule.id, needs=rule.needs, hint="name a lower phase that has a rule"
            )


def _short(error: TypeError) -> str:
    """Return what Python says of arguments, without the name of the function."""
    return str(error).split("()")[-1].strip().removeprefix("got an ")
