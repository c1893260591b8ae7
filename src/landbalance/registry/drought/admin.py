"""Triggers and calls in the administration, to look at; addresses of readers are shown nowhere."""

from django.contrib import admin

from landbalance.registry.drought.models import DroughtCall, DroughtTrigger
from landbalance.registry.looking import RecordAdmin


class TriggerAdmin(RecordAdmin):
    """Triggers, read only."""

    list_display = ("code", "name", "workspace", "state", "version")


class CallAdmin(RecordAdmin):
    """Calls, read only."""

    list_display = ("code", "month", "workspace", "state", "version")


admin.site.register(DroughtTrigger, TriggerAdmin)
admin.site.register(DroughtCall, CallAdmin)
