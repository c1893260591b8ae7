"""The figures of runs, read from where the runs wrote them (ruling 12)."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from django.conf import settings

from landbalance.core.errors import NotFoundError
from landbalance.registry.access import is_administrator, roles_of
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

SUMMARY = "summary.json"


def runs_of(actor: "Actor", workspace: Workspace) -> list[dict[str, str]]:
    """Return the finished runs of a workspace, latest first, to its members."""
    heads = (_summary(path)["run"] for _, path in sorted(_summaries(actor, workspace).items(), reverse=True))
    return [{name: str(head.get(name) or "") for name in ("id", "country", "started", "profile")} for head in heads]


def figures_of(
    actor: "Actor", workspace: Workspace, run: str, *, period: str = "", zone: str = "", starts: str = ""
) -> list[dict[str, Any]]:
    """Return the figures of a run.

    Parameters
    ----------
    run : str
        Identity of the run.
    period, zone, starts : str
        Keep figures of this period, of this zone, whose identity starts so; all where empty.

    Raises
    ------
    NotFoundError
        If there is no such run, or the person does not see it.
    """
    path = _summaries(actor, workspace).get(run)
    if path is None:
        raise NotFoundError("there is no run {run}", run=run, hint="list the runs of the workspace")
    return [
        figure
        for figure in _summary(path)["figures"]
        if (not period or figure["period"] == period)
        and (not zone or str(figure["zone"]) == zone)
        and str(figure["id"]).startswith(starts)
    ]


def _summaries(actor: "Actor", workspace: Workspace) -> dict[str, Path]:
    """Return the summaries of finished runs by identity; none to who is no member."""
    if not is_administrator(actor) and not roles_of(actor, workspace):
        return {}
    folder = folder_of(workspace, settings.INSTALLATION) / "runs"
    return {path.parent.name: path for path in folder.glob(f"*/{SUMMARY}") if not path.parent.is_symlink()}


def _summary(path: Path) -> Any:
    """Return a summary; it never changes once written, so a few are kept at hand."""
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> Any:
    """Read a summary."""
    return orjson.loads(path.read_bytes())
