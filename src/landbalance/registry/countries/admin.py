"""Facts about countries, for the keeper of the installation."""

from django.contrib import admin

from landbalance.registry.countries.models import CountryFact


@admin.register(CountryFact)
class CountryFactAdmin(admin.ModelAdmin):
    """Facts about countries."""

    list_display = ("iso3", "list_code", "value", "valid_from", "valid_to", "confidence")
