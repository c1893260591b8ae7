"""Projects: one whole, with a scenario and the question what is lost without it."""

from pathlib import Path

from landbalance.io.project_changes import Changes
from landbalance.io.project_text import parse_project
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from landbalance.registry.projects.services import add_project, keep_scenario
from rooms import World

DEMO = Path(__file__).resolve().parents[2] / "examples" / "projects" / "demoland.toml"
CODE = "demoland-parklands"


def fill(world: World) -> dict[str, dict[str, object]]:
    """Take a project in, keep a scenario, ask for a loss."""
    text = DEMO.read_text(encoding="utf-8").replace("ZZD", world.workspace.country)
    project = add_project(world.keeper, world.workspace, parse_project(text, DEMO.name))
    scenario = keep_scenario(world.keeper, project, "Half the yield", Changes(factors={"yield": 0.5}))
    options = {"run": "r", "project": str(project.pk)}
    job = Job.objects.create(workspace=world.workspace, created_by=world.keeper, kind="projects.loss", options=options,
                             status=Status.QUEUED)  # fmt: skip
    one: dict[str, object] = {"code": CODE}
    pages = (
        "project",
        "money",
        "checklists",
        "windows",
        "notes",
        "scenarios",
        "keep_scenario",
        "inputs",
        "place",
        "loss",
    )
    moved = {"name": "More", "moved": {"rate": 0.05}}
    tree = {"data": project.data, "version": project.version}
    return {
        **{f"projects:{name}": one for name in (*pages, "replace", "file")},
        "projects:data": {**one, "name": "flows"},
        "projects:note": {**one, "template": "two-page", "kind": "md"},
        "projects:part": {**one, "name": "ask"},
        "projects:new_row": {**one, "name": "line"},
        **{f"projects:{name}": {**one, "name": "line", "number": 1} for name in ("row", "drop_row")},
        "projects:drop_scenario": {**one, "pk": scenario.pk},
        "projects:lost": {"pk": job.pk},
        "api:projects": {"bodies": {"POST": {"data": project.data}}},
        "api:projects_one": {**one, "bodies": {"PATCH": tree}},
        "api:projects_history": one,
        "api:projects_appraisal": one,
        "api:projects_scenarios": {**one, "bodies": {"POST": moved}},
        **{f"api:project-scenarios_{name}": {"code": scenario.pk} for name in ("one", "history")},
    }
