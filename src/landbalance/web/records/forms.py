"""Forms made of exchange rows: what a form refuses is exactly what a file would be refused for."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, ValidationError

from landbalance.registry.faults import faults_of
from landbalance.registry.records import Sensitivity, Visibility
from landbalance.registry.sharing import custodians_for
from landbalance.registry.workspaces.models import Workspace

EXPECTED = "expected"
Groups = Sequence[tuple[Any, Sequence[str]]]  # legend, fields


class RowForm(forms.Form):
    """A form whose fields are those of an exchange row; `row` is the checked row once it is valid."""

    row_model: type[BaseModel]
    groups: Groups = ()
    fixed: Mapping[str, Any] = MappingProxyType({})  # what the row has and the form does not ask
    row: Any = None

    expected = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean(self) -> dict[str, Any]:
        """Check the row as a file's row is checked, and put each fault at its field."""
        given = {name: value for name, value in self.cleaned_data.items() if name in self.row_model.model_fields}
        try:
            self.row = self.row_model.model_validate({**given, **self.fixed})
        except ValidationError as error:
            for fault in faults_of(error):
                if fault.column not in self.errors:
                    self.add_error(fault.column if fault.column in self.fields else None, fault.words)
        return self.cleaned_data

    def sections(self) -> Iterator[tuple[Any, list[forms.BoundField]]]:
        """Yield the groups of the form: legend, fields."""
        named = {name for _, names in self.groups for name in names}
        rest = [name for name, field in self.fields.items() if name not in named and not field.widget.is_hidden]
        for legend, names in [*self.groups, *([("", rest)] if rest else [])]:
            fields = [self[name] for name in names if name in self.fields]
            if fields:
                yield legend, fields

    def answers(self) -> list[tuple[Any, Any]]:
        """Return label and answer of everything filled in, to be checked before it is saved."""
        return [(self[name].label, said) for name in self.fields if name != EXPECTED and (said := self.said(name))]

    def said(self, name: str) -> str:
        """Return an answer as people read it."""
        field, value = self.fields[name], self.cleaned_data.get(name)
        words = dict(getattr(field, "choices", ()))
        if isinstance(value, list):
            return ", ".join(str(words.get(each, each)) for each in value)
        return "" if value in (None, "", False) or hasattr(value, "read") else str(words.get(value, value))

    def hidden(self) -> list[tuple[str, str]]:
        """Return name and value of everything typed, to be carried through another page."""
        data = self.data
        pairs: Iterable[tuple[str, list[Any]]] = (
            data.lists() if isinstance(data, MultiValueDict) else ((name, [value]) for name, value in data.items())
        )
        known = {self.add_prefix(name) for name in self.fields}
        return [(name, str(value)) for name, values in pairs if name in known for value in values]


class SharingForm(forms.Form):
    """Who sees a record."""

    visibility = forms.ChoiceField(label=_("Who sees it"), choices=Visibility.choices)
    sensitivity = forms.ChoiceField(label=_("How sensitive it is"), choices=Sensitivity.choices)
    custodian = forms.TypedChoiceField(
        label=_("Who keeps it"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=_("A community or body. Once it keeps the record, its stewards alone decide who sees it."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=90, required=False)
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *given: Any, workspace: Workspace, **named: Any) -> None:
        super().__init__(*given, **named)
        self.fields["custodian"].choices = [("", "–"), *custodians_for(workspace)]  # type: ignore[attr-defined]
