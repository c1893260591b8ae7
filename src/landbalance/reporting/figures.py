"""All figures of a run, from its counted tables (ruling 12)."""

from landbalance.reporting.condition_figures import condition_figures
from landbalance.reporting.counting_desk import Desk
from landbalance.reporting.cover_figures import cover_figures
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.gap_figures import gap_figures
from landbalance.reporting.people_figures import people_figures
from landbalance.reporting.recode_figures import recode_figures
from landbalance.reporting.record import Figure
from landbalance.reporting.words import Translate, identity


def figures(facts: RunFacts, translate: Translate = identity) -> tuple[Figure, ...]:
    """Return every figure of a run: what tables, workbooks, packages and pages are made from.

    Parameters
    ----------
    facts : RunFacts
        Counted tables and what the run says about itself.
    translate : callable
        Gives a label in the reader's language.

    Returns
    -------
    tuple of Figure
        In a fixed order; identities are unique.
    """
    desk = Desk(facts, translate)
    return (
        *condition_figures(desk),
        *gap_figures(desk),
        *cover_figures(desk),
        *people_figures(desk),
        *recode_figures(desk),
    )
