"""The six steps and one of the economics of land degradation: what each has, what it lacks, what keeps it closed."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from landbalance.core.tables import toml_table

State = Literal["done", "begun", "open", "closed"]


@dataclass(frozen=True)
class Step:
    """One step: what of its facts is there, what is missing, and what must be known before it opens (else empty)."""

    code: str
    title: str
    state: State
    has: tuple[str, ...]
    lacks: tuple[str, ...]
    waits_for: str = ""


def guided(known: Collection[str]) -> tuple[Step, ...]:
    """Return the steps with their state, by the keys of the facts that are known.

    Step 6 stays closed until there is a counterfactual: without one a project is weighed against nothing.

    Examples
    --------
    >>> [step.state for step in guided({"objective", "hectares", "location", "gains"})]
    ['done', 'open', 'open', 'begun', 'open', 'closed', 'closed']
    """
    found = []
    for row in toml_table("finance/eld_steps")["step"]:
        has = tuple(key for key in row["needs"] if key in known)
        lacks = tuple(key for key in row["needs"] if key not in known)
        waits_for = row.get("opens", "")
        waits_for = "" if waits_for in known else waits_for
        state: State = "closed" if waits_for else "done" if not lacks else "begun" if has else "open"
        found.append(Step(row["code"], row["title"], state, has, lacks, waits_for))
    return tuple(found)
