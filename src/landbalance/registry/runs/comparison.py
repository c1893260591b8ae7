"""Two runs side by side: what they say of the nation, and what was different going in."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from landbalance.engine.runs import Run
from landbalance.registry.standing import figure_of, headlines_of, summary_of
from landbalance.reporting.record import Figure

MEASURES = {
    "sdg.headline.share": _lazy("Share of degraded land, as reported"),
    "sdg.headline.area": _lazy("Degraded land, as reported"),
    "sdg.assessment.degraded": _lazy("Degraded land"),
    "sdg.assessment.stable": _lazy("Stable land"),
    "sdg.assessment.improved": _lazy("Improved land"),
    "sdg.assessment.nodata": _lazy("Land without a result"),
    "productivity.assessment.degraded": _lazy("Land degraded by productivity"),
    "land_cover.assessment.degraded": _lazy("Land degraded by land cover"),
    "soc.assessment.degraded": _lazy("Land degraded by soil organic carbon"),
}


@dataclass(frozen=True)
class Line:
    """One figure in both runs; the difference is None where one of them does not know it."""

    period: str
    label: str
    unit: str
    a: float | None
    b: float | None

    @property
    def difference(self) -> float | None:
        """Return second less first."""
        return None if self.a is None or self.b is None else self.b - self.a


@dataclass(frozen=True)
class Change:
    """Something that was different going in."""

    what: str
    a: str
    b: str


@dataclass(frozen=True)
class Comparison:
    """Figures and causes."""

    lines: tuple[Line, ...]
    changes: tuple[Change, ...]


def compare(a: Run, b: Run) -> Comparison:
    """Lay two runs side by side."""
    return Comparison(tuple(_lines(a, b)), tuple(_changes(a, b)))


def _lines(a: Run, b: Run) -> Iterator[Line]:
    """Yield the nation's figures, period by period."""
    first, second = summary_of(a), summary_of(b)
    periods = dict.fromkeys(head.period for said in (first, second) for head in headlines_of(said))
    for period in periods:
        for measure, label in MEASURES.items():
            pair = [figure_of(said, measure, period) for said in (first, second)]
            known = next((figure for figure in pair if figure is not None), None)
            if known is not None:
                yield Line(period, str(label), known.unit, *(_value(figure) for figure in pair))


def _value(figure: Figure | None) -> float | None:
    """Return the value of a figure that may not be there."""
    return None if figure is None else figure.value


def _changes(a: Run, b: Run) -> Iterator[Change]:
    """Yield versions, parameters, periods and inputs that differ."""
    one, two = a.manifest, b.manifest
    if one.profile != two.profile:
        yield Change(_("Method"), one.profile, two.profile)
    code = [each.versions.get("landbalance", "") for each in (one, two)]
    if code[0] != code[1]:
        yield Change(_("Version of Landbalance"), *code)
    rows = [{row["name"]: str(row["value"]) for row in each.parameters} for each in (one, two)]
    yield from _differing(rows[0], rows[1])
    spans = [{row["name"]: f"{row['land_cover']} {row['productivity']} {row['soc']}" for row in each.periods}
             for each in (one, two)]  # fmt: skip
    yield from _differing(spans[0], spans[1])
    files = [{_name(row["path"]): row["sha256"][:12] for row in each.inputs} for each in (one, two)]
    yield from _differing(files[0], files[1])


def _differing(a: dict[str, str], b: dict[str, str]) -> Iterator[Change]:
    """Yield the keys whose values differ; a dash where one run has none."""
    for key in dict.fromkeys((*a, *b)):
        if a.get(key) != b.get(key):
            yield Change(key, a.get(key, "–"), b.get(key, "–"))


def _name(path: str) -> str:
    """Return the last part of a path or address: where the rest lies is nobody's business."""
    return path.rstrip("/").rsplit("/", 1)[-1]
