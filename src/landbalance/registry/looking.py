"""Records for the keeper of the installation: to look at; changes go through the use cases, which keep the history."""

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest


class RecordAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Records of one kind, read only."""

    list_display = ("code", "title", "workspace", "state", "version")
    list_filter: ClassVar = ("workspace", "state")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: there is a use case for it."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: there is a use case for it."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Refuse: there is a use case for it."""
        return False
