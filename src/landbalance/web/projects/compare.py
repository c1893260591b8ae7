"""Scenarios of a project side by side: what each moves, and what it comes to."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from landbalance.core.errors import LandbalanceError
from landbalance.io.project_changes import Changes, changed
from landbalance.io.project_desk import worth_of
from landbalance.io.project_file import Project as Opened
from landbalance.io.project_file import project_of
from landbalance.registry.projects.models import Project, ProjectScenario
from landbalance.registry.spoken import spoken
from landbalance.web.projects.desk import VIEWS, metrics
from landbalance.web.site.templatetags.numbers import number, share


@dataclass(frozen=True)
class Side:
    """One scenario in the comparison; why it cannot be worked out any more, where it cannot."""

    scenario: ProjectScenario
    moved: list[str]
    fault: str


def compare(project: Project, scenarios: list[ProjectScenario]) -> dict[str, Any]:
    """Return each scenario, and the figures of those that can be worked out beside those of the file.

    Raises
    ------
    InputError, RuleError
        If the project itself cannot be appraised yet.
    """
    base = project.opened()
    sides, opened = [], [base]
    for each in scenarios:
        moved, fault = _opened(project, base, each)
        sides.append(Side(each, moved_words(each.as_changes()), fault))
        if moved is not None:
            opened.append(moved)
    known = [side for side in sides if not side.fault]
    tables = {}
    for view, title in zip(VIEWS, (_("Financial view"), _("Economic view")), strict=True):
        worths = [worth_of(each, view) for each in opened]
        tables[title] = [(label, [say(each) for each in worths]) for label, say in metrics()]
    return {"sides": sides, "known": known, "tables": tables}


def moved_words(changes: Changes) -> list[str]:
    """Return what a scenario moves, one sentence each."""
    shares = {
        "rate": _("Discount rate"), "yearly_loss": _("Yearly loss without the project"),
        "drought_share": _("Share of years with drought"), "loan_rate": _("Rate of the loan"),
    }  # fmt: skip
    plain = {
        "attachment": _("Index at which the cover begins"), "exit": _("Index at which it pays all"),
        "carbon_price": _("Price of a tonne of carbon"),
    }  # fmt: skip
    found = [f"{label}: {share(value)}" for name, label in shares.items()
             if (value := getattr(changes, name)) is not None]  # fmt: skip
    found += [f"{label}: {number(value, 2)}" for name, label in plain.items()
              if (value := getattr(changes, name)) is not None]  # fmt: skip
    return found + [f"{name}: × {number(factor, 2)}" for name, factor in changes.factors.items()]


def _opened(project: Project, base: Opened, scenario: ProjectScenario) -> tuple[Opened | None, str]:
    """Return a project as a scenario moves it, or why it cannot be."""
    try:
        moved = project_of(changed(base, scenario.as_changes()), project.loss)
        worth_of(moved, "financial")
    except LandbalanceError as error:
        return None, spoken(error)
    return moved, ""
