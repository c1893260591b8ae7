"""What the templates of the balance need beside the words of the site."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from landbalance.registry.scenarios.queries import Offer
from landbalance.web.balance.forms import TITLES, title_of

register = template.Library()


@register.filter
def practice_title(practice: Offer | Mapping[str, Any] | None) -> Any:
    """Return the name of a practice, offered or asked for, in the reader's language; "" where there is none."""
    if not practice:
        return ""
    if isinstance(practice, Offer):
        return title_of(practice)
    return TITLES.get(practice["code"]) or practice["title"] or practice["code"]


@register.filter
def item(row: Sequence[Any], place: int) -> Any:
    """Return one of several by its place."""
    return row[place]
