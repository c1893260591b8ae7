"""Comments on a target."""

from landbalance.registry.comments.services import add_comment
from landbalance.registry.targets.models import Target
from rooms import World


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a target with a comment."""
    target = Target(workspace=world.workspace, code="T9", title="Dunes held")
    target.save_revision(by=world.keeper)
    made = add_comment(world.keeper, target, "Which dunes?", field="title")
    one = {"kind": "target", "pk": target.pk}
    of_program = {"kind": "target", "pk": target.pk}
    return {
        "records:comments": one,
        "records:settle": {**one, "comment": made.pk},
        "api:record_comments": {**of_program, "bodies": {"POST": {"text": "All of them."}}},
        "api:record_comment": {**of_program, "comment": made.pk, "bodies": {"POST": {"is_settled": True}}},
    }
