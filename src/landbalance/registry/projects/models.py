"""A project as a record: its data in the shape of `project.toml`, its stage, and scenarios of what is moved in it."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from landbalance.core.errors import RuleError
from landbalance.io.project_changes import Changes
from landbalance.io.project_file import Project as Opened
from landbalance.io.project_file import ProjectFile, project_of
from landbalance.registry.records import AGREED, WorkspaceRecord


class Stage(models.TextChoices):
    """How far a project is on its way to money."""

    IDEA = "idea", pgettext_lazy("stage of a project", "Idea")
    CONCEPT = "concept", _("Concept note")
    FEASIBILITY = "feasibility", _("Feasibility study")
    SUBMITTED = "submitted", _("Submitted to a fund")
    FUNDED = "funded", _("Funded")
    RUNNING = "running", _("Under way")
    CLOSED = "closed", pgettext_lazy("stage of a project", "Closed")
    DROPPED = "dropped", _("Given up")


class Project(WorkspaceRecord):
    """A project: what is known of it, and how far it is."""

    view_act = "projects.view"
    edit_act = "projects.edit"

    code = models.SlugField(_("Code"), max_length=40)
    title = models.CharField(_("Title"), max_length=300)
    stage = models.CharField(_("Stage"), max_length=12, choices=Stage.choices, default=Stage.IDEA)
    data: "models.JSONField[Any, Any]" = models.JSONField(_("Data"), default=dict)
    targets: "models.JSONField[Any, Any]" = models.JSONField(_("Targets it serves"), default=list, blank=True)
    analyses: "models.JSONField[Any, Any]" = models.JSONField(_("Plans and scenarios it is from"), default=list)
    loss = models.FloatField(
        _("Yearly loss without the project"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    loss_run = models.CharField(_("Run the loss is from"), max_length=80, blank=True)
    loss_years = models.CharField(_("Years the loss is from"), max_length=20, blank=True)

    class Meta:
        ordering = ("title", "code")
        verbose_name = _("project")
        constraints = (models.UniqueConstraint(fields=("workspace", "code"), name="project_code_once"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("projects:project", args=[self.workspace.slug, self.code])

    def form(self) -> ProjectFile:
        """Return what its file would hold."""
        return ProjectFile.model_validate(self.data)

    def opened(self) -> Opened:
        """Return it as the computations take it, with the loss of the country's run where its file leaves it open."""
        return project_of(self.form(), self.loss)

    def check_open(self) -> None:
        """Refuse to change what has been agreed to.

        Raises
        ------
        RuleError
            If it is approved or submitted.
        """
        if self.state in AGREED:
            raise RuleError("{record} is {state}", record=str(self), state=self.state, hint="send it back first")


class ProjectScenario(WorkspaceRecord):
    """A set of moved inputs of a project, kept under a name; it is seen where its project is."""

    view_act = "projects.view"
    edit_act = "projects.edit"

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("Name"), max_length=120)
    moved: "models.JSONField[Any, Any]" = models.JSONField(_("What is moved"), default=dict)

    class Meta:
        ordering = ("created_at",)
        verbose_name = _("scenario of a project")

    def __str__(self) -> str:
        return f"{self.project.code}: {self.name}"

    @classmethod
    def workspace_path(cls) -> str:
        """Return the lookup to the record that carries workspace and visibility."""
        return "project__"

    def get_absolute_url(self) -> str:
        """Return the address of its project with its inputs moved."""
        return f"{self.project.get_absolute_url()}?scenario={self.pk}"

    def as_changes(self) -> Changes:
        """Return what is moved."""
        return Changes.model_validate(self.moved)
