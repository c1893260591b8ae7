"""Code lists of the reports and the register: files with a version, a time in force and a source."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from landbalance.core.errors import InputError
from landbalance.core.tables import table_names, toml_table

FOLDER = "codelists"


@dataclass(frozen=True)
class CodeItem:
    """One entry of a list.

    Parameters
    ----------
    code : str
        What is stored.
    label, text : str
        What people read, in English; a message id of the translations.
    more : tuple of (str, object)
        Further columns of this list, such as the moves that a state allows.
    """

    code: str
    label: str
    text: str = ""
    more: tuple[tuple[str, Any], ...] = ()

    def column(self, name: str, default: Any = None) -> Any:
        """Return a further column of the entry."""
        return dict(self.more).get(name, default)


@dataclass(frozen=True)
class CodeList:
    """A closed list of codes with its version, time in force and source."""

    list_id: str
    version: str
    valid_from: str
    valid_to: str
    source_tag: str
    source_ref: str
    items: tuple[CodeItem, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes, in order."""
        return tuple(item.code for item in self.items)

    @property
    def is_verified(self) -> bool:
        """Return whether the list was read at its source rather than kept from general knowledge."""
        return self.source_tag != "K"

    def item(self, code: str) -> CodeItem:
        """Return the entry of a code.

        Raises
        ------
        InputError
            If the list has no such code.
        """
        for item in self.items:
            if item.code == code:
                return item
        raise InputError(
            "{code!r} is no code of {list_id}",
            code=code,
            list_id=self.list_id,
            hint="use one of {known}",
            known=", ".join(self.codes),
        )


def code_list_names() -> tuple[str, ...]:
    """Return the ids of the lists in the package."""
    return table_names(FOLDER)


@cache
def code_list(list_id: str) -> CodeList:
    """Return a list of the package.

    Raises
    ------
    NotFoundError
        If there is no such list.

    Examples
    --------
    >>> code_list("responses").codes
    ('avoid', 'reduce', 'reverse')
    """
    table = toml_table(f"{FOLDER}/{list_id}")
    names = ("list_id", "version", "valid_from", "valid_to", "source_tag", "source_ref")
    head = {name: str(table[name]) for name in names}
    return CodeList(items=tuple(_item(row) for row in table["items"]), **head)


def _item(row: dict[str, Any]) -> CodeItem:
    """Return one entry; lists become tuples."""
    named = {"code", "label", "text"}
    more = ((key, tuple(value) if isinstance(value, list) else value) for key, value in row.items() if key not in named)
    return CodeItem(row["code"], row["label"], row.get("text", ""), tuple(more))
