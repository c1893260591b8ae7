"""Map colours by class code, as data."""

from dataclasses import dataclass

from landbalance.core.errors import NotFoundError
from landbalance.core.tables import toml_table


@dataclass(frozen=True)
class Swatch:
    """One class of a palette: its code, name and colour ("#RRGGBB")."""

    code: int
    name: str
    colour: str


@dataclass(frozen=True)
class Palette:
    """Colours of a class layer; `close` lists the pairs of codes that some readers cannot tell apart."""

    id: str
    title: str
    swatches: tuple[Swatch, ...]
    close: tuple[tuple[int, int], ...] = ()

    def colour(self, code: int) -> str | None:
        """Return the colour of a class, None for a code without one (it stays transparent)."""
        return next((swatch.colour for swatch in self.swatches if swatch.code == code), None)


def palette_names() -> tuple[str, ...]:
    """Return the names of the palettes."""
    return tuple(name for name, table in toml_table("palettes").items() if isinstance(table, dict))


def palette(name: str) -> Palette:
    """Return the palette with this name.

    Raises
    ------
    NotFoundError
        If none has it.

    Examples
    --------
    >>> palette("status").colour(-1)
    '#9B2779'
    """
    if name not in palette_names():
        raise NotFoundError(
            "no palette is called {name}", name=name, hint="use one of {known}", known=", ".join(palette_names())
        )
    table = toml_table("palettes")[name]
    swatches = tuple(Swatch(int(code), table["names"][code], colour) for code, colour in table["colours"].items())
    return Palette(name, table["title"], swatches, tuple((low, high) for low, high in table.get("close", [])))
