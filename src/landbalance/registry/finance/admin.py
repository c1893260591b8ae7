"""Imports and decisions, for the keeper of the installation."""

from django.contrib import admin

from landbalance.registry.finance.models import Decision, ImportBatch


@admin.register(ImportBatch)
class ImportBatchAdmin(admin.ModelAdmin):
    """Imports."""

    list_display = ("file_name", "source", "workspace", "imported_at", "rows_read", "rows_skipped")


@admin.register(Decision)
class DecisionAdmin(admin.ModelAdmin):
    """Decisions of reviewers."""

    list_display = ("kind", "source_id", "other_id", "share", "verdict", "decided_at")
