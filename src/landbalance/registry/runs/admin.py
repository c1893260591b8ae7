"""Runs in the administration: to look at."""

from django.contrib import admin

from landbalance.registry.runs.models import Run, Worker

admin.site.register([Run, Worker])
