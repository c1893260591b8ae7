"""What a target lacks, in words: for its fields, its area, and the next stage of its life."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from landbalance.core.codelists import code_list
from landbalance.core.errors import LandbalanceError
from landbalance.planning.targets import target_rules
from landbalance.registry.consents.queries import is_blocked
from landbalance.registry.spoken import spoken
from landbalance.registry.targets.models import OUTCOME_STAGES, Assessment, Target

if TYPE_CHECKING:
    from landbalance.planning.targets import SmartScore

AREA_TOLERANCE = 0.02  # V17: typed area against the area on the map
SMART_WORDS = {
    "place": gettext_noop("Say where: draw the area or name the units."),
    "land type": gettext_noop("Name the land types it is for."),
    "action": gettext_noop("Name at least one action."),
    "number": gettext_noop("Give the number to reach."),
    "unit": gettext_noop("Give the unit of the number."),
    "start value": gettext_noop("Give the start value."),
    "lead": gettext_noop("Name the body that leads."),
    "finance": gettext_noop("Say how much money it needs."),
    "check against business as usual": gettext_noop("Hold it against business as usual."),
    "driver": gettext_noop("Name the driver of degradation it fights."),
    "hotspot": gettext_noop("Name the hotspot it is for."),
    "target year": gettext_noop("Give the year by which it is reached."),
}
MEASURED = ("indicator_change", "keep", "coverage", "rate_reduction", "halt", "capacity", "finance")


def smart_words(score: "SmartScore") -> list[str]:
    """Return what is missing for a full SMART score, in the reader's language."""
    return [_(SMART_WORDS.get(name, name)) for name in score.missing]


def missing_words(target: Target, *, land_km2: float | None = None) -> list[str]:
    """Return everything that a target lacks or that does not fit, in the reader's language (V17)."""
    try:
        promised = target.promised_km2()
    except LandbalanceError as error:
        return [spoken(error)]
    found = list(_missing_fields(target))
    found += smart_words(target.smart())
    found += _area_words(target, promised, land_km2)
    return list(dict.fromkeys(found))


def _missing_fields(target: Target) -> Iterator[str]:
    """Yield what the type and the place of a target ask for (reporting B.3)."""
    if not target.text:
        yield _("Write the target in a sentence: amount, place, year and action.")
    if target.is_ldn and not target.responses and target.target_type not in ("policy_milestone", "capacity", "finance"):
        yield _("Choose the response: avoid, reduce or reverse.")
    if target.target_type in MEASURED and not target.indicator:
        yield _("Name the indicator.")
    if target.target_type in MEASURED and target.start_year is None:
        yield _("Give the start year.")
    span = (target.target_year or 0) - (target.start_year or target.target_year or 0)
    if span > target_rules().milestones_after_years and not target.milestones and target.target_type != "neutrality":
        yield _("It runs over more than %(years)s years: give milestones.") % {
            "years": target_rules().milestones_after_years
        }
    if target.foresees_net_loss and not target.net_loss_justification:
        yield _("Say why losses may exceed gains.")
    if target.touches_indigenous_land and not target.fpic_records:
        yield _("It touches land of indigenous peoples: name the record of their free, prior and informed consent.")
    if target.stage in ("validated", "adopted", "in_implementation") and not target.participation_record:
        yield _("No record says who took part in setting it.")


def _area_words(target: Target, promised_km2: float | None, land_km2: float | None) -> list[str]:
    """Return where areas do not fit: more than the country has, or typed and drawn areas that differ."""
    words = []
    if promised_km2 is not None and land_km2 and promised_km2 > land_km2 * (1 + AREA_TOLERANCE):
        words.append(_("The area is larger than the land of the country."))
    drawn = sum(piece.area_km2 for piece in target.pieces())
    if not drawn or promised_km2 is None:
        return words
    if target.area_semantics == "envelope" and promised_km2 > drawn * (1 + AREA_TOLERANCE):
        words.append(_("More area is promised than the shape it lies in has."))
    if target.area_semantics == "exact" and abs(drawn - promised_km2) > AREA_TOLERANCE * promised_km2:
        words.append(
            _("The area on the map is %(drawn).2f km², the area typed %(typed).2f km²: they differ by more than 2 %%.")
            % {"drawn": drawn, "typed": promised_km2}
        )
    return words


def move_needs(
    target: Target,
    to: str,
    *,
    why: str = "",
    assessment: Assessment | None = None,
    successor: Target | None = None,
    target_year: int | None = None,
) -> list[str]:
    """Return what a target still needs to move to a stage, in the reader's language (reporting B.10)."""
    if to in OUTCOME_STAGES:
        return _end_needs(target, to, why, assessment)
    if to == "superseded":
        return (
            [] if successor is not None and successor.pk != target.pk else [_("Name the target that takes its place.")]
        )
    if to == "extended_or_postponed":
        words = [] if why.strip() else [_("Say why.")]
        late = target_year is not None and target_year > (target.target_year or 0)
        return words if late else [*words, _("Give a later target year.")]
    if to in ("rejected", "suspended", "withdrawn"):
        return [] if why.strip() else [_("Say why.")]
    return list(NEEDS.get(to, _no_needs)(target))


def _no_needs(target: Target) -> Iterator[str]:
    """Ask for nothing."""
    yield from ()


def _proposed(target: Target) -> Iterator[str]:
    if not target.text:
        yield _("Write the target in a sentence: amount, place, year and action.")
    if not target.lead:
        yield _("Name the body that leads.")


def _consulted(target: Target) -> Iterator[str]:
    if not target.participation_record:
        yield _("Name the record of participation.")


def _validated(target: Target) -> Iterator[str]:
    if not target.baseline:
        yield _("Name the baseline it is measured against.")
    score = target.smart()
    if score.points < target_rules().smart_pass:
        yield _("Its score is %(points)s of 5, and %(needed)s are needed.") % {
            "points": score.points,
            "needed": target_rules().smart_pass,
        }
        yield from smart_words(score)
    yield from _area_words(target, target.promised_km2(), None)


def _adopted(target: Target) -> Iterator[str]:
    if not target.endorsement_body:
        yield _("Name the body that endorsed it.")
    if not target.endorsement_date:
        yield _("Give the date of the endorsement.")
    if not target.endorsement_document:
        yield _("Name the document of the endorsement.")
    yield from _consented(target)


def _consented(target: Target) -> Iterator[str]:
    if any(is_blocked(target.workspace, shape) for shape in target.shapes()):
        yield _("A people on part of this land has not given its consent.")


def _in_implementation(target: Target) -> Iterator[str]:
    yield from _consented(target)
    if not target.actions.filter(deleted_at=None).exists() and not target.secured_usd:
        yield _("Add one action, or the money secured for it.")


NEEDS = {
    "proposed": _proposed,
    "consulted": _consulted,
    "validated": _validated,
    "adopted": _adopted,
    "in_implementation": _in_implementation,
}


def _end_needs(target: Target, to: str, why: str, assessment: Assessment | None) -> list[str]:
    """Return what an end needs: an assessment, a person's word, and what came of it where it is about outcomes."""
    words = [] if why.strip() else [_("Sign it off: say in your words how it ended.")]
    if assessment is None:
        return [*words, _("Choose the assessment it rests on.")]
    is_outcome = code_list("target_types").item(target.target_type).column("measured") == "outcome"
    if to == "achieved" and is_outcome and not assessment.has_outcome:
        words.append(_("It is about what came of the work: the assessment must say more than what was done."))
    return words
