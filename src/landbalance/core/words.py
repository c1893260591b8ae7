"""Sentences for people: a template with named fields, kept whole so that an edge can say it in another language."""

from collections.abc import Mapping
from typing import Any

from landbalance.core.errors import LandbalanceError


class Words(str):
    """A text that knows the template it was made from; it reads, prints and sorts as its English text.

    Parameters
    ----------
    template : str
        Sentence with named fields, such as "{count} zones lie outside {where}".
    **fields : object
        Values of the named fields; one of them may be `Words` itself.

    Examples
    --------
    >>> text = Words("{share:.1%} of the box without data", share=0.125)
    >>> print(text, "|", text.template)
    12.5% of the box without data | {share:.1%} of the box without data
    """

    template: str
    fields: Mapping[str, object]

    def __new__(cls, template: str, **fields: object) -> "Words":
        """Fill the template in English, and keep it."""
        made = super().__new__(cls, template.format(**fields))
        made.template, made.fields = template, fields
        return made

    def __reduce__(self) -> tuple[object, ...]:
        return _remade, (self.template, dict(self.fields))


def plain_words(text: object) -> Any:
    """Return a text as plain data that JSON can hold; numbers stay numbers.

    Examples
    --------
    >>> plain_words(Words("{number} zones", number=3))
    {'template': '{number} zones', 'fields': {'number': 3}}
    """
    if isinstance(text, Words):
        return {"template": text.template, "fields": {name: plain_words(value) for name, value in text.fields.items()}}
    number = getattr(text, "item", lambda: text)()  # a number of numpy becomes one of Python
    return number if isinstance(number, bool | int | float) else str(text)


def plain_error(error: LandbalanceError) -> dict[str, Any]:
    """Return an error as plain data that JSON can hold.

    Examples
    --------
    >>> plain_error(LandbalanceError("{path} has {found} bands", path="a.tif", found=3))
    {'template': '{path} has {found} bands', 'hint': '', 'fields': {'path': 'a.tif', 'found': 3}}
    """
    fields = {name: plain_words(value) for name, value in error.fields.items()}
    return {"template": error.template, "hint": error.hint, "fields": fields}


def words_of(plain: object) -> str:
    """Return the text of plain data; a plain text stays one.

    Examples
    --------
    >>> str(words_of({"template": "{number} zones", "fields": {"number": 3}}))
    '3 zones'
    """
    if isinstance(plain, Mapping):
        fields = {
            name: words_of(value) if isinstance(value, Mapping) else value for name, value in plain["fields"].items()
        }
        return Words(plain["template"], **fields)
    return plain if isinstance(plain, str) else str(plain)


def _remade(template: str, fields: Mapping[str, object]) -> Words:
    """Return the words that crossed a process boundary."""
    return Words(template, **fields)
