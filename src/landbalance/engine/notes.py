"""Notes made from what is stored: a project, a run with its map, the drought report, the targets of the country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import orjson

from landbalance.core.errors import InputError, LandbalanceError
from landbalance.core.legends import legend
from landbalance.core.periods import Period
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.products import folder_of, outlines
from landbalance.engine.runs import Run
from landbalance.engine.summary import SummaryRow, book_of, nation_rows, periods_of, zone_rows
from landbalance.io.language import tongue as tongue_of
from landbalance.io.map_images import Outlines, draw_map, draw_swatch
from landbalance.io.note_markdown import note_markdown
from landbalance.io.note_pdf import note_pdf
from landbalance.io.notes import note_docx
from landbalance.io.project_file import Project
from landbalance.io.project_notes import Beside, project_facts, project_warnings
from landbalance.reporting.maps import maps_of
from landbalance.reporting.note_blocks import Fact, MapPicture, Swatch
from landbalance.reporting.note_land import (
    DroughtFacts,
    DroughtYear,
    LandFacts,
    LandRow,
    People,
    drought_facts,
    land_facts,
    loss_fact,
)
from landbalance.reporting.notes import Note, draft
from landbalance.reporting.record import Book
from landbalance.reporting.words import LAYER_NAMES, Tongue, period_title

NoteKind = Literal["docx", "pdf", "md"]
KINDS: tuple[NoteKind, ...] = ("docx", "pdf", "md")
NO_ZONES = frozenset({"nation", "land_cover", "land_type", "affected"})
INVENTED = "Invented: every number is made up."


@dataclass(frozen=True)
class MadeNote:
    """A note as a file, as blocks, and what is still missing in it."""

    content: bytes
    note: Note

    @property
    def missing(self) -> tuple[str, ...]:
        """Return what the fund asks for and nobody has said."""
        return self.note.missing


def make_note(
    project: Project,
    template: str,
    *,
    day: date,
    kind: NoteKind = "docx",
    language: str = "en",
    name: str = "",
    land: LandFacts | None = None,
    drought: DroughtFacts | None = None,
    yearly_loss: float | None = None,
    beside: Beside | None = None,
    layout: Path | None = None,
) -> MadeNote:
    """Return a note on a project; equal arguments give the same blocks.

    Parameters
    ----------
    template : str
        "gef-pif", "gcf-cn", "two-page" or "feasibility".
    kind : str
        "docx", "pdf" or "md".
    language : str
        Of headings and of what is computed; what people wrote stays as it is.
    name : str
        What the project's file or record is called; its id where empty.
    land, drought : LandFacts, DroughtFacts or None
        From `land_of` and `drought_of`; the fields that need them are missing without.
    yearly_loss : float or None
        Share of good land that degrades each year, of the same run.
    beside : Beside or None
        Targets, grants, and another catalogue of windows.
    layout : Path or None
        A DOCX template of one's own.

    Raises
    ------
    NotFoundError, InputError
        If there is no such template or language, the layout cannot be filled, or a script has no font.
    """
    facts, [note] = draft_notes(
        project, (template,), day=day, language=language, name=name, land=land, drought=drought,
        yearly_loss=yearly_loss, beside=beside,
    )  # fmt: skip
    return MadeNote(_written(note, facts, kind, tongue_of(language), layout), note)


def draft_notes(
    project: Project,
    templates: Sequence[str],
    *,
    day: date,
    language: str = "en",
    name: str = "",
    land: LandFacts | None = None,
    drought: DroughtFacts | None = None,
    yearly_loss: float | None = None,
    beside: Beside | None = None,
) -> tuple[dict[str, Fact], list[Note]]:
    """Return what is known, and the drafts that several templates make of it; arguments are those of `make_note`."""
    words = tongue_of(language)
    facts = known_facts(
        project, day, words, name=name, land=land, drought=drought, yearly_loss=yearly_loss, beside=beside
    )
    invented = project.about.invented or (land is not None and land.is_invented)
    subtitle, warnings = words.translate(INVENTED) if invented else "", project_warnings(project, words)
    title, iso = project.about.title, day.isoformat()
    return facts, [
        draft(each, facts, words, title=title, date=iso, subtitle=subtitle, warnings=warnings) for each in templates
    ]


def known_facts(
    project: Project,
    day: date,
    words: Tongue,
    *,
    name: str = "",
    land: LandFacts | None = None,
    drought: DroughtFacts | None = None,
    yearly_loss: float | None = None,
    beside: Beside | None = None,
) -> dict[str, Fact]:
    """Return everything that is known of a project and of its land, by key; arguments are those of `make_note`."""
    ground: dict[str, Fact] = {} if land is None else land_facts(land, words)
    ground |= {} if drought is None else drought_facts(drought, words)
    if land is not None and yearly_loss is not None:
        ground |= loss_fact(yearly_loss, land, words)
    return project_facts(project, name or project.about.id, day, words, beside=beside, ground=ground)


def land_of(run: Run, workspace: Workspace | None, language: str) -> LandFacts:
    """Return what a run says for notes, its map drawn.

    Parameters
    ----------
    workspace : Workspace or None
        For the outlines on the map and the names of land cover; a map without outlines where None.
    """
    words, said = tongue_of(language), run.summary
    book, periods = book_of(said), periods_of(said)
    titles = {each.name: period_title(each, words.translate) for each in periods}
    nation = [row for row in nation_rows(run) if row.layer == LAYER_NAMES["sdg"]]
    last, trust = periods[-1].name, _trust(said, language)
    group = next((each for each in said["zones"] if each["id"] not in NO_ZONES), None)
    zones = [] if group is None else [row for row in zone_rows(run, group["id"]) if row.period == last]
    found = {row.name: book.find("sdg.status.degraded", row.name) for row in periods}
    return LandFacts(
        run_id=run.id,
        place=said["run"]["workspace"] or said["run"]["country_name"],
        profile=said["run"]["profile"],
        date=said["run"]["started"],
        periods=tuple(_row(row, titles[row.period]) for row in nation),
        confidence=trust.get(last, {}).get("level", ""),
        reasons=tuple(trust.get(last, {}).get("reasons", ())),
        zone_title="" if group is None else words.translate(group["title"]),
        zones=tuple(_row(row, row.zone) for row in zones),
        people=_people(book, last),
        picture=_picture(run, workspace, periods, book, words),
        is_invented=bool(said["run"]["invented"]),
        intervals={titles[key]: each.interval for key, each in found.items() if each and each.interval},
    )


def _trust(said: Mapping[str, Any], language: str) -> dict[str, Mapping[str, Any]]:
    """Return how sure each period is, with the reasons in a language; without them where an older run has none."""
    reasons = said.get("sentences", {}).get(language, {}).get("reasons") or [()] * len(said["confidence"])
    pairs = zip(said["confidence"], reasons, strict=True)
    return {row["period"]: {**row, "reasons": each} for row, each in pairs}


def drought_of(workspace: Workspace) -> DroughtFacts | None:
    """Return what the drought report of a workspace says; None where there is none yet."""
    path = folder_of(workspace, "report") / "summary.json"
    if not path.is_file():
        return None
    said = orjson.loads(path.read_bytes())
    book = book_of(said)
    years = sorted({figure.period for figure in book if figure.measure == "drought.land.moderate_or_worse.share"})
    return DroughtFacts(said["method"]["index"], said["made"], tuple(_drought_year(book, year) for year in years))


def _written(note: Note, facts: Mapping[str, Fact], kind: NoteKind, words: Tongue, layout: Path | None) -> bytes:
    """Return a note as a file of one kind."""
    if kind not in KINDS:
        raise InputError(
            "a note cannot be written as {kind}", kind=kind, known=", ".join(KINDS), hint="use one of {known}"
        )
    if layout is not None and kind != "docx":
        raise InputError("a layout of your own is a DOCX, not {kind}", kind=kind, hint="write the note as .docx")
    if kind == "pdf":
        return note_pdf(note, words)
    return note_markdown(note, words).encode() if kind == "md" else note_docx(note, words, facts, layout)


def _row(row: SummaryRow, name: str) -> LandRow:
    """Return a row of a summary for notes."""
    return LandRow(name, row.degraded_km2, row.improved_km2, row.stable_km2, row.no_result_km2)


def _people(book: Book, period: str) -> People:
    """Return the people of the last period."""
    total, women = (book.value(f"people.{sex}.degraded", period) for sex in ("total", "female"))
    return People(total, women, book.value("people.total.counted", period))


def _picture(
    run: Run, workspace: Workspace | None, periods: tuple[Period, ...], book: Book, words: Tongue
) -> MapPicture | None:
    """Return the map of the last period, drawn; None where the run keeps no raster of it."""
    files = {key: path for kept in run.manifest.rasters for key, path in _keyed(kept.key, run.raster(kept.key))}
    cover = legend("unccd") if workspace is None else workspace.legend
    spec = next(iter(maps_of([kept.key for kept in run.manifest.rasters], periods, cover, book, words)), None)
    drawn = None if spec is None else draw_map(spec, files, _outlines(workspace), longest=1100)
    if spec is None or drawn is None:
        return None
    swatches = tuple(Swatch(draw_swatch(entry), entry.name, entry.area) for entry in spec.entries)
    bar = words.say("{number} km", number=words.number(drawn.bar_km, 0 if drawn.bar_km >= 1 else 1))
    return MapPicture(drawn.png, spec.title, spec.alt, swatches, drawn.bar_share, bar)


def _keyed(key: str, files: tuple[Path, ...]) -> list[tuple[str, Path]]:
    """Return the files of a raster by the keys maps are drawn from: two pieces lie east and west of 180 degrees."""
    return (
        [(key, files[0])]
        if len(files) == 1
        else [(f"{key}:{side}", path) for side, path in zip("ew", files, strict=True)]
    )


def _outlines(workspace: Workspace | None) -> Outlines:
    """Return the outlines of a country and its districts; none where they cannot be read."""
    try:
        return () if workspace is None else outlines(workspace)
    except LandbalanceError:
        return ()


def _drought_year(book: Book, year: str) -> DroughtYear:
    """Return one year of drought."""
    people = book.value("drought.people.total.moderate_or_worse", year)
    return DroughtYear(int(year), book.value("drought.land.moderate_or_worse.share", year), people)
