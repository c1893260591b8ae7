"""Soil carbon of a land cover class as a run found it, for a project that would change it."""

from typing import Any

from landbalance.core.errors import NotFoundError
from landbalance.core.words import Words
from landbalance.core.workspace import Workspace
from landbalance.engine.runs import latest_run
from landbalance.io.carbon_desk import RunSoil

MEAN, AREA = "soc.mean.", "soc.area."


def soil_of_run(workspace: Workspace, land: str, *, zone: str = "", run_id: str | None = None) -> RunSoil:
    """Return mean soil carbon and area of a land cover class in the last year of a run.

    Parameters
    ----------
    land : str
        Name of the class in the legend of the workspace; all classes when empty.
    zone : str
        Name of a zone; the whole country when empty.

    Raises
    ------
    InputError, NotFoundError
        If there is no run, no such class or zone, or no soil carbon there.
    """
    run = latest_run(workspace, run_id)
    place = _place(run.summary, zone)
    found = [each for each in run.summary["figures"] if each["zone"] == place and each["id"].startswith((MEAN, AREA))]
    names = {
        each["label"]: each["id"].split("@")[0].removeprefix(MEAN) for each in found if each["id"].startswith(MEAN)
    }
    by_name = {name.casefold(): key for name, key in names.items()}
    key = "all" if not land else by_name.get(land.casefold(), "")
    if not key:
        raise NotFoundError("the run has no land cover class {land}", land=land, known=", ".join(names),
                            hint="use one of {known}")  # fmt: skip
    year = max((each["period"] for each in found if each["id"].startswith(f"{MEAN}{key}@")), default="")
    values = {each["id"].split("@")[0]: each["value"] for each in found if each["period"] == year}
    mean, area = values.get(f"{MEAN}{key}"), values.get(f"{AREA}{key}")
    if not mean or not area:
        raise NotFoundError("the run knows no soil carbon of {land} in {zone}", land=land or "all land",
                            zone=zone or workspace.title, hint="name another class or zone")  # fmt: skip
    source = Words(
        "run {run}: {land} in {zone}, {year}, {mean:.1f} t C/ha on {area:,.0f} km2",
        run=run.id, land=land or "all land", zone=zone or workspace.title, year=year, mean=mean, area=area,
    )  # fmt: skip
    return RunSoil(float(mean), float(area), source)


def _place(summary: dict[str, Any], zone: str) -> str:
    """Return how figures call a zone."""
    if not zone:
        return "nation/1"
    named = {each["name"]: f"{group['id']}/{each['number']}" for group in summary["zones"] for each in group["zones"]}
    if zone not in named:
        raise NotFoundError("the run has no zone {zone}", zone=zone, known=", ".join(list(named)[:12]),
                            hint="use the name of one: {known}")  # fmt: skip
    return named[zone]
