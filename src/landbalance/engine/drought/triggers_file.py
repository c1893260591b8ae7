"""The file of trigger rules a country starts from, and the one the platform writes."""

import json
from collections.abc import Sequence

from landbalance.planning.triggers.rule import TriggerRule, default_rules

_HEAD = """\
# Drought triggers: a country changes values, bodies and budget lines here. Values are parameters, not a standard.
# A condition is an index at most a value, on a share of land (area_share) or in the mean of a district (without it).
# indicator: spi-N, spei-N, soil-moisture, vegetation. phase: watch, warning, alert; needs: another phase as well.
# hold and within: so many of the last so many months; months: when the rule may fire; margin: how far the share must
# fall before the rule lets go; least_known: share of known land below which there is no call.
"""


def rules_text(rules: Sequence[TriggerRule] = ()) -> str:
    """Return rules as TOML with comments; the default ones if none are given.

    Examples
    --------
    >>> import tomllib
    >>> tomllib.loads(rules_text())["rule"][0]["id"]
    'watch'
    """
    return _HEAD + "".join(_rule(rule) for rule in rules or default_rules())


def _rule(rule: TriggerRule) -> str:
    """Return one rule as TOML."""
    conditions = "".join(
        f"  {{ indicator = {_text(each.indicator)}, at_most = {float(each.at_most)}"
        + (f", area_share = {float(each.area_share)}" if each.area_share is not None else "")
        + " },\n"
        for each in rule.any
    )
    lines = [("id", rule.id), ("name", rule.name), ("phase", rule.phase)]
    lines += [("needs", rule.needs)] if rule.needs else []
    head = "".join(f"{name} = {_text(value)}\n" for name, value in lines)
    told = [("action", rule.action), ("body", rule.body), ("budget_line", rule.budget_line)]
    told += [(name, value) for name in ("valid_from", "approved_by") if (value := getattr(rule, name))]
    months = f"months = {list(rule.months)}\n" if rule.months else ""
    return (
        f"\n[[rule]]\n{head}any = [\n{conditions}]\n"
        f"hold = {rule.hold}\nwithin = {rule.within}\n{months}margin = {float(rule.margin)}\n"
        f"least_known = {float(rule.least_known)}\n" + "".join(f"{name} = {_text(value)}\n" for name, value in told)
    )


def _text(value: str) -> str:
    """Return a text as a basic string of TOML, which is one of JSON."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
