"""Projects, for the keeper of the installation."""

from django.contrib import admin

from landbalance.registry.projects.models import Project, ProjectScenario

admin.site.register((Project, ProjectScenario))
