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
        **{f"api:targets_{name}": {"code": "T1"} for name in ("history", "progress")},
        "api:actions_history": {"code": "A1"},
        **sent_to_the_api(),
        "targets:staged": {"pk": staged.pk, "is_bare": True},
        "targets:faults": {"pk": staged.pk, "is_bare": True},
        "targets:export": {"kind": "csv"},
        "records:draft": {"form": "target", "subject": "T1"},
        **{f"records:{name}": record for name in ("history", "move", "revert", "delete", "restore", "sharing")},
    }


def sent_to_the_api() -> dict[str, dict[str, object]]:
    """Return bodies that a program of the country could send."""
    new, change = {"code": "new", "title": "New"}, {"version": 1, "title": "Mine"}
    revision = {**change, "revision_reason": "reworded", "revision_text": "Clearer"}
    assessment = {"year": 2024, "source": "Survey", "value": 1.0}
    return {
        "api:targets": {"bodies": {"POST": new}},
        "api:targets_one": {"code": "T1", "bodies": {"PATCH": change}},
        "api:targets_revise": {"code": "T1", "bodies": {"POST": revision}},
        "api:targets_move": {"code": "T1", "bodies": {"POST": {"version": 1, "to": "proposed"}}},
        "api:targets_assess": {"code": "T1", "bodies": {"POST": assessment}},
        "api:actions": {"bodies": {"POST": new}},
        "api:actions_one": {"code": "A1", "bodies": {"PATCH": change}},
        "api:actions_progress": {"code": "A1", "bodies": {"POST": {"day": "2024-01-01", "done_ha": 1}}},
    }
