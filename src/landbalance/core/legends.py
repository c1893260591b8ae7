"""Land-cover legends as data: classes, colours and how they nest into the seven UNCCD classes."""

from dataclasses import dataclass


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
