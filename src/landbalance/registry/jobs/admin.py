"""Jobs in the administration: to look at."""

from django.contrib import admin

from landbalance.registry.jobs.models import Job

admin.site.register(Job)
