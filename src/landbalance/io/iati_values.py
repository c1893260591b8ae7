"""Values as IATI files write them: dates, shares, amounts, codes, markers, parties."""

from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from landbalance.core.words import Words
from landbalance.finance.classify import Split
from landbalance.finance.ledger import Marker, Party


class ElementError(Exception):
    """Why an activity is skipped."""


@lru_cache(maxsize=65_536)
def marker_of(code: str, significance: str | None, vocabulary: str) -> Marker:
    """Return a policy marker; equal ones are one object."""
    return Marker(code, int(significance) if significance is not None else None, vocabulary)


@lru_cache(maxsize=65_536)
def split_of(vocabulary: str, code: str, percentage: str | None) -> Split:
    """Return a share of a sector, country or region; the whole where none is said."""
    share = share_of(percentage)
    return Split(vocabulary, code, 1.0 if share is None else share)


@lru_cache(maxsize=65_536)
def party_of(ref: str, name: str, kind: str) -> Party:
    """Return an organisation; equal ones are one object."""
    return Party(ref, name, kind)


@lru_cache(maxsize=65_536)
def date_of(text: str | None) -> date | None:
    """Return a day, None where none is stated or it is none."""
    try:
        return date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None


def share_of(text: str | None) -> float | None:
    """Return a percentage as share."""
    if text is None or not text.strip():
        return None
    try:
        share = float(text) / 100
    except ValueError:
        raise ElementError(Words("the percentage {text} is no number", text=text[:20])) from None
    if not 0 <= share <= 1:
        raise ElementError(Words("the percentage {text} lies outside 0 to 100", text=text[:20]))
    return share


def decimal_of(text: str | None) -> Decimal:
    """Return a value."""
    try:
        value = Decimal((text or "").strip())
    except InvalidOperation:
        raise ElementError(Words("the value {text} is no number", text=(text or "blank")[:20])) from None
    if not value.is_finite():
        raise ElementError(Words("the value {text} is no number", text=(text or "")[:20]))
    return value


def code_of(parts: dict[str, Any], tag: str) -> str:
    """Return the code of a child, empty where there is none."""
    found = parts.get(tag)
    return "" if found is None else found.get("code", "")
