"""Recode polygons in the administration: to look at."""

from django.contrib import admin

from landbalance.registry.recodes.models import Recode

admin.site.register(Recode)
