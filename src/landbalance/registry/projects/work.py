"""What a worker does for projects: the yearly loss that a run of the country shows."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from landbalance.core.errors import RuleError
from landbalance.core.progress import Progress
from landbalance.engine.ground import open_ground
from landbalance.engine.neutrality import yearly_loss
from landbalance.io.workspace import load_workspace
from landbalance.registry.jobs.models import Job
from landbalance.registry.projects.models import Project
from landbalance.registry.projects.services import keep_loss
from landbalance.registry.records import find


def loss(task: Mapping[str, Any], told: Progress) -> dict[str, Any]:
    """Keep with a project the share of good land that degrades in a year. Options: "run", "project"."""
    job = Job.objects.select_related("created_by", "workspace").get(pk=Path(task["out"]).parent.name)
    if job.created_by is None:
        raise RuleError("who asked for this is not here any more", hint="ask for it again")
    options = task["options"]
    ground = open_ground(load_workspace(task["folder"]), run_id=options["run"], progress=told)
    share, years = yearly_loss(ground, progress=told), f"{ground.first.last_year}–{ground.second.last_year}"
    project = find(Project, job.created_by, workspace=job.workspace, pk=options["project"])
    keep_loss(job.created_by, project, share, run=options["run"], years=years)
    return {"share": share, "run": options["run"], "years": years, "project": project.code}
