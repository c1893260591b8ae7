"""What workers do on drought and rangelands: each takes a task, writes into its folder, and returns a small answer."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landbalance.core.progress import Progress
from landbalance.engine.drought.atlas import make_atlas
from landbalance.engine.drought.bulletin import bulletin_page, trigger_page
from landbalance.engine.drought.desk import assess_rangeland, backtest_record, try_trigger, watch_and_store
from landbalance.engine.drought.monitor import call_phases
from landbalance.engine.drought.pages import write_pages
from landbalance.engine.drought.products import draw_districts, folder_of, today
from landbalance.engine.drought.rangeland import Stocking
from landbalance.engine.drought.rangeland_page import rangeland_page
from landbalance.indicators.drought.index import index_method
from landbalance.io.workspace import load_workspace

ATLAS, BULLETIN, TEST, RANGELAND = "atlas", "bulletin", "backtest", "rangeland"


def watch(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Bring the monitor up to date: the call is stored, its bulletin archived, the atlas of maps written.

    Options: "as_of" (a month, empty for the last).
    """
    workspace, out = load_workspace(task["folder"]), Path(task["out"])
    found, call = watch_and_store(workspace, as_of=task["options"].get("as_of", ""), rules=None, progress=told)
    out.mkdir(parents=True, exist_ok=True)
    told.start(0, "maps")
    atlas = [f"{ATLAS}/{name}" for name in make_atlas(workspace, found, out / ATLAS)]
    raster = draw_districts(workspace, found.phases[-1].tolist(), found.grid, out / "phases.tif")
    moment = today()
    names = write_pages(
        workspace, lambda tongue: bulletin_page(workspace, found, tongue, moment), out, BULLETIN, {"phases": raster}
    )
    _archive(out, names, folder_of(workspace, "bulletins") / call.stem)
    return {
        "call": call.stem,
        "date": found.date,
        "phases": call_phases(found),
        "missing": list(found.missing),
        "products": [*names, *atlas],
    }


def backtest(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Back-test a trigger.

    Options: "kind" (spi or spei), "months", "month", "area_share" (None for the mean), "most_false", "resamples".
    """
    workspace, out, options = load_workspace(task["folder"]), Path(task["out"]), task["options"]
    out.mkdir(parents=True, exist_ok=True)
    method = index_method(options["kind"], workspace.settings(), months=options["months"])
    season, tested, phases = try_trigger(
        workspace,
        method,
        options["month"],
        events=None,
        most_false=options["most_false"],
        resamples=options["resamples"],
        progress=told,
        share=options["area_share"],
    )
    moment = today()
    names = write_pages(
        workspace, lambda tongue: trigger_page(workspace, season, tested, phases, tongue, moment), out, TEST
    )
    return {**backtest_record(season, tested, phases, options["most_false"]), "products": names}


def rangeland(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Measure rangelands, their forage and their condition, and set herds against them.

    Options: "definition".
    """
    workspace, out = load_workspace(task["folder"]), Path(task["out"])
    out.mkdir(parents=True, exist_ok=True)
    extents, grown, kept, states = assess_rangeland(
        workspace, definition=task["options"].get("definition", "default"), herds=None, progress=told
    )
    moment = today()
    names = write_pages(
        workspace,
        lambda tongue: rangeland_page(workspace, extents, grown, tongue, herds=kept, states=states, date=moment),
        out,
        RANGELAND,
    )
    return {
        "years": list(grown.years),
        "flags": list(grown.flags),
        "stocking": [_stocking_record(each) for each in kept],
        "products": names,
    }


def _stocking_record(found: Stocking) -> dict[str, Any]:
    """Return the balance of one district: herds, what the land carries, and how hard they press."""
    carried = found.capacity
    return {
        "district": found.district,
        "units": found.units,
        **{name: getattr(carried, name) for name in ("dry", "middle", "wet", "low", "high", "conservative")},
        "pressure": _known(found.pressure),
        "pressure_dry": _known(found.pressure_dry),
        "pressure_class": found.pressure_class,
    }


def _known(value: float) -> float | None:
    """Return a number, None where it is unknown."""
    return float(value) if value == value else None


def _archive(out: Path, names: list[str], folder: Path) -> None:
    """Keep the bulletin of a call beside it; what stands there is never changed."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        place = folder / name
        if not place.exists():
            shutil.copyfile(out / name, place)
