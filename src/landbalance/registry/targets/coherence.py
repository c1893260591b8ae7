"""What of a target does not fit other targets, other plans or subsidies, in the reader's language (reporting B.9)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import shapely
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from landbalance.planning.targets.coherence import Misfit, Pledge, misfits
from landbalance.registry.access import may
from landbalance.registry.finance.strategy import subsidies_of
from landbalance.registry.targets.models import Target

if TYPE_CHECKING:
    from landbalance.registry.access import Actor

MOST_OTHERS = 500  # that one target is held against
WORDS = {
    "opposite": gettext_noop("It shares land with target %(other)s, which wants the opposite."),
    "declared": gettext_noop("It conflicts with %(other)s, as its own link says."),
    "same_number": gettext_noop("Target %(other)s is the same commitment with the same area: count it once."),
    "deadline": gettext_noop("It ends in %(mine)s, target %(other)s in %(theirs)s."),
    "base_year": gettext_noop("It starts from %(mine)s, target %(other)s from %(theirs)s."),
    "unit": gettext_noop("Its area is in %(mine)s, that of target %(other)s in %(theirs)s."),
    "no_nbsap": gettext_noop("No link says where it stands in the biodiversity strategy (framework gbf)."),
    "no_ndc": gettext_noop("No link says where it stands in the climate plan (framework unfccc, element ndc_…)."),
    "subsidy": gettext_noop("Subsidy %(other)s pays for a driver that it fights."),
}


def misfit_words(actor: "Actor", target: Target, others: Iterable[Target]) -> list[str]:
    """Return what does not fit, as far as a person sees the other targets and the subsidies."""
    rest = [each for each in others if each.pk != target.pk and not each.is_final]
    found = misfits(pledge_of(target), [pledge_of(each) for each in rest], sharing=_sharing(target, rest), subsidies=(
        [(str(each.entry), each.entry.pathway) for each in subsidies_of(actor, target.workspace)]
        if target.drivers and may(actor, "finance.view", target.workspace)
        else []
    ))  # fmt: skip
    return [_sentence(each) for each in found]


def pledge_of(target: Target) -> Pledge:
    """Return what of a target must fit others."""
    names = ("indicator", "direction", "area_unit", "start_year", "target_year", "is_ldn")
    return Pledge(
        target_id=target.code,
        part_of=target.parent.code if target.parent else "",
        area_km2=target.in_km2(target.declared_area),
        drivers=tuple(target.drivers),
        links=tuple((each["framework"], each["element"], each["relation"]) for each in target.links),
        **{name: getattr(target, name) for name in names},
    )


def _sharing(target: Target, others: Iterable[Target]) -> list[str]:
    """Return the targets of the same indicator whose land overlaps."""
    mine = target.shapes() if target.indicator else []
    if not mine:
        return []
    whole = shapely.union_all(mine)
    same = [each for each in others if each.indicator.casefold().strip() == target.indicator.casefold().strip()]
    return [each.code for each in same if any(whole.intersection(shape).area > 0 for shape in each.shapes())]


def _sentence(found: Misfit) -> str:
    """Return a misfit as a sentence."""
    return _(WORDS[found.check]) % {"other": found.other, "mine": found.mine, "theirs": found.theirs}
