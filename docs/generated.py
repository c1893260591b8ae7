"""Tables of the documentation that come from the declarations: `<!-- name -->` on a line of its own is replaced."""

import re
from collections.abc import Iterable
from typing import Any

from landbalance.core.legends import legend, legend_names
from landbalance.core.parameters import DEFAULT_PROFILE, profiles, resolve
from landbalance.core.roles import quantities, roles
from landbalance.core.sources import sources
from landbalance.indicators.catalogue import catalogue
from landbalance.indicators.spec import Indicator

MARK = re.compile(r"^<!-- table: (\w+) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Put the tables in."""
    return MARK.sub(lambda found: TABLES[found[1]](), markdown)


def indicator_table() -> str:
    """Return every declared indicator with its inputs, parameters and output."""
    return "\n".join(indicator_section(declared) for declared in catalogue().values())


def indicator_section(declared: Indicator) -> str:
    """Return one indicator."""
    lines = [f"### `{declared.id}`", "", f"{declared.title}.", ""]
    inputs = [
        f"`{band.name}` [{band.unit}]" + (f", layer `{band.layer}`" if band.layer else "") for band in declared.inputs
    ]
    lines += ["Inputs: " + ("; ".join(inputs) or "none") + ".", ""]
    outputs = [f"`{band.name}` [{band.unit}]" for band in declared.outputs]
    lines += ["Output: " + "; ".join(outputs) + ".", ""]
    if declared.parameters:
        rows = ((f"`{each.name}`", plain(each.default), each.unit, each.setting) for each in declared.parameters)
        lines += [table(("parameter", "default", "unit", "from the profile"), rows), ""]
    if declared.references:
        lines += ["Sources: " + ", ".join(declared.references) + ".", ""]
    return "\n".join(lines)


def parameter_table() -> str:
    """Return every parameter with its value in each profile."""
    named = [name for name in profiles() if name != "custom"]
    settings = {name: resolve(name) for name in named}
    rows = []
    for key in settings[DEFAULT_PROFILE]:
        record = settings[DEFAULT_PROFILE].of(key)
        cells = [
            plain(settings[name][key]) + ("" if settings[name].of(key).origin == "profile" else " *") for name in named
        ]
        rows.append((f"`{key}`", record.title, record.unit, *cells, record.source))
    return table(("parameter", "what it is", "unit", *named, "source"), rows)


def legend_table() -> str:
    """Return every packaged legend."""
    parts = []
    for name in legend_names():
        known = legend(name)
        rows = (
            (str(each.code), each.name, str(each.unccd or ""), "to be verified" if each.verify else "")
            for each in known.classes
        )
        parts += [f"## `{name}`: {known.title}", "", table(("code", "class", "UNCCD class", ""), rows), ""]
    return "\n".join(parts)


def role_table() -> str:
    """Return what layers can be for."""
    rows = ((f"`{role.id}`", role.title, role.quantity, "yes" if role.is_series else "") for role in roles().values())
    return table(("role", "what it is for", "quantity unless stated", "has years"), rows)


def quantity_table() -> str:
    """Return what layers can measure."""
    rows = ((f"`{each.id}`", each.title, each.unit, each.kind) for each in quantities().values())
    return table(("quantity", "what it measures", "unit", "kind"), rows)


def source_table() -> str:
    """Return the public sources: what each is for, which years, under which licence, and how sure its row is."""
    rows = (
        (f"`{each.id}`", each.role, each.title, each.years or "–", each.licence, "yes" if each.share else "no",
         "yes" if each.is_fetched else f"no: {each.login or 'by hand'}", each.seen)
        for each in sources().values()
    )  # fmt: skip
    return table(("source", "role", "what it is", "years", "licence", "passed on", "taken by itself", "seen"), rows)


def doubt_table() -> str:
    """Return what only a live probe can settle."""
    rows = ((f"`{each.id}`", doubt) for each in sources().values() for doubt in each.unsure)
    return table(("source", "what is not sure"), rows)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    heads = list(heads)
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def plain(value: object) -> str:
    """Return a value as a person writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return ", ".join(map(plain, value)) or "none"
    return "" if value is None else str(value)


TABLES = {
    "indicators": indicator_table,
    "parameters": parameter_table,
    "legends": legend_table,
    "roles": role_table,
    "quantities": quantity_table,
    "sources": source_table,
    "doubts": doubt_table,
}
