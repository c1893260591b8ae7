"""Targets, actions, what is taken over from files."""

from landbalance.registry.actions.models import Action
from landbalance.registry.targets.models import StagedImport, Target
from rooms import World


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a target, an action and a staged import."""
    target = Target(workspace=world.workspace, code="T1", title="Better pasture")
    target.save_revision(by=world.keeper)
    action = Action(workspace=world.workspace, code="A1", title="Fences")
    action.save_revision(by=world.keeper)
    staged = StagedImport.objects.create(workspace=world.workspace, user=world.keeper, name="targets.xlsx")
    of_target = ("target", "edit", "revise", "area", "place", "move", "assess", "assess_run", "share")
    of_action = ("action", "edit_action", "progress", "action_area")
    record = {"kind": "target", "pk": target.pk}
    return {
        **{f"targets:{name}": {"code": "T1"} for name in of_target},
        **{f"targets:{name}": {"code": "A1"} for name in of_action},
        **{f"api:targets_{name}": {"code": "T1"} for name in ("one", "history", "progress")},
        **{f"api:actions_{name}": {"code": "A1"} for name in ("one", "history")},
        "targets:staged": {"pk": staged.pk, "is_bare": True},
        "targets:faults": {"pk": staged.pk, "is_bare": True},
        "targets:export": {"kind": "csv"},
        "records:draft": {"form": "target", "subject": "T1"},
        **{f"records:{name}": record for name in ("history", "move", "revert", "delete", "restore", "sharing")},
    }
