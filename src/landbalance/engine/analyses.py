"""What workers do for the platform beside assessments: each takes a task and returns a small answer."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landbalance.core.progress import Progress
from landbalance.engine.ground import Ground, open_ground
from landbalance.engine.neutrality_files import write_balance
from landbalance.io.workspace import load_workspace


def balance(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Balance gains against losses of every land type, with maps, workbook and page.

    Options: "run" (its name), "types" and "domain" (names), "language".
    """
    ground, folder = ground_of(task, told), Path(task["out"])
    sheet = write_balance(ground, folder, language=task["options"].get("language", "en"), progress=told)
    found = sheet.by_domain or sheet.by_type
    return {
        "net_area_neutral": found.is_net_area_neutral,
        "like_for_like": found.is_like_for_like,
        **{"gains_km2": found.gains_km2, "losses_km2": found.losses_km2, "net_km2": found.net_km2},
        **{"need_km2": found.need_km2, "headline_change_km2": found.headline_change_km2},
        "doubts": list(ground.warnings),
        "products": files_in(folder),
    }


def ground_of(task: Mapping[str, Any], told: Progress) -> Ground:
    """Open the run a task is about."""
    options = task["options"]
    return open_ground(
        load_workspace(task["folder"]),
        run_id=options["run"],
        types=options.get("types", "default"),
        domain=options.get("domain", ""),
        progress=told,
    )


def files_in(folder: Path) -> list[str]:
    """Return the names of the files below a folder, in order."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
