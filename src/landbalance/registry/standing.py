"""Where a workspace stands: what its latest run says of the nation, what is due, and what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from landbalance.core.cycles import Due, coming, dues
from landbalance.core.errors import LandbalanceError
from landbalance.engine.runs import Run
from landbalance.io.workspace import load_workspace
from landbalance.registry.runs.queries import latest_of
from landbalance.registry.runs.services import index_runs
from landbalance.registry.spoken import spoken
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of
from landbalance.reporting.record import NATION, Book, Figure, figure_id

if TYPE_CHECKING:
    from landbalance.registry.access import Actor
    from landbalance.registry.runs.models import Run as RunRow

KEEP_SECONDS = 30 * 24 * 3600
NEEDED = ("boundary", "land_cover", "productivity", "soc")


@dataclass(frozen=True)
class Headline:
    """What the indicator says of one period: share and area of degraded land, the land without result, the trust."""

    period: str
    year: int
    share: Figure | None
    area: Figure | None
    change: Figure | None
    unknown: Figure | None
    confidence: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Standing:
    """Everything the dashboard says that does not come from records."""

    row: "RunRow | None"
    run: Run | None
    headlines: tuple[Headline, ...]
    flags: tuple[str, ...]
    failed_checks: tuple[str, ...]
    due: tuple[Due, ...]
    missing: tuple[str, ...]

    @property
    def latest(self) -> Headline | None:
        """Return the headline of the last period."""
        return self.headlines[-1] if self.headlines else None


def standing_of(actor: "Actor", workspace: Workspace, today: date) -> Standing:
    """Return where a workspace stands on a day, as far as a person may see it."""
    folder = folder_of(workspace, settings.INSTALLATION)
    row = latest_run(actor, workspace)
    run = row.result if row else None
    said = summary_of(run) if run else {}
    return Standing(
        row=row,
        run=run,
        headlines=headlines_of(said),
        flags=tuple(dict.fromkeys(flag["text"] for flag in said.get("flags", ()))),
        failed_checks=tuple(each["sentence"] for each in said.get("checks", ()) if each["outcome"] != "pass"),
        due=coming(dues(), today),
        missing=missing_of(workspace, folder, run),
    )


def headline_of(actor: "Actor", workspace: Workspace) -> Headline | None:
    """Return what the latest run of a workspace that a person may see says of its last period."""
    row = latest_run(actor, workspace)
    found = headlines_of(summary_of(row.result)) if row else ()
    return found[-1] if found else None


def latest_run(actor: "Actor", workspace: Workspace) -> "RunRow | None":
    """Return the latest run with a result that a person may see; runs made at the command line are taken in first."""
    if workspace.kind != Workspace.Kind.COUNTRY:
        return None
    index_runs(workspace)
    return latest_of(actor, workspace)


def summary_of(run: Run) -> Mapping[str, Any]:
    """Return what a run says of the nation; read once and kept, since the whole summary is large."""
    key = f"summary:{run.id}:{run.manifest.identity[:16]}"
    kept: Mapping[str, Any] | None = cache.get(key)
    if kept is None:
        said = run.summary
        figures = [row for row in said["figures"] if row["zone"] == NATION]
        heads = ("run", "periods", "flags", "confidence", "checks", "zones")
        kept = {name: said[name] for name in heads} | {"sentences": said.get("sentences", {})}
        kept = {**kept, "figures": figures}
        cache.set(key, kept, KEEP_SECONDS)
    return _in_words_of_reader(kept)


def _in_words_of_reader(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a summary whose sentences are in the reader's language; an older run keeps the one it was asked in."""
    words = said.get("sentences", {}).get((get_language() or "en").split("-")[0])
    if words is None:
        return said
    checks = zip(said["checks"], words["checks"], strict=True)
    return {
        **said,
        "flags": [{**flag, "text": text} for flag, text in zip(said["flags"], words["flags"], strict=True)],
        "checks": [{**check, "title": title, "sentence": text} for check, (title, text) in checks],
        "confidence": [
            {**each, "reasons": reasons} for each, reasons in zip(said["confidence"], words["reasons"], strict=True)
        ],
    }


def headlines_of(said: Mapping[str, Any]) -> tuple[Headline, ...]:
    """Return the headline of every period of a summary."""
    book = Book(_figure(row) for row in said.get("figures", ()))
    trust = {row["period"]: row for row in said.get("confidence", ())}
    return tuple(
        Headline(
            period=period["name"],
            year=max(period[layer][1] for layer in ("land_cover", "soc", "productivity")),
            share=book.find("sdg.headline.share", period["name"]),
            area=book.find("sdg.headline.area", period["name"]),
            change=book.find("sdg.headline.change", period["name"]),
            unknown=_unknown(book, period["name"]),
            confidence=trust.get(period["name"], {}).get("level", ""),
            reasons=tuple(trust.get(period["name"], {}).get("reasons", ())),
        )
        for period in said.get("periods", ())
    )


def missing_of(workspace: Workspace, folder: Path, run: Run | None) -> tuple[str, ...]:
    """Return in words what a country still has to bring, most needed first."""
    if workspace.kind != Workspace.Kind.COUNTRY:
        return ()
    try:
        described = load_workspace(folder)
    except LandbalanceError as error:
        return (spoken(error),)
    words = {
        "boundary": _("the boundary of the country"),
        "land_cover": _("a series of land-cover maps"),
        "productivity": _("a series of land-productivity maps, 2001 or later"),
        "soc": _("a map of soil organic carbon"),
    }
    have = {layer.role for layer in described.layers} | ({"boundary"} if described.boundary else set())
    have |= {"productivity"} if "lpd" in have else set()
    found = [words[role] for role in NEEDED if role not in have]
    if not found and run is None:
        found.append(_("a first assessment: all layers it needs are there"))
    return tuple(found)


def _unknown(book: Book, period: str) -> Figure | None:
    """Return the figure for land without a result, of the status where there is one."""
    for place in ("status", "assessment"):
        for denominator in ("land_area", "mapped_land"):
            found = book.find(f"sdg.{place}.nodata.share.{denominator}", period)
            if found is not None:
                return found
    return None


def _figure(row: Mapping[str, Any]) -> Figure:
    """Return a figure record of a summary."""
    return Figure(**{**row, "quality": tuple(row["quality"]), "inputs": tuple(row["inputs"])})


def figure_of(said: Mapping[str, Any], measure: str, period: str = "", zone: str = NATION) -> Figure | None:
    """Return one figure of a summary, or None."""
    wanted = figure_id(measure, period, zone)
    return next((_figure(row) for row in said.get("figures", ()) if row["id"] == wanted), None)
