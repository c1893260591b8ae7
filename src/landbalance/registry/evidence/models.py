"""A file that shows something, and the record it shows it for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from landbalance.registry.records import WorkspaceRecord


class Evidence(WorkspaceRecord):
    """A file, kept once under its digest; its record says what it shows, whose it is and what it may be used for."""

    title = models.CharField(_("What it shows"), max_length=200)
    file_name = models.CharField(_("File name"), max_length=120)
    digest = models.CharField(max_length=64, db_index=True, editable=False)
    media_type = models.CharField(max_length=100, editable=False)
    size_bytes = models.PositiveBigIntegerField(editable=False)
    author = models.CharField(_("Author"), max_length=120, blank=True)
    licence = models.CharField(_("Licence"), max_length=60, blank=True)
    made_on = models.DateField(_("Made on"), null=True, blank=True)
    subject = models.UUIDField(null=True, blank=True, db_index=True, editable=False)
    subject_kind = models.CharField(max_length=60, blank=True, editable=False)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("evidence")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of its file."""
        from django.urls import reverse

        return reverse("evidence:file", args=[self.workspace.slug, self.pk])
