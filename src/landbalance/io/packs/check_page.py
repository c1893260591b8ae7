"""What a self-check has found, and the page that says so in the six languages of reports."""

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from landbalance.io.language import LANGUAGES, tongue
from landbalance.io.packs.manifest import PackFile
from landbalance.reporting.pack_words import CHECKS, COLUMNS, GAPS, TITLE, VERDICTS, advice

Result = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One result of the self-check."""

    check: str
    layer: str
    result: Result
    text: str


def page_of(pack: PackFile, findings: Iterable[Finding]) -> str:
    """Return the page for people: one part for each language, chosen without a script."""
    rows = list(findings)
    links = "".join(f'<a href="#{language}">{language}</a> ' for language in LANGUAGES)
    parts = "".join(_part(pack, rows, language) for language in LANGUAGES)
    style = (
        "body{font-family:sans-serif;margin:2rem;max-width:70rem}table{border-collapse:collapse;width:100%}"
        "td,th{border-bottom:1px solid #ccc;padding:.4rem;text-align:start;overflow-wrap:anywhere}"
        ".warn{background:#fff4d6}.fail{background:#fde2df}"
    )
    head = f'<meta charset="utf-8"><title>{html.escape(pack.pack.id)}</title><style>{style}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body><p>{links}</p>{parts}</body></html>\n'


def _part(pack: PackFile, findings: list[Finding], language: str) -> str:
    """Return the page's part in one language."""
    words = tongue(language)
    order = {"fail": 0, "warn": 1, "ok": 2}
    rows = "".join(
        f'<tr class="{each.result}">'
        + "".join(f"<td>{html.escape(text)}</td>" for text in (
            words.translate(CHECKS.get(each.check, each.check)), each.layer,
            words.translate(VERDICTS[each.result]), each.text,
        )) + "</tr>"
        for each in sorted(findings, key=lambda each: order[each.result])
    )  # fmt: skip
    head = "".join(f"<th>{html.escape(words.translate(name))}</th>" for name in COLUMNS)
    gaps = "".join(f"<li>{html.escape(' '.join((gap.role, gap.years)))}: {html.escape(advice(gap.advice, words))}</li>"
                   for gap in pack.gap)  # fmt: skip
    title = html.escape(words.say(TITLE, name=pack.pack.id))
    missing = f"<h3>{html.escape(words.translate(GAPS))}</h3><ul>{gaps}</ul>" if gaps else ""
    direction = "rtl" if words.is_rtl else "ltr"
    return (
        f'<section id="{language}" lang="{language}" dir="{direction}"><h2>{title}</h2>'
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{missing}</section>"
    )
