"""Land types: the units within which losses are made good, from any stack of class layers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from landbalance.core.errors import InputError, NotFoundError

UNKNOWN = 0  # number of cells where one of the layers is unknown


@dataclass(frozen=True)
class LandType:
    """One combination of classes that occurs.

    Parameters
    ----------
    number : int
        From 1; 0 is land without a type.
    name : str
        What people call it.
    codes : tuple of int
        Its class in each layer.
    area_km2 : float
        Land of the country with it.
    is_tradable : bool
        False for protected or irreplaceable types: a loss of them is made good by nothing.
    """

    number: int
    name: str
    codes: tuple[int, ...]
    area_km2: float = 0.0
    is_tradable: bool = True


@dataclass(frozen=True)
class LandTypes:
    """The land types of a country and the layers they are made of."""

    layers: tuple[str, ...]
    types: tuple[LandType, ...]

    def of(self, number: int) -> LandType:
        """Return the type with this number.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        if 1 <= number <= len(self.types):
            return self.types[number - 1]
        raise NotFoundError(
            "there is no land type {number}", number=number, hint="there are {known}", known=len(self.types)
        )

    def named(self, name: str) -> LandType:
        """Return the type with this name or number.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        for each in self.types:
            if name in (each.name, str(each.number)):
                return each
        known = ", ".join(each.name for each in self.types[:8]) + (", ..." if len(self.types) > 8 else "")
        raise NotFoundError("there is no land type {name!r}", name=name, hint="use one of {known}", known=known)

    def without_trade(self, names: Sequence[str]) -> "LandTypes":
        """Return the same types, those named being protected or irreplaceable.

        Raises
        ------
        NotFoundError
            If a name is unknown.
        """
        kept = {self.named(name).number for name in names}
        types = tuple(replace(each, is_tradable=each.number not in kept) for each in self.types)
        return replace(self, types=types)


def land_types(
    combinations: Sequence[Sequence[int]],
    layers: Sequence[str],
    *,
    class_names: Mapping[str, Mapping[int, str]] | None = None,
    names: Mapping[tuple[int, ...], str] | None = None,
) -> LandTypes:
    """Number combinations of classes, in order, and name them.

    Parameters
    ----------
    combinations : sequence of sequence of int
        Those that occur, each once.
    layers : sequence of str
        What the classes are of.
    class_names : mapping, optional
        Names of the classes of a layer, where it has a legend.
    names : mapping, optional
        Names that the country gives to combinations.

    Raises
    ------
    InputError
        If a combination does not fit the layers, occurs twice, or two types have one name.

    Examples
    --------
    >>> found = land_types([(1, 1), (1, 2)], ["soil", "slope"], class_names={"slope": {1: "flat"}})
    >>> [each.name for each in found.types]
    ['soil 1, flat', 'soil 1, slope 2']
    """
    known = class_names or {}
    made = []
    for number, row in enumerate(sorted({tuple(map(int, each)) for each in combinations}), 1):
        if len(row) != len(layers):
            hint = "give one class for each of {layers}"
            raise InputError(
                "land type {codes} does not fit the layers", codes=row, hint=hint, layers=", ".join(layers)
            )
        words = (
            known.get(layer, {}).get(code, f"{layer.replace('_', ' ')} {code}")
            for layer, code in zip(layers, row, strict=True)
        )
        made.append(LandType(number, (names or {}).get(row) or ", ".join(words), row))
    _check_names(made)
    return LandTypes(tuple(layers), tuple(made))


def _check_names(types: Sequence[LandType]) -> None:
    """Refuse two types with one name."""
    seen: dict[str, LandType] = {}
    for each in types:
        if each.name in seen:
            raise InputError(
                "two land types are called {name!r}: {one} and {other}",
                name=each.name,
                one=seen[each.name].codes,
                other=each.codes,
                hint="name each of them differently",
            )
        seen[each.name] = each
