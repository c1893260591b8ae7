"""The app `countries`."""

from django.apps import AppConfig


class CountriesConfig(AppConfig):
    """What is known of countries, and since and until when."""

    name = "landbalance.registry.countries"
    label = "countries"

    def ready(self) -> None:
        """Load the facts of the package after the tables are made."""
        from django.db.models.signals import post_migrate

        from landbalance.registry.countries.services import load_facts

        post_migrate.connect(lambda **_rest: load_facts(), sender=self, weak=False, dispatch_uid="country_facts")
