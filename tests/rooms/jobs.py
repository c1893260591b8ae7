"""Jobs: one that is finished, with a file, and one that failed."""

from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from rooms import World


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a finished job with one product, and one to try again."""
    mine = {"workspace": world.workspace, "created_by": world.keeper, "kind": "balance"}
    done = Job.objects.create(**mine, status=Status.FINISHED, answer={"products": ["balance.csv"]}, digest="a")
    failed = Job.objects.create(**mine, status=Status.FAILED, digest="b")
    done.out.mkdir(parents=True, exist_ok=True)
    (done.out / "balance.csv").write_text("land type\n")
    other = {"pk": failed.pk}
    return {
        **{f"jobs:{name}": other for name in ("show", "state", "again", "cancel")},
        "jobs:file": {"pk": done.pk, "name": "balance.csv"},
    }
