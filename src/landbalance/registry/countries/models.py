"""A fact about a country, with the time it holds for and where it was read (reporting K.3)."""

from django.db import models


class CountryFact(models.Model):
    """A country on a list, or not on it, for a time."""

    iso3 = models.CharField(max_length=3, db_index=True)
    list_code = models.CharField(max_length=20)
    value = models.CharField(max_length=40)
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    confidence = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("iso3", "list_code", "valid_from")

    def __str__(self) -> str:
        return f"{self.iso3} {self.list_code}: {self.value}"
