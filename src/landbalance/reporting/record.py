"""The figure record: one number with everything needed to trust, compare and cite it (ruling 12)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

NATION = "nation/1"


@dataclass(frozen=True)
class Figure:
    """One number of a run.

    Parameters
    ----------
    id : str
        Stable identity: measure, period and zone, such as "sdg.status.degraded@report_1@nation/1".
    value : float or None
        The number [unit]; None where it cannot be stated. Shares are ratios, 0 to 1.
    unit : str
        "km2", "1", "persons", "t" or "t ha-1" (of carbon), "yr".
    zone : str
        Zone group and number, such as "districts/3"; number 0 is what lies in no zone of the group.
    denominator : str
        What a share is a share of: "land_area", "country_area", "mapped_land", "mapped_area", "assessed", ...
    mask : str
        The cells it counts: "land", "area", "assessed", "common".
    quality : tuple of str
        Codes of doubts, such as "short_series".
    interval : tuple of float or None
        Confidence interval, once it is computed.
    inputs : tuple of str
        Counted tables, or other figures, that it is made from.
    """

    id: str
    label: str
    value: float | None
    unit: str
    period: str
    zone: str
    denominator: str = ""
    mask: str = ""
    method: str = ""
    quality: tuple[str, ...] = ()
    interval: tuple[float, float] | None = None
    inputs: tuple[str, ...] = ()

    @property
    def measure(self) -> str:
        """Return what is measured, without period and zone."""
        return self.id.split("@", 1)[0]


def figure_id(measure: str, period: str = "", zone: str = NATION) -> str:
    """Return the identity of a figure."""
    return f"{measure}@{period}@{zone}"


@dataclass(frozen=True)
class Stamp:
    """What the figures of one table and place share."""

    period: str = ""
    zone: str = NATION
    method: str = ""
    quality: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()

    def figure(
        self, measure: str, label: str, value: float | None, unit: str, *, mask: str = "", denominator: str = ""
    ) -> Figure:
        """Return the record of one number.

        Examples
        --------
        >>> Stamp("baseline").figure("sdg.headline.area", "Degraded land", 120.0, "km2").id
        'sdg.headline.area@baseline@nation/1'
        """
        return Figure(
            id=figure_id(measure, self.period, self.zone),
            label=label,
            value=None if value is None else float(value),
            unit=unit,
            period=self.period,
            zone=self.zone,
            denominator=denominator,
            mask=mask,
            method=self.method,
            quality=self.quality,
            inputs=self.inputs,
        )


class Book:
    """The figures of a run, found by measure, period and zone."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = {figure.id: figure for figure in figures}

    def __iter__(self) -> Iterator[Figure]:
        return iter(self._figures.values())

    def __len__(self) -> int:
        return len(self._figures)

    def find(self, measure: str, period: str = "", zone: str = NATION) -> Figure | None:
        """Return one figure, or None."""
        return self._figures.get(figure_id(measure, period, zone))

    def value(self, measure: str, period: str = "", zone: str = NATION) -> float | None:
        """Return the value of one figure; None where there is no such figure or no value."""
        figure = self.find(measure, period, zone)
        return None if figure is None else figure.value

    def amount(self, measure: str, period: str = "", zone: str = NATION) -> float:
        """Return the value of one figure, 0 where nothing was counted."""
        return self.value(measure, period, zone) or 0.0
