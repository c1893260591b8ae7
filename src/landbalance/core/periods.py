"""Assessment periods: the years of each layer, inclusive (methods 0.5)."""

from dataclasses import dataclass

from landbalance.core.errors import InputError

BASELINE = "baseline"


@dataclass(frozen=True)
class Period:
    """One assessment period and the first and last year of each of its layers.

    Parameters
    ----------
    name : str
        "baseline", "report_1", "report_2", ...
    land_cover, soc, productivity : tuple of int
        First and last year, inclusive.
    """

    name: str
    land_cover: tuple[int, int]
    soc: tuple[int, int]
    productivity: tuple[int, int]

    def __post_init__(self) -> None:
        for layer in ("land_cover", "soc", "productivity"):
            first, last = getattr(self, layer)
            if first >= last:
                raise InputError(
                    "period {name}: {layer} runs from {first} to {last}",
                    name=self.name,
                    layer=layer,
                    first=first,
                    last=last,
                    hint="the first year must come before the last",
                )

    @property
    def is_baseline(self) -> bool:
        """Return whether this is the baseline that the others are compared with."""
        return self.name == BASELINE

    @property
    def last_year(self) -> int:
        """Return the year the period reports for."""
        return max(self.land_cover[1], self.soc[1], self.productivity[1])


CYCLE_2026 = (
    Period("baseline", (2000, 2015), (2000, 2015), (2001, 2015)),
    Period("report_1", (2015, 2019), (2015, 2019), (2004, 2019)),
    Period("report_2", (2015, 2023), (2015, 2023), (2008, 2023)),
)
