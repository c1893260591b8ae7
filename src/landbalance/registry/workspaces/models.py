"""A workspace (country, region or the world), its members, and the invitations to it."""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from landbalance.core.places import Country, country

INVITATION_DAYS = 14


class Role(models.TextChoices):
    """What a member does; what each may do stands in `registry.access`."""

    FOCAL_POINT = "focal_point", _("Focal point")
    TECHNICIAN = "technician", _("Technician")
    STATISTICS_OFFICE = "statistics_office", _("Statistics office")
    FINANCE = "finance", _("Finance or planning ministry")
    REGIONAL_CENTRE = "regional_centre", _("Regional centre")
    CIVIL_SOCIETY = "civil_society", _("Civil society")
    COMMUNITY_STEWARD = "community_steward", _("Community steward")
    REVIEWER = "reviewer", _("Reviewer")
    PUBLIC = "public", pgettext_lazy("role", "Reader")


class Sector(models.TextChoices):
    """The part of government or society a member speaks for (reporting spec C.3)."""

    ENVIRONMENT = "environment", _("Environment")
    AGRICULTURE = "agriculture", _("Agriculture and livestock")
    WATER = "water", _("Water")
    FOREST = "forest", _("Forests")
    LAND = "land", _("Land and cadastre")
    PLANNING = "planning", _("Planning")
    FINANCE = "finance", _("Finance")
    INTERIOR = "interior", _("Interior and local government")
    WOMEN = "women", _("Women")
    YOUTH = "youth", _("Youth")
    STATISTICS = "statistics", _("Statistics")
    METEOROLOGY = "meteorology", _("Meteorology")
    SCIENCE = "science", _("Science")
    CIVIL_SOCIETY = "civil_society", _("Civil society")
    COMMUNITIES = "communities", _("Indigenous peoples and local communities")
    PRIVATE = "private", _("Private sector and banks")
    PARTNER = "partner", _("Development partner")


class Workspace(models.Model):
    """One folder with its records: a country, a region (a set of countries), or the world."""

    class Kind(models.TextChoices):
        """What a workspace covers."""

        COUNTRY = "country", _("Country")
        REGION = "region", _("Region")
        GLOBAL = "global", _("World")

    slug = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.COUNTRY)
    country = models.CharField(max_length=3, blank=True, help_text=_("ISO alpha-3 code"))
    countries: "models.JSONField[Any, Any]" = models.JSONField(default=list, blank=True)
    folder = models.CharField(max_length=500, help_text=_("Relative to the installation, or absolute"))
    is_invented = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False, help_text=_("Approved public records are shown to everybody"))
    shares_with_region = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("title",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(kind="country") | ~models.Q(country=""), name="workspaces_country_has_code"
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of its dashboard."""
        from django.urls import reverse

        return reverse("home:dashboard", args=[self.slug])

    def facts(self) -> Country:
        """Return what is known of its country."""
        return country(self.country, invented=True)

    def covers(self, iso3: str) -> bool:
        """Return whether a country lies in this workspace."""
        return self.kind == self.Kind.GLOBAL or iso3 == self.country or iso3 in self.countries


class Custodian(models.Model):
    """A community or body that decides over its own records."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="custodians")
    name = models.CharField(max_length=120)
    contact = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=("workspace", "name"), name="custodian_once"),)

    def __str__(self) -> str:
        return self.name

    def is_spoken_for(self) -> bool:
        """Return whether a steward can still speak for it: an account that is closed cannot."""
        return self.stewards.filter(user__is_active=True).exists()


class Membership(models.Model):
    """A person in a workspace, with one role and, where it matters, one sector; a steward speaks for one custodian."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    sector = models.CharField(max_length=20, choices=Sector.choices, blank=True)
    custodian = models.ForeignKey(Custodian, null=True, blank=True, on_delete=models.PROTECT, related_name="stewards")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "workspace", "role", "sector"), name="member_once"),)

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class Invitation(models.Model):
    """An offer of membership, good for one person and a limited time; only a digest of its key is kept."""

    email = models.EmailField()
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=20, choices=Role.choices)
    sector = models.CharField(max_length=20, choices=Sector.choices, blank=True)
    custodian = models.ForeignKey(Custodian, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.email}: {self.get_role_display()}"

    @staticmethod
    def digest_of(key: str) -> str:
        """Return what is kept of a key."""
        return hashlib.sha256(key.encode()).hexdigest()

    @staticmethod
    def make_key() -> str:
        """Return a new key; it stands in the link alone."""
        return secrets.token_urlsafe(32)

    @staticmethod
    def default_expiry() -> Any:
        """Return when an invitation of now ends."""
        return timezone.now() + timedelta(days=INVITATION_DAYS)

    def is_open(self) -> bool:
        """Return whether it can be accepted now."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > timezone.now()
