"""Actions in the administration."""

from django.contrib import admin

from landbalance.registry.actions.models import Action
from landbalance.registry.looking import RecordAdmin

admin.site.register(Action, RecordAdmin)
