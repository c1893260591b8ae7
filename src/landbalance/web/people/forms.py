"""Forms about people."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils.translation import gettext_lazy as _

from landbalance.registry.accounts.models import ApiToken
from landbalance.registry.workspaces.models import Role, Sector


class InvitationForm(forms.Form):
    """Who is invited, and as what."""

    email = forms.EmailField(label=_("E-mail address"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    sector = forms.ChoiceField(
        label=_("Sector"),
        choices=[("", _("All sectors")), *Sector.choices],
        required=False,
        help_text=_("A member bound to a sector changes the records of that sector only."),
    )


class NewAccountForm(forms.Form):
    """Name and password of a new person."""

    username = forms.RegexField(
        r"^[\w.@+-]{3,60}$", label=_("User name"), help_text=_("Letters, digits and . @ + - _, three at least.")
    )
    email = forms.EmailField(label=_("E-mail address"))
    password = forms.CharField(
        label=_("Password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html,
    )


class TokenForm(forms.Form):
    """What a program may do in a person's name."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=[("read", _("Read")), ("write", _("Change records")), ("run", _("Start runs"))],
        initial=["read"],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_scopes(self) -> list[Any]:
        """Return the scopes that are known."""
        return [scope for scope in self.cleaned_data["scopes"] if scope in ApiToken.SCOPES]
