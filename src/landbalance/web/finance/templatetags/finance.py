"""What codes of finance mean, in the reader's language."""

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext, gettext_noop, pgettext

register = template.Library()
WORDS: Mapping[str, str] = {
    "crs": gettext_noop("OECD CRS"),
    "iati": gettext_noop("IATI"),
    "budget": gettext_noop("National budget"),
    "private": gettext_noop("Private deals"),
    "aims": gettext_noop("Aid management system"),
    "reviewer": gettext_noop("Decided by a reviewer"),
    "marker": gettext_noop("Desertification marker"),
    "sector": gettext_noop("Sectors"),
    "unknown": gettext_noop("Not known"),
    "unscreened": gettext_noop("Not screened for the desertification marker"),
    "marker-0-sector-high": gettext_noop("The marker says no, the sectors say land"),
    "marker-2-sector-none": gettext_noop("The marker says land, the sectors say no"),
    "sector-sum": gettext_noop("The shares of the sectors sum to more than 100 %"),
    "new": gettext_noop("new"),
    "changed": gettext_noop("changed"),
    "same": gettext_noop("One activity"),
    "different": gettext_noop("Two activities"),
    "review": gettext_noop("To look at"),
    "withdrawn": gettext_noop("Taken back"),
    "increasing": gettext_noop("increasing"),
    "declining": gettext_noop("declining"),
    "stable": gettext_noop("stable"),
    "provider": gettext_noop("Providers: what funders gave"),
    "recipient": gettext_noop("Recipient: what entered the country's system"),
    "final-use": gettext_noop("Final use: what was spent"),
    "disbursement": gettext_noop("Paid out"),
    "commitment": gettext_noop("Committed"),
    "subsidy-release-counted-twice": gettext_noop("More is drawn from the release of a subsidy than it holds."),
    "loan-without-debt-assessment": gettext_noop("Borrowed money is no revenue: add the assessment of debt."),
}
RULES: Mapping[str, str] = {
    "R1": gettext_noop("Another measure: measures are never added"),
    "R2": gettext_noop("Another perspective"),
    "R3": gettext_noop("The other side of a transfer already counted"),
    "R4": gettext_noop("Another level of the same hierarchy"),
    "R5": gettext_noop("Core contribution that reappears in another flow"),
    "R6": gettext_noop("External money in the domestic budget; it stays with its source"),
    "R7": gettext_noop("Transfer between levels of government"),
    "R8": gettext_noop("Guarantee or insurance: exposure, not flow"),
    "R9": gettext_noop("Interest, repayment, refinancing or debt relief"),
    "R10": gettext_noop("Pledge or plan"),
    "R11": gettext_noop("The same activity in another source"),
}


@register.filter
def finance_word(code: str) -> str:
    """Return what a code means."""
    return gettext(WORDS[code]) if code in WORDS else str(code)


@register.filter
def conflict_words(codes: str) -> list[str]:
    """Return what contradicts a class, in words."""
    return [finance_word(code) for code in codes.split(",") if code]


@register.filter
def rule_word(rule: str) -> str:
    """Return why a rule left money out."""
    return gettext(RULES[rule]) if rule in RULES else rule


@register.filter
def move_word(kind: int) -> str:
    """Return what a movement of money is."""
    names = {
        1: pgettext("money", "came in"), 2: pgettext("money", "committed"), 3: pgettext("money", "paid on"),
        4: pgettext("money", "spent"), 5: pgettext("money", "interest"), 6: pgettext("money", "repaid"),
        8: pgettext("money", "equity"), 10: pgettext("money", "guarantee"), 11: pgettext("money", "promised to it"),
        12: pgettext("money", "pledge"), 13: pgettext("money", "pledge"),
    }  # fmt: skip
    return names.get(kind, str(kind))


@register.filter
def percent_value(ratio: float | None) -> str:
    """Return a ratio as the number of per cent a form holds."""
    return "" if ratio is None else f"{ratio * 100:g}"
