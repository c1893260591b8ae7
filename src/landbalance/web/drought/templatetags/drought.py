"""Phases in the reader's language."""

from collections import Counter
from typing import Any

from django import template

from landbalance.engine.drought.atlas import atlas_spec
from landbalance.io.drought_atlas import PHASES
from landbalance.planning.triggers.rule import TriggerRule
from landbalance.registry.drought.mail import CODES
from landbalance.registry.drought.models import DroughtCall
from landbalance.reporting.drought_words import RULE_OR, condition_text, rule_text
from landbalance.reporting.words import ISOLATE, ISOLATE_END
from landbalance.web.drought.views import conditions_of, reader_tongue

register = template.Library()


@register.filter
def phase_name(name: str) -> str:
    """Return a phase as people call it."""
    code = CODES.get(name.upper(), -1)
    return next(entry.name for entry in atlas_spec(PHASES, reader_tongue()).entries if entry.code == code)


@register.filter
def rule_words(rule: TriggerRule) -> str:
    """Return a rule in words."""
    return rule_text(rule, reader_tongue())


@register.filter
def stored_rule(row: dict[str, Any]) -> str:
    """Return a rule of a stored call in words; as it was written then where it says no more."""
    said = reader_tongue()
    listed = [condition_text(each, said) for each in conditions_of(row)]
    told = listed[0]
    for each in listed[1:]:
        told = said.say(RULE_OR, first=told, second=each)
    return told


@register.filter
def in_reports(text: str) -> str:
    """Return a text of the package in the reader's language; what a country wrote stays as it is."""
    return reader_tongue().translate(text)


@register.filter
def isolated(text: str) -> str:
    """Return a month as it stands in a sentence that runs from right to left: in one piece."""
    return f"{ISOLATE}{text}{ISOLATE_END}"


@register.filter
def phase_counts(call: DroughtCall) -> str:
    """Return how many districts are in each phase, the worst first."""
    counts = Counter(call.phases.values())
    order = ("emergency", "alert", "warning", "watch", "recovery", "normal", "no_call")
    return ", ".join(f"{phase_name(name)}: {counts[name]}" for name in order if counts[name])
