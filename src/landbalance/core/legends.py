"""Land-cover legends as data: classes, colours, how they nest into one another and what a change of class means."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import table_names, toml_table
from landbalance.core.vocab import EXPORT_NODATA, NODATA
from landbalance.core.words import Words

ADVISED_CLASSES = 15  # a national legend with more is refused by PRAIS (methods 1.3)
MOST_CLASSES = 100
_PARENTS = range(1, 8)
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")


@dataclass(frozen=True)
class LegendClass:
    """One class of a legend.

    Parameters
    ----------
    code : int
        Code in the product's rasters.
    name : str
        Short name in English.
    colour : str
        "#RRGGBB".
    unccd : int
        UNCCD parent class, 1 to 7.
    verify : bool
        Whether experts should look at the parent before it is relied on.
    """

    code: int
    name: str
    colour: str
    unccd: int
    verify: bool = False


@dataclass(frozen=True)
class Legend:
    """An ordered list of classes; inside a run a class is its position, 1 to n, in this order."""

    id: str
    title: str
    classes: tuple[LegendClass, ...]
    nodata: tuple[int, ...] = ()
    source: str = ""


def legend_names() -> tuple[str, ...]:
    """Return the ids of the legends in the package."""
    return table_names("legends")


@cache
def legend(name: str) -> Legend:
    """Return a legend of the package by its id.

    Raises
    ------
    NotFoundError
        If the package has no such legend.

    Examples
    --------
    >>> [entry.name for entry in legend("unccd").classes][:2]
    ['Tree-covered areas', 'Grassland']
    """
    if name not in legend_names():
        raise NotFoundError(
            "no legend is called {name}", name=name, hint="use one of {known}", known=", ".join(legend_names())
        )
    return legend_from_table(toml_table(f"legends/{name}"))


def legend_from_table(table: Mapping[str, Any]) -> Legend:
    """Return the legend that a TOML table describes, checked.

    Parameters
    ----------
    table : mapping
        `id`, `title`, `classes` (each with `code`, `name`, `unccd`, and optionally `colour` and `verify`), and
        optionally `nodata` (codes) and `source`.

    Raises
    ------
    InputError
        If there are fewer than 2 or more than 100 classes, a class lacks its code, name or UNCCD parent, two classes
        share a code, or a code is also a nodata code.
    """
    name = str(table.get("id", "national"))
    rows = table.get("classes")
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not 2 <= len(rows) <= MOST_CLASSES:
        raise InputError(
            "legend {legend} has {count} classes",
            legend=name,
            count=len(rows) if isinstance(rows, Sequence) and not isinstance(rows, str) else 0,
            hint="list from 2 to {most_classes}, each with code, name, unccd and colour",
            most_classes=MOST_CLASSES,
        )
    classes = tuple(_class(row, name) for row in rows)
    nodata = tuple(_whole(code, name, "nodata") for code in table.get("nodata", ()))
    counts = Counter([entry.code for entry in classes] + list(set(nodata)))
    twice = [code for code, times in counts.items() if times > 1]
    if twice:
        raise InputError(
            "legend {legend} uses code {code} twice", legend=name, code=twice[0], hint="every code stands for one thing"
        )
    return Legend(name, str(table.get("title", name)), classes, nodata, str(table.get("source", "")))


def legend_doubts(used: Legend) -> tuple[str, ...]:
    """Return what a reader should know before relying on a legend, in plain words; empty when there is nothing.

    Examples
    --------
    >>> legend_doubts(legend("corine"))[0][:48]
    'the UNCCD class of 4 classes is to be verified: '
    """
    doubts = []
    if used.id not in legend_names() and len(used.classes) > ADVISED_CLASSES:
        doubts.append(
            Words("{count} classes, while PRAIS takes at most {most}", count=len(used.classes), most=ADVISED_CLASSES)
        )
    unsure = [entry.name for entry in used.classes if entry.verify]
    if unsure:
        text = "the UNCCD class of {count} classes is to be verified: {names}"
        doubts.append(Words(text, count=len(unsure), names=", ".join(unsure)))
    absent = [str(parent) for parent in _PARENTS if parent not in {entry.unccd for entry in used.classes}]
    if absent:
        doubts.append(Words("no class belongs to UNCCD class {codes}", codes=", ".join(absent)))
    return tuple(doubts)


def nest(source: Legend, target: Legend, mapping: Mapping[int, int] | None = None) -> dict[int, int]:
    """Return, for every code of a product, the position of its class in another legend.

    Parameters
    ----------
    source, target : Legend
        Legend of the product, and legend the run keeps.
    mapping : mapping of int to int, optional
        Product code -> target code, with -128 or -32768 for no data. Without it a product nests into its own legend by
        code, and into any legend that has one class per UNCCD class by its parents.

    Returns
    -------
    dict of int to int
        Product code -> position 1..n, -128 for the nodata codes of the product.

    Raises
    ------
    InputError
        If the mapping leaves out a class or names an unknown one, or is needed and missing.

    Examples
    --------
    >>> nest(legend("esa_cci"), legend("unccd"))[62]
    1
    """
    missing = dict.fromkeys(source.nodata, NODATA)
    if mapping is not None:
        return missing | _stated_nesting(source, target, mapping)
    if [entry.code for entry in source.classes] == [entry.code for entry in target.classes] and source.id == target.id:
        return missing | {entry.code: place for place, entry in enumerate(source.classes, start=1)}
    place = {entry.unccd: position for position, entry in enumerate(target.classes, start=1)}
    if len(place) < len(target.classes) or any(entry.unccd not in place for entry in source.classes):
        raise InputError(
            "it is not said how {source} nests into {target}",
            source=source.id,
            target=target.id,
            hint="add [nesting.{source}] with product code = national code for each class",
        )
    return missing | {entry.code: place[entry.unccd] for entry in source.classes}


def parents(used: Legend) -> NDArray[np.int8]:
    """Return the UNCCD class of each position, -128 at position 0.

    Examples
    --------
    >>> parents(legend("unccd")).tolist()
    [-128, 1, 2, 3, 4, 5, 6, 7]
    """
    return np.array([NODATA, *(entry.unccd for entry in used.classes)], dtype=np.int8)


def official_matrix(used: Legend) -> tuple[tuple[int, ...], ...]:
    """Return the default transition matrix over the positions of a legend: rows initial, columns final.

    A change between two classes takes the value of their UNCCD classes; within one UNCCD class it is 0.

    Examples
    --------
    >>> official_matrix(legend("unccd"))[0]
    (0, -1, -1, -1, -1, -1, 0)
    """
    default = toml_table("transition_matrix")["matrix"]
    classes = used.classes
    return tuple(tuple(default[start.unccd - 1][end.unccd - 1] for end in classes) for start in classes)


def check_matrix(matrix: Sequence[Sequence[int]], used: Legend) -> NDArray[np.int8]:
    """Return a transition matrix as an array, after checking that it says one thing for every pair of classes.

    Raises
    ------
    InputError
        If it is not n x n, or a cell is none of -1, 0, 1.
    """
    count = len(used.classes)
    sizes = [len(row) for row in matrix]
    if sizes != [count] * count:
        raise InputError(
            "the transition matrix has {rows} rows of {columns} cells",
            rows=len(sizes),
            columns=sorted(set(sizes)),
            hint="{id} has {count} classes: give {count} rows of {count} cells",
            id=used.id,
            count=count,
        )
    for start, row in zip(used.classes, matrix, strict=True):
        for end, cell in zip(used.classes, row, strict=True):
            if cell not in (-1, 0, 1):
                raise InputError(
                    "the transition from {start} to {end} is {cell}",
                    start=start.name,
                    end=end.name,
                    cell=cell,
                    hint="write -1, 0 or 1",
                )
    return np.array(matrix, dtype=np.int8)


def process_of(start: int, end: int) -> tuple[str, str]:
    """Return the code in form SO1-1.T1 and the name of the process behind a change of UNCCD class.

    Returns
    -------
    tuple of str
        ("", "") where the class stays, or the change names no process (to and from water).

    Examples
    --------
    >>> process_of(1, 3)
    ('deforestation', 'deforestation')
    """
    for process in toml_table("transition_matrix")["process"]:
        if [start, end] in process["changes"]:
            return process["code"], process["name"]
    return "", ""


def is_unlikely(start: int, end: int) -> bool:
    """Return whether a change of UNCCD class is so rare that an expert should look at it."""
    return [start, end] in toml_table("transition_matrix")["unlikely"]


def _class(row: Any, name: str) -> LegendClass:
    """Return one class of a legend, checked."""
    if not isinstance(row, Mapping) or not row.get("name") or "code" not in row:
        raise InputError("legend {legend} has a class {row}", legend=name, row=row, hint="give it a code and a name")
    parent, colour = row.get("unccd"), str(row.get("colour", "#808080"))
    if isinstance(parent, bool) or not isinstance(parent, int) or parent not in _PARENTS:
        raise InputError(
            "class {code} of legend {legend} has the UNCCD class {parent}",
            code=row["code"],
            legend=name,
            parent=parent,
            hint="give unccd a number from 1 to 7",
        )
    if not _COLOUR.fullmatch(colour):
        raise InputError(
            "class {code} of legend {legend} has the colour {colour}",
            code=row["code"],
            legend=name,
            colour=colour,
            hint='write it as "#RRGGBB"',
        )
    return LegendClass(_whole(row["code"], name, "code"), str(row["name"]), colour, parent, bool(row.get("verify")))


def _whole(value: Any, name: str, what: str) -> int:
    """Return a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(
            "legend {legend} has the {what} {value!r}", legend=name, what=what, value=value, hint="write a whole number"
        )
    return value


def _stated_nesting(source: Legend, target: Legend, mapping: Mapping[int, int]) -> dict[int, int]:
    """Return a nesting given code by code, as code -> position."""
    place = {entry.code: position for position, entry in enumerate(target.classes, start=1)}
    place |= {NODATA: NODATA, EXPORT_NODATA: NODATA}
    absent = [entry.code for entry in source.classes if entry.code not in mapping]
    unknown = [code for code, parent in mapping.items() if parent not in place]
    if absent or unknown:
        raise InputError(
            "the nesting of {source} into {target} does not place class {code}",
            source=source.id,
            target=target.id,
            code=(absent + unknown)[0],
            hint="give each product code one code of the target legend",
        )
    return {code: place[parent] for code, parent in mapping.items()}
