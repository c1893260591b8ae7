"""Two people changed one record: what each of them wrote, field by field, so that nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

MINE, THEIRS = "mine", "theirs"
PREFIX = "take_"


@dataclass(frozen=True)
class Difference:
    """A field that two people wrote differently; `suggested` is the side that changed it."""

    name: str
    label: Any
    mine: str
    theirs: str
    suggested: str
    is_disputed: bool


def differences_between(form: forms.Form, theirs: Mapping[str, Any], before: Mapping[str, Any]) -> list[Difference]:
    """Return the fields that differ between what a person sends and what stands there now.

    Parameters
    ----------
    form : Form
        As it was sent.
    theirs, before : mapping
        What stands there now, and what stood there when the person began, as the form shows them.
    """
    found = []
    for name in theirs:
        if name not in form.fields:
            continue
        mine, other, old = (plain(each) for each in (form[name].value(), theirs[name], before.get(name)))
        if mine == other:
            continue
        suggested = THEIRS if mine == old else MINE
        found.append(Difference(name, form[name].label, mine, other, suggested, mine != old and other != old))
    return found


def merged(data: Any, theirs: Mapping[str, Any]) -> Any:
    """Return the data of a form with what the person chose to take from the other."""
    chosen = data.copy()
    for name, value in theirs.items():
        if data.get(PREFIX + name) == THEIRS:
            chosen.setlist(
                name,
                [str(each) for each in value] if isinstance(value, list) else ["" if value is None else str(value)],
            )
            if value is False:
                chosen.pop(name)
    return chosen


def plain(value: Any) -> str:
    """Return a value as both sides write it."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    if value in (None, False):
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "\n".join(str(value).strip().splitlines())
