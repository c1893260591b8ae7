"""Targets in the administration."""

from django.contrib import admin

from landbalance.registry.looking import RecordAdmin
from landbalance.registry.targets.models import Target

admin.site.register(Target, RecordAdmin)
