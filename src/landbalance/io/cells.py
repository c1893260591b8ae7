"""Cells of exchanged tables: lists and pairs as text, and text that no spreadsheet runs and every database takes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from landbalance.core.errors import InputError

FORMULA_STARTS = "=+-@\t\r"
BETWEEN = re.compile(r"\s*[;\n]\s*")
REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
LINK_PARTS = ("framework", "element", "relation", "degree", "document", "note")


def formula_safe(cell: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula: an apostrophe stands before it.

    Examples
    --------
    >>> formula_safe("=1+1"), formula_safe("'=1"), formula_safe("plain"), formula_safe(-5)
    ("'=1+1", "''=1", 'plain', -5)
    """
    if isinstance(cell, str) and cell.lstrip("'")[:1] and cell.lstrip("'")[0] in FORMULA_STARTS:
        return f"'{cell}"
    return cell


def formula_restored(cell: str) -> str:
    """Return what a cell was before `formula_safe`.

    Examples
    --------
    >>> formula_restored("'=1+1"), formula_restored("'plain")
    ('=1+1', "'plain")
    """
    bare = cell.lstrip("'")
    return cell[1:] if cell[:1] == "'" and bare[:1] and bare[0] in FORMULA_STARTS else cell


def clean_text(text: str) -> str:
    """Return a text without characters that databases and terminals refuse."""
    return REFUSED.sub("", text)


def listed(text: str) -> list[str]:
    """Return the entries of a list written with semicolons or line by line.

    Examples
    --------
    >>> listed("reduce; reverse")
    ['reduce', 'reverse']
    """
    return [each for each in BETWEEN.split(text.strip()) if each]


def paired(text: str) -> list[tuple[str, float]]:
    """Return the pairs of a text such as "2025=10; 2028=20".

    Raises
    ------
    InputError
        If an entry is no name and number.
    """
    return [_pair(each) for each in listed(text)]


def counted(text: str) -> list[tuple[str, int | None]]:
    """Return the entries of a text such as "pastoralists=300; youth_organisation"; None where no number is given.

    Raises
    ------
    InputError
        If a number is no whole number of at least 0.

    Examples
    --------
    >>> counted("pastoralists=1 300; youth_organisation")
    [('pastoralists', 1300), ('youth_organisation', None)]
    """
    return [_count(each) for each in listed(text)]


def counted_text(counts: Iterable[tuple[str, int | None]]) -> str:
    """Return counts as text.

    Examples
    --------
    >>> counted_text([("pastoralists", 300), ("youth_organisation", None)])
    'pastoralists=300; youth_organisation'
    """
    return "; ".join(name if number is None else f"{name}={number}" for name, number in counts)


def linked(text: str) -> list[dict[str, str]]:
    """Return links to other plans, each written framework:element:relation:degree:document:note.

    Raises
    ------
    InputError
        If an entry names no framework and element.
    """
    return [_link(each) for each in listed(text)]


def listed_text(values: Iterable[str]) -> str:
    """Return a list as text."""
    return "; ".join(str(value) for value in values)


def paired_text(pairs: Iterable[tuple[Any, Any]]) -> str:
    """Return pairs as text.

    Examples
    --------
    >>> paired_text([("grassland", 4722.27), (2025, 10.0)])
    'grassland=4722.27; 2025=10'
    """
    return "; ".join(f"{name}={_plain(value)}" for name, value in pairs)


def linked_text(links: Iterable[Mapping[str, str]]) -> str:
    """Return links as text."""
    return "; ".join(":".join(link.get(part, "") for part in LINK_PARTS).rstrip(":") for link in links)


def _pair(entry: str) -> tuple[str, float]:
    """Return one name and number."""
    name, separator, value = entry.rpartition("=")
    try:
        number = float(value.replace("\u00a0", "").replace(" ", ""))
    except ValueError:
        number = float("nan")
    if not separator or not name.strip() or number != number or number in (float("inf"), float("-inf")):
        raise InputError("{entry!r} is no name and number", entry=entry[:60], hint="write it as name=number")
    return name.strip(), number


def _count(entry: str) -> tuple[str, int | None]:
    """Return one name and its whole number, None where there is none."""
    name, separator, value = entry.partition("=")
    digits = "".join(value.split())
    if not name.strip() or (separator and not (digits.isdecimal() and len(digits) < 12)):
        raise InputError("{entry!r} is no name and whole number", entry=entry[:60], hint="write it as name=300")
    return name.strip(), int(digits) if separator else None


def _link(entry: str) -> dict[str, str]:
    """Return one link."""
    parts = [each.strip() for each in entry.split(":", len(LINK_PARTS) - 1)]
    if len(parts) < 2 or not parts[0] or not parts[1]:
        raise InputError("{entry!r} names no framework and element", entry=entry[:60], hint="write it as gbf:2")
    return {name: part for name, part in zip(LINK_PARTS, parts, strict=False) if part}


def _plain(value: Any) -> str:
    """Return a number without a needless point."""
    return repr(int(value)) if isinstance(value, float) and value.is_integer() else repr(value)
