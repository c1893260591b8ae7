"""Drought: a trigger, a call with its bulletin, an atlas of four cells, and a reader."""

import json

import numpy as np
from django.conf import settings

from landbalance.grid.grid import Grid
from landbalance.io.drought_atlas import finer, write_atlas
from landbalance.registry.drought.mail import key_of
from landbalance.registry.drought.models import DroughtTrigger, Subscription
from landbalance.registry.drought.services import add_trigger, index_calls
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of
from rooms import World
from rooms.runs import write_country

CODE = "2021-08.r1"
GRID = Grid("EPSG:4326", 10.0, 11.0, 0.5, 0.5, 2, 2)
TRIGGER = {
    "code": "dry",
    "name": "Dry",
    "phase": "watch",
    "conditions": [{"indicator": "spi-3", "at_most": -1.0, "area_share": 0.2}],
    "action": "inform",
    "body": "drought committee",
    "budget_line": "12.3",
}
KNOWN = {
    "date": "2021-08",
    "version": "0.1.0",
    "methods": ["SPI-3, gamma"],
    "rules": [
        {
            "id": "dry",
            "text": "SPI-3 <= -1 (mean)",
            "any": [{"indicator": "spi-3", "at_most": -1.0, "area_share": each} for each in (None, 0.2)],
            "action": "inform",
            "body": "committee",
            "budget_line": "12.3",
        }
    ],
    "rules_from": "defaults of the package",
    "missing": [],
    "inputs": {"rain_monthly": ["0" * 64]},
    "districts": [
        {"district": "North", "phase": "ALERT", "readings": {"SPI-3 <= -1 (at least 20% of land)": [0.8, 1.0]}},
        {"district": "South", "phase": "NO_CALL", "readings": {"SPI-3 <= -1 (mean)": [None, 0.1]}},
    ],
}


def fill(world: World) -> dict[str, dict[str, object]]:
    """Make a trigger, a call, its maps, and a reader who has not confirmed."""
    write_country(folder_of(world.workspace, settings.INSTALLATION))
    add_trigger(world.keeper, world.workspace, TRIGGER)
    write_call(world.workspace)
    job = write_maps(world.workspace)
    asked = {"workspace": world.workspace, "created_by": world.keeper, "digest": "c"}
    moving = Job.objects.create(**asked, kind="drought", options={"as_of": "2021-08"})
    done = Job.objects.create(
        **asked, kind="rangeland", status=Status.FINISHED, answer={"products": ["rangeland.en.json", "chart.svg"]}
    )
    write_product(done, "chart.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    reader = Subscription.objects.create(workspace=world.workspace, email="reader@example.org")
    one, of_trigger = {"code": CODE}, {"code": TRIGGER["code"]}
    bodies = {"bodies": {"POST": TRIGGER | {"code": "other"}}}
    view = {"pk": job.pk, "layer": "phases", "step": "2021-08"}
    return {
        "drought:work": {"pk": moving.pk},
        "drought:picture": view,
        "drought:tile": view | {"place": (0, 0, 0)},
        **{f"drought:{name}": one for name in ("call", "bulletin", "issue")},
        **{f"drought:{name}": of_trigger for name in ("trigger", "edit_trigger", "test_trigger", "adopt_trigger")},
        "drought:retire_trigger": of_trigger,
        **{f"drought:{name}": {"key": key_of(reader)} for name in ("confirm", "leave")},
        "rangeland:picture": {"pk": done.pk, "name": "chart.svg"},
        "api:drought-triggers": bodies,
        "api:drought-triggers_one": {**of_trigger, "bodies": {"PATCH": {"version": 1, "name": "Mine"}}},
        "api:drought-triggers_history": of_trigger,
        "api:drought-calls_one": one,
        "api:drought-calls_history": one,
    }


def write_call(workspace: Workspace, code: str = CODE, **known: object) -> None:
    """Write a stored call with its bulletin, and take it in."""
    home = folder_of(workspace, settings.INSTALLATION) / "drought"
    (home / "calls").mkdir(parents=True, exist_ok=True)
    month, _, revision = code.partition(".r")
    told = {
        "recorded": "2021-09-01T00:00:00+00:00",
        "revision": int(revision),
        "known": KNOWN | {"date": month} | known,
    }
    (home / "calls" / f"{code}.json").write_text(json.dumps(told))
    folder = home / "bulletins" / code
    folder.mkdir(parents=True, exist_ok=True)
    for language in ("en", "fr"):
        (folder / f"bulletin.{language}.html").write_text(f"<!doctype html><title>{language}</title>")
        (folder / f"bulletin.{language}.json").write_text(
            json.dumps({"sentence": f"One of two districts ({language})."})
        )
    index_calls(workspace)


def write_maps(workspace: Workspace, code: str = CODE) -> Job:
    """Write the work that found a call, with an atlas of two months."""
    job = Job.objects.create(
        workspace=workspace, kind="drought", status=Status.FINISHED, answer={"call": code}, digest="m"
    )
    numbers = np.repeat(np.repeat(np.array([[1, 1], [2, 0]], np.int32), 8, axis=0), 8, axis=1)
    assert numbers.shape == finer(GRID).shape
    write_atlas(
        job.out / "atlas", labels=("2021-07", "2021-08"), districts=("North", "South"), numbers=numbers, grid=GRID,
        classes={"spi-3": np.array([[[0, 1], [2, -128]], [[4, 3], [2, -128]]], np.int8)},
        phases=np.array([[0, 0], [3, -1]], np.int8), mean={"spi-3": np.array([[0.1, 0.2], [-2.1, np.nan]])},
        dry={"spi-3": np.array([[0.0, 0.0], [1.0, np.nan]])},
    )  # fmt: skip
    return job


def write_product(job: Job, name: str, text: str) -> None:
    """Write a file of finished work."""
    job.out.mkdir(parents=True, exist_ok=True)
    (job.out / name).write_text(text)


def trigger_of(workspace: Workspace) -> DroughtTrigger:
    """Return the trigger that was made."""
    return DroughtTrigger.objects.get(workspace=workspace, code=TRIGGER["code"])
