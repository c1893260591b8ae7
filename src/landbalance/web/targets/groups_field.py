"""Groups of people and how many of each: typed in the reader's words, kept as codes."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from landbalance.registry.codes import choices

LIST = "stakeholder_groups"


class GroupsField(forms.CharField):
    """One group a line, with how many people; people say themselves where they belong."""

    widget = forms.Textarea

    def __init__(self) -> None:
        super().__init__(label=_("People by group"), required=False, help_text=lazy(_hint, str)())
        self.widget.attrs["rows"] = 3

    def prepare_value(self, value: Any) -> Any:
        """Return the codes of a record in the reader's words."""
        return _each_line(value, _words()) if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        """Return the words as codes; what is no word of a group stays, and is refused as a code."""
        names = {name.casefold(): code for code, name in _words().items()}
        return _each_line(super().clean(value), names)


def _words() -> dict[str, str]:
    """Return the name of each group in the reader's language."""
    return {code: str(name) for code, name in choices(LIST)}


def _hint() -> str:
    """Return what may stand in the field."""
    names = _words()
    said = gettext(
        "One a line, with how many people: %(example)s = 300. Leave the number out where it is not known. "
        "People say themselves where they belong. Groups: %(groups)s."
    )
    return said % {"example": names["pastoralists"], "groups": ", ".join(names.values())}


def _each_line(text: str, names: dict[str, str]) -> str:
    """Return lines with the name of each put as `names` has it."""
    lines = [line.partition("=") for line in text.replace(";", "\n").splitlines() if line.strip()]
    parts = [
        (names.get(name.strip(), names.get(name.strip().casefold(), name.strip())), sign, number)
        for name, sign, number in lines
    ]
    return "\n".join(f"{name} = {number.strip()}" if sign else name for name, sign, number in parts)
