"""Which projects a person sees, and what each comes to in a list: cost, worth, best window, what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.cache import caches
from django.db.models import Q, QuerySet

from landbalance._version import __version__
from landbalance.core.errors import LandbalanceError
from landbalance.finance.cash_table import Appraisal
from landbalance.finance.checklist import bankability
from landbalance.finance.matching import match
from landbalance.finance.windows import windows
from landbalance.io.project_desk import least_cover, worth_of
from landbalance.io.project_file import Project as Opened
from landbalance.registry.projects.models import Project, ProjectScenario
from landbalance.registry.records import find
from landbalance.registry.workspaces.models import Workspace

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Summary:
    """What a project comes to; None where it cannot be told yet.

    Parameters
    ----------
    cost, npv : float or None
        Present costs and net present value in the financial view, in its currency.
    window, fit : str, float or None
        The window that fits best of those it may enter, and how well [0 to 100].
    missing : tuple of str
        What there is nothing of yet, as codes.
    """

    hectares: float
    currency: str
    cost: float | None
    npv: float | None
    irr: float | None
    window: str
    fit: float | None
    missing: tuple[str, ...]


def projects_of(actor: "Actor", workspace: Workspace, text: str = "", stage: str = "") -> QuerySet[Project]:
    """Return the projects a person sees."""
    rows: QuerySet[Project] = Project.objects.for_user(actor).in_workspace(workspace)
    if stage:
        rows = rows.filter(stage=stage)
    for word in text.split():
        rows = rows.filter(Q(title__icontains=word) | Q(code__icontains=word))
    return rows.select_related("workspace", "updated_by")


def find_project(actor: "Actor", workspace: Workspace, code: str) -> Project:
    """Return one project a person sees.

    Raises
    ------
    NotFoundError
        If there is none, or the person may not see it.
    """
    return find(Project, actor, workspace=workspace, code=code)


def scenarios_of(actor: "Actor", project: Project) -> QuerySet[ProjectScenario]:
    """Return the scenarios of a project, as they were kept."""
    rows: QuerySet[ProjectScenario] = ProjectScenario.objects.for_user(actor).filter(project=project)
    return rows.select_related("workspace", "project__workspace", "updated_by")


def find_scenario(actor: "Actor", project: Project, pk: UUID | str) -> ProjectScenario:
    """Return one scenario of a project a person sees.

    Raises
    ------
    NotFoundError
        If there is none, or the person may not see it.
    """
    return find(ProjectScenario, actor, project=project, pk=pk)


def summaries(projects: Iterable[Project], today: date) -> list[tuple[Project, Summary]]:
    """Return each project with what it comes to; worked out once a day for each version."""
    cache, found = caches["process"], []
    for project in projects:
        key = f"project-summary:{__version__}:{project.pk}:{project.version}:{today.isoformat()}"
        said = cache.get(key)
        if said is None:
            said = summary_of(project, today)
            cache.set(key, said, KEPT_SECONDS)
        found.append((project, said))
    return found


def summary_of(project: Project, today: date) -> Summary:
    """Return what a project comes to."""
    opened = project.opened()
    about, worth = opened.about, _worth(opened)
    window, fit = _best_window(opened, today)
    return Summary(
        hectares=about.hectares,
        currency=about.currency,
        cost=worth.cost_per_ha * about.hectares if worth is not None and worth.cost_per_ha is not None else None,
        npv=None if worth is None else worth.npv,
        irr=None if worth is None else worth.irr.value,
        window=window,
        fit=fit,
        missing=missing_of(opened),
    )


def missing_of(opened: Opened) -> tuple[str, ...]:
    """Return what a project has nothing of yet, as codes, in the order a reader asks for it."""
    form = opened.form
    marks = bankability(form.bankability, dscr=least_cover(opened))
    has = {
        "costs": any(line.kind == "cost" for line in form.line),
        "benefits": any(line.kind == "benefit" for line in form.line),
        "counterfactual": any(line.without_project for line in opened.lines),
        "uncertainty": bool(form.driver),
        "money": bool(form.tranche),
        "ask": form.ask is not None,
        "red_flags": marks.is_bankable,
        "transformative": bool(form.transformative),
    }
    return tuple(name for name, is_there in has.items() if not is_there)


def _worth(opened: Opened) -> Appraisal | None:
    """Return the worth in the financial view; None where it cannot be told yet."""
    try:
        return worth_of(opened, "financial")
    except LandbalanceError:
        return None


def _best_window(opened: Opened, today: date) -> tuple[str, float | None]:
    """Return the window that fits best of those a project may enter."""
    if opened.form.ask is None:
        return "", None
    best = match(opened.ask()[0], windows(), today)[0]
    return (best.window.id, best.score) if best.is_open else ("", None)
