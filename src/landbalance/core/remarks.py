"""Doubts and reasons in words that can be said again in another language."""

from typing import Self


class Remark(str):
    """A sentence in English that knows its template and what fills it; everywhere else it is plain text.

    Parameters
    ----------
    template : str
        With named fields, as the translation catalogues have it.
    **fields : str, int, float or Remark
        What fills it.

    Examples
    --------
    >>> told = Remark("{area} km2 of land lie beyond the grid", area=1234.56)
    >>> str(told), told.template
    ('1,234.6 km2 of land lie beyond the grid', '{area} km2 of land lie beyond the grid')
    """

    __slots__ = ("fields", "template")
    template: str
    fields: dict[str, object]

    def __new__(cls, template: str, **fields: object) -> Self:
        """Fill the template in English."""
        plain = {name: f"{value:,.1f}" if isinstance(value, float) else value for name, value in fields.items()}
        made = super().__new__(cls, template.format(**plain))
        made.template, made.fields = template, fields
        return made
