"""Errors in the reader's language: the template is translated, then its fields are filled in."""

from django.utils.translation import gettext

from landbalance.core.addresses import without_secrets
from landbalance.core.errors import LandbalanceError


def spoken(error: LandbalanceError) -> str:
    """Return an error as one sentence in the language of the reader."""
    parts = [gettext(each).format(**error.fields) for each in (error.template, error.hint) if each]
    return without_secrets(": ".join(parts))
