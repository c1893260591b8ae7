"""Workspaces and memberships, for the keeper of the installation."""

from typing import ClassVar

from django.contrib import admin

from landbalance.registry.workspaces.models import Membership, Workspace


@admin.register(Workspace)
class WorkspaceAdmin(admin.ModelAdmin):
    """Workspaces."""

    list_display = ("title", "slug", "kind", "country", "is_public")


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    """Who belongs where."""

    list_display = ("user", "workspace", "role", "sector")
    list_filter: ClassVar = ("role", "workspace")
    exclude = ("custodian",)  # the stewards of a custodian decide who speaks for it
