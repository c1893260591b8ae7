"""Code lists as choices of forms and words of pages; their English labels are message ids of the translations."""

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy

from landbalance.core.codelists import code_list

Choice = tuple[str, object]


def label(list_id: str, code: str) -> object:
    """Return the word of a code in the reader's language; the code itself where the list has none."""
    found = code_list(list_id)
    return gettext_lazy(found.item(code).label) if code in found.codes else code


def choices(list_id: str, *, empty: object = None) -> list[Choice]:
    """Return a list as choices, with a first empty one if it is named."""
    first = [] if empty is None else [("", empty)]
    return [*first, *((item.code, _shown(item.label, item.text)) for item in code_list(list_id).items)]


def words_of_codes(list_id: str, held: Any) -> str:
    """Return one or several codes of a list in words; "" where there is no list or no code."""
    if not list_id or not held:
        return ""
    return ", ".join(_word(list_id, each) for each in (held if isinstance(held, list) else [held]))


def _word(list_id: str, held: Any) -> str:
    """Return a code in words; of a code with its number, both."""
    if isinstance(held, str):
        return str(label(list_id, held))
    code, number = held
    return f"{label(list_id, code)}: {'–' if number is None else number}"


def _shown(name: str, text: str) -> object:
    """Return a choice with its explanation."""
    return (
        format_lazy("{name}: {text}", name=gettext_lazy(name), text=gettext_lazy(text)) if text else gettext_lazy(name)
    )
