"""Packs: a finished one made by hand, one that was begun, and work on them."""

from datetime import UTC, datetime

from django.conf import settings

from landbalance.engine.pack_work import PACKS
from landbalance.io.packs.journal import Journal
from landbalance.io.packs.manifest import (
    GridTable,
    MasterGrid,
    PackFile,
    PackTable,
    write_manifest,
    write_pack_file,
    write_papers,
)
from landbalance.registry.jobs.services import ask_for_job
from landbalance.registry.packs.sending import begin_sending
from landbalance.registry.workspaces.services import folder_of
from rooms import World
from rooms.runs import write_country

NAME, BEGUN = "ZZB-2026.1", "ZZB-2026.2"


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a pack without layers, the journal of another, a build and a comparison that wait."""
    home = folder_of(world.workspace, settings.INSTALLATION)
    write_country(home)
    folder = home / PACKS / NAME
    folder.mkdir(parents=True, exist_ok=True)
    head = PackTable(format=1, id=NAME, iso3="ZZB", created=datetime(2026, 1, 1, tzinfo=UTC), size="minimal",
                     tool="landbalance", bbox=[10, 10, 11, 11], buffer_km=25)  # fmt: skip
    pack = PackFile(pack=head, grid=GridTable(master=MasterGrid(crs="EPSG:4326", origin=[-180, 90], res=0.1)))
    write_pack_file(folder, pack)
    write_papers(folder, pack, [])
    write_manifest(folder)
    begun = home / PACKS / f".{BEGUN}.part"
    begun.mkdir(exist_ok=True)
    Journal(begun).note_begin({"iso3": "ZZB", "size": "minimal", "years": "", "only": []}, "2026-01-01T00:00:00+00:00")
    build = ask_for_job(world.keeper, world.workspace, "packs.build", {"iso3": "ZZB"})
    options = {"tables": [], "titles": ["a", "b"], "places": ["used", "used"], "keys": ["a", "b"], "role": "soc"}
    compared = ask_for_job(world.keeper, world.workspace, "packs.compare", options)
    for left in (home / ".uploads").glob("pack-*"):  # of a world before this one; the disk forgets nothing
        left.unlink()
    sent = begin_sending(world.keeper, world.workspace, name=f"{NAME}.lbpack", size_bytes=1000, mark="")
    one, work = {"name": NAME}, {"pk": build.pk}
    return {
        **{f"packs:{name}": one for name in ("show", "take", "export", "drop")},
        **{f"packs:{name}": work for name in ("work", "state", "pause", "go_on")},
        "packs:drop_sending": {"pk": sent.pk, "is_bare": True},
        "packs:piece": {"pk": sent.pk, "is_bare": True},  # seen by who sends it alone
        "packs:paper": {**one, "file": "LICENCES.md"},
        "packs:drop_begun": {"name": BEGUN},
        "packs:difference": {"pk": compared.pk},
        "api:packs_one": one,
    }
