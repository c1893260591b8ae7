"""Uploads in the administration: to look at."""

from django.contrib import admin

from landbalance.registry.layers.models import StoredLayer, Upload

admin.site.register([Upload, StoredLayer])
