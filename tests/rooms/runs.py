"""Runs with their maps, layers, recodes."""

from landbalance.registry.layers.models import StoredLayer, Upload
from landbalance.registry.recodes.models import Recode
from landbalance.registry.runs.models import Run
from rooms import World

SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]}


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a run, an upload, a stored layer and a recode."""
    run = Run.objects.create(workspace=world.workspace, title="A run")
    upload = Upload.objects.create(workspace=world.workspace, name="cover.tif", size_bytes=10)
    stored = StoredLayer.objects.create(workspace=world.workspace, role="land_cover")
    recode = Recode(workspace=world.workspace, place="Sel", process="fire", basis="visit", shape=SQUARE, area_km2=1.0)
    recode.save_revision(by=world.keeper)
    of_run = ("show", "state", "start", "cancel", "publish")
    of_map = ("run", "explain", "area")
    return {
        **{f"runs:{name}": {"pk": run.pk} for name in of_run},
        **{f"maps:{name}": {"pk": run.pk, "is_bare": True} for name in of_map},
        "runs:file": {"pk": run.pk, "name": "summary.json", "is_bare": True},
        "maps:picture": {"pk": run.pk, "layer": "sdg", "is_bare": True},
        "maps:tile": {"pk": run.pk, "layer": "sdg", "place": (0, 0, 0), "is_bare": True},
        "layers:use": {"pk": stored.pk},
        **{f"layers:{name}": {"pk": upload.pk} for name in ("upload", "part", "state", "drop")},
        "recodes:propose": {"is_bare": True},
        "recodes:show": {"pk": recode.pk},
        "recodes:decide": {"pk": recode.pk},
    }
