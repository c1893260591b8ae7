"""JSON from outside: limited in size and depth, numbers finite, text without lone surrogates."""

import json
import re
from typing import Any

from landbalance.core.errors import SourceError
from landbalance.io.packs.addresses import plain


def strict_json(content: bytes, address: str, *, most_mib: int = 64, depth: int = 64) -> Any:
    """Return JSON that is no bomb: limited in size and depth, numbers finite, text without lone surrogates.

    Raises
    ------
    SourceError
        If it is none, or beyond the limits.
    """
    if len(content) > most_mib << 20:
        raise SourceError("{address} is over {most} MiB", address=plain(address), most=most_mib, retryable=False)
    try:
        text = content.decode("utf-8")
        if _depth(text) > depth:
            raise ValueError(f"nested deeper than {depth}")
        value = json.loads(text, parse_constant=_no_number)
        text.encode("utf-8")
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError, UnicodeError) as error:
        raise SourceError(
            "{address} is no JSON ({why})", address=plain(address), why=str(error).splitlines()[0], retryable=False
        ) from error
    return value


def _depth(text: str) -> int:
    """Return how deep brackets are nested; text in quotes does not count."""
    deepest = depth = 0
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        mark = token[0]
        depth += (mark in "[{") - (mark in "]}") if len(mark) == 1 else 0
        deepest = max(deepest, depth)
    return deepest


def _no_number(name: str) -> float:
    """Refuse NaN and Infinity."""
    raise ValueError(f"{name} is no number")
