"""Practices, for the keeper of the installation."""

from django.contrib import admin

from landbalance.registry.practices.models import Practice


@admin.register(Practice)
class PracticeAdmin(admin.ModelAdmin):
    """Practices."""

    list_display = ("name", "code", "workspace", "state")
