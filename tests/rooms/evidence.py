"""Evidence files and runs."""

from landbalance.registry.evidence.services import add_evidence
from rooms import World


def fill(world: World) -> dict[str, dict[str, object]]:
    """Attach a file."""
    made = add_evidence(world.keeper, world.workspace, b"%PDF-1.7 minutes", "minutes.pdf")
    return {
        "api:evidence_one": {"code": str(made.pk)},
        "api:evidence_history": {"code": str(made.pk)},
        "evidence:file": {"pk": made.pk},
        "evidence:remove": {"pk": made.pk},
        "api:figures": {"run": "20260101T000000Z-invented"},
    }
