"""Targets, actions, their history and their files."""

from pathlib import Path
from tempfile import TemporaryDirectory

from landbalance.registry.actions.services import add_action
from landbalance.registry.targets.exchange import stage_import
from landbalance.registry.targets.services import add_target
from rooms import World
from target_rows import action_row, box, target_row


def fill(world: World) -> dict[str, dict[str, object]]:
    """Set a target and an action with their areas, and stage a file."""
    target = add_target(world.keeper, world.workspace, target_row("T1"), pieces=[box(0, 0, 1, 1)])
    action = add_action(world.keeper, world.workspace, action_row("A1", targets="T1"), pieces=[box(0, 0, 1, 1)])
    with TemporaryDirectory() as folder:
        path = Path(folder, "targets.csv")
        path.write_text("code,title\nT2,Dunes\n")
        staged = stage_import(world.keeper, world.workspace, path)
    one, record = {"code": target.code}, {"kind": "target", "pk": target.pk}
    named = ("target", "edit", "revise", "area", "place", "move", "assess", "assess_run", "share")
    filled: dict[str, dict[str, object]] = {f"targets:{name}": one for name in named}
    filled |= {
        f"targets:{name}": {"code": action.code} for name in ("action", "edit_action", "progress", "action_area")
    }
    filled |= {f"targets:{name}": {"pk": staged.pk} for name in ("staged", "faults")}
    filled |= {f"records:{name}": record for name in ("history", "move", "revert", "delete", "restore")}
    filled |= {f"api:targets_{name}": {"code": target.code} for name in ("one", "history")}
    filled |= {f"api:actions_{name}": {"code": action.code} for name in ("one", "history")}
    return filled | {"targets:export": {"kind": "csv"}, "records:draft": {"form": "target", "subject": "new"}}
