"""Load the facts of the package: one batch, whose beginnings are unknown, and the changes known by their day."""

from datetime import date, timedelta

from django.db import transaction

from landbalance.core.tables import csv_table
from landbalance.registry.countries.models import CountryFact

LISTS = {"annex": "unccd_annex", "ldc": "ldc", "sids": "sids", "lldc": "lldc", "affected": "affected"}
COLUMNS = ("iso3", "list_code", "value", "valid_from", "valid_to", "source", "confidence")
SOURCE = "list of Parties with annex and groups; affected as declared by 2015 (reporting K.2)"


@transaction.atomic
def load_facts() -> int:
    """Replace the facts of the package by those it carries now; return how many there are."""
    changes = {(row["iso3"], row["list_code"]): row for row in csv_table("country_changes")}
    facts = []
    for row in csv_table("countries"):
        for list_code, column in LISTS.items():
            if row["iso3"] and row[column]:
                facts += _facts(row["iso3"], list_code, row[column], changes.get((row["iso3"], list_code)))
    held = sorted(map(repr, CountryFact.objects.values_list(*COLUMNS)))
    if held != sorted(repr(tuple(getattr(each, name) for name in COLUMNS)) for each in facts):
        CountryFact.objects.all().delete()
        CountryFact.objects.bulk_create(facts)
    return len(facts)


def _facts(iso3: str, list_code: str, value: str, change: dict[str, str] | None) -> list[CountryFact]:
    """Return what is known of a country on one list, in order of time."""
    if change is None:
        sure = "unknown" if value == "unknown" else ""
        return [CountryFact(iso3=iso3, list_code=list_code, value=value, source=SOURCE, confidence=sure)]
    ends = date.fromisoformat(change["valid_to"]) if change["valid_to"] else None
    named = {"iso3": iso3, "list_code": list_code, "source": change["source"], "confidence": change["confidence"]}
    until = CountryFact(value=change["value"], valid_to=ends, **named)
    return [until] if ends is None else [until, CountryFact(value="no", valid_from=ends + timedelta(days=1), **named)]
