"""What killed processes leave in a workspace, found and removed: temporary files, and runs nothing can take up."""

import shutil
import time
from pathlib import Path

from landbalance.engine.manifest import RUNS
from landbalance.engine.part import only_one, parts

UNTOUCHED_SECONDS = 600.0  # younger files may be another process's, which is writing them


def leftovers(workspace: Path, *, untouched_seconds: float = UNTOUCHED_SECONDS) -> list[Path]:
    """Return the files and folders that nothing will ever finish.

    A run that was interrupted and can be taken up is none; what its process left half-written inside is.

    Parameters
    ----------
    workspace : Path
        Its folder.
    untouched_seconds : float
        How long they have not been changed.
    """
    alive = {part.folder for part in parts(workspace)}
    folders = [folder for folder in (workspace / RUNS).glob(".*.part") if folder not in alive]
    folders += [folder for folder in (workspace / ".cache").glob("estimate-*") if folder.is_dir()]
    files = [path for path in workspace.rglob(".*.part*") if path.is_file()]
    files = [path for path in files if not any(folder in path.parents for folder in folders)]
    before = time.time() - untouched_seconds
    return sorted(path for path in (*folders, *files) if _changed(path) <= before)


def remove_leftovers(workspace: Path, *, untouched_seconds: float = UNTOUCHED_SECONDS) -> list[Path]:
    """Remove what `leftovers` finds, while no run is under way, and return it.

    Raises
    ------
    RuleError
        If another process is assessing the workspace.
    """
    with only_one(workspace):
        found = leftovers(workspace, untouched_seconds=untouched_seconds)
        for path in found:
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    return found


def _changed(path: Path) -> float:
    """Return when a file, or anything in a folder, was last changed."""
    inside = path.rglob("*") if path.is_dir() else ()
    return max((each.lstat().st_mtime for each in (path, *inside)), default=0.0)
