"""Scenarios, for the keeper of the installation."""

from django.contrib import admin

from landbalance.registry.scenarios.models import LedgerEntry, Scenario

admin.site.register((Scenario, LedgerEntry))
