"""What is wrong with a row, cell by cell: a code for programs, words for people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, gettext_noop
from pydantic import ValidationError

WHOLE_ROW = ""
WORDS: Mapping[str, str] = {
    "missing": gettext_noop("This is missing."),
    "too_long": gettext_noop("This is too long."),
    "no_code": gettext_noop("Use letters, digits, points and dashes, 40 at most."),
    "no_number": gettext_noop("This is not a number; write 1234.5."),
    "no_year": gettext_noop("This is not a year between 1990 and 2100."),
    "no_truth": gettext_noop("Write yes or no."),
    "no_day": gettext_noop("Write the date as 2030-12-31."),
    "negative": gettext_noop("This is below 0."),
    "unknown_code": gettext_noop("%(value)s is none of %(known)s."),
    "not_listed": gettext_noop("%(entry)s cannot be read here; look at the example."),
    "not_after_start": gettext_noop("The target year %(value)s is not after the start year %(start)s."),
    "years_out_of_order": gettext_noop(
        "The years of the milestones must follow one another, from start to target year."
    ),
    "negative_part": gettext_noop("An area is at least 0."),
    "below_low": gettext_noop("The high end of the range is below the low end."),
    "end_before_begin": gettext_noop("The end %(value)s lies before the beginning %(start)s."),
    "unknown_column": gettext_noop("There is no such field."),
    "group_twice": gettext_noop("%(value)s is named twice."),
    "twice": gettext_noop("%(value)s stands in row %(row)s already."),
    "taken": gettext_noop("This code is taken by a target that was put away or is not shown to you."),
    "needs_revision": gettext_noop("This target is %(stage)s: revise it on its page, with a reason."),
    "stale": gettext_noop("Version %(now)s was saved meanwhile; the file holds version %(value)s."),
    "no_area": gettext_noop("The area cannot be read: %(why)s"),
    "other": gettext_noop("This cannot be used: %(why)s"),
}
CODES: Mapping[str, str] = {
    **dict.fromkeys(("missing", "too_short", "string_too_short"), "missing"),
    **dict.fromkeys(("string_too_long", "too_long"), "too_long"),
    **dict.fromkeys(("float_parsing", "float_type", "finite_number"), "no_number"),
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float", "less_than_equal"), "no_year"),
    **dict.fromkeys(("bool_parsing", "bool_type"), "no_truth"),
    **dict.fromkeys(
        ("date_from_datetime_parsing", "date_parsing", "date_type", "date_from_datetime_inexact"), "no_day"
    ),
    "string_pattern_mismatch": "no_code",
    "extra_forbidden": "unknown_column",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell.

    Parameters
    ----------
    row : int
        Row of the file, the header being 1; 0 for a form.
    column : str
        Field; empty for the row as a whole.
    code : str
        What programs tell faults apart by.
    fields : mapping
        What the words name.
    """

    row: int
    column: str
    code: str
    fields: Mapping[str, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Return what is wrong, in the reader's language."""
        return gettext(WORDS[self.code]) % self.fields

    def as_plain(self) -> dict[str, Any]:
        """Return the fault as plain values, to be kept."""
        plain = {name: value if isinstance(value, int) else str(value) for name, value in self.fields.items()}
        return {"row": self.row, "column": self.column, "code": self.code, "fields": plain}


def faults_of(error: ValidationError, row: int = 0) -> list[Fault]:
    """Return the faults that a check of a row has found, one for each cell."""
    found: dict[str, Fault] = {}
    for each in error.errors(include_url=False):
        context = dict(each.get("ctx", {}))
        column = str(context.pop("column", "") or (each["loc"][0] if each["loc"] else WHOLE_ROW))
        kind = each["type"]
        if kind == "greater_than_equal":
            code = "negative" if context.get("ge") == 0 else "no_year"
        else:
            code = CODES.get(kind, kind if kind in WORDS else "other")
        found.setdefault(column, Fault(row, column, code, context if code != "other" else {"why": each["msg"]}))
    return list(found.values())
