"""How an indicator is declared: inputs, parameters, output, kernel and, where needed, a figure of the whole area."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from operator import itemgetter
from typing import Any, Literal

import numpy as np

from landbalance.core.types import Array, Value

When = Literal["static", "start", "end", "series"]


@dataclass(frozen=True)
class Band:
    """One array that goes into or comes out of a kernel.

    Parameters
    ----------
    name : str
        Keyword of the kernel (input), or name of the layer (output).
    unit : str
        Physical unit of the values; "class" for codes.
    layer : str
        Role of the workspace layer that fills it when the indicator runs by itself; the band's name when empty.
    when : {"static", "start", "end", "series"}
        Which years of that layer a period takes: none, its first, its last, or all (the array is then (year, pixel)).
    """

    name: str
    unit: str = "class"
    layer: str = ""
    when: When = "static"


@dataclass(frozen=True)
class Parameter:
    """One keyword of a kernel that is no array; `setting` names the profile parameter that fills it."""

    name: str
    default: Value
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[Value, ...] = ()
    setting: str = ""


@dataclass(frozen=True)
class Reduction:
    """A figure of the whole area that the kernel takes as the keyword `fills`.

    `chunk(**inputs, **parameters)` sees one chunk (the named inputs of the indicator, and those parameters it names);
    `merge(left, right)` must be exact and order-free; `finish(whole, **parameters)` gives the value for the kernel.
    `dump` turns what a chunk gave, or several merged, into arrays that can be kept or sent, and `load` turns it back.
    """

    fills: str
    inputs: tuple[str, ...]
    chunk: Callable[..., Any]
    merge: Callable[[Any, Any], Any]
    finish: Callable[..., Any]
    parameters: tuple[str, ...] = ()
    dump: Callable[[Any], tuple[Array, ...]] = lambda part: (np.asarray(part),)
    load: Callable[[tuple[Array, ...]], Any] = itemgetter(0)


@dataclass(frozen=True)
class Indicator:
    """A computation, declared: the kernel takes its inputs and parameters by keyword and returns its outputs.

    Parameters
    ----------
    id, title : str
        Identity ("soc-status") and name in plain words.
    inputs : tuple of Band
        What the kernel reads; each array is (pixel,) or, for `when="series"`, (year, pixel).
    parameters : tuple of Parameter
        What else it takes.
    output : IntEnum class, Band, or tuple of Band
        Class codes (int8), one layer, or several layers (the kernel then returns a tuple in that order).
    kernel : callable
        Pure function of arrays.
    references : tuple of str
        Keys of `docs/bibliography.bib`.
    reduction : Reduction or None
        The figure of the whole area it needs, computed in an earlier pass.
    joins : bool
        Whether its status joins the one-out-all-out as a national indicator.
    """

    id: str
    title: str
    inputs: tuple[Band, ...]
    output: type[IntEnum] | Band | tuple[Band, ...]
    kernel: Callable[..., Any]
    parameters: tuple[Parameter, ...] = ()
    references: tuple[str, ...] = ()
    reduction: Reduction | None = None
    joins: bool = False

    @property
    def outputs(self) -> tuple[Band, ...]:
        """Return the bands that come out, one or several."""
        if isinstance(self.output, tuple):
            return self.output
        if isinstance(self.output, Band):
            return (self.output,)
        return (Band(self.id.replace("-", "_")),)
