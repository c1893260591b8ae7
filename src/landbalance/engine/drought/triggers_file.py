"""The file of trigger rules a country starts from."""

from landbalance.planning.triggers.rule import TriggerRule, default_rules

_HEAD = """\
# Drought triggers: a country changes values, bodies and budget lines here. Values are parameters, not a standard.
# A condition is an index at most a value, on a share of land (area_share) or in the mean of a district (without it).
# indicator: spi-N, spei-N, soil-moisture, vegetation. phase: watch, warning, alert; needs: another phase as well.
# hold and within: so many of the last so many months; months: when the rule may fire; margin: how far the share must
# fall before the rule lets go; least_known: share of known land below which there is no call.
"""


def rules_text() -> str:
    """Return the default rules as TOML with comments."""
    return _HEAD + "".join(_rule(rule) for rule in default_rules())


def _rule(rule: TriggerRule) -> str:
    """Return one rule as TOML."""
    conditions = "".join(
        f'  {{ indicator = "{each.indicator}", at_most = {each.at_most}'
        + (f", area_share = {each.area_share}" if each.area_share is not None else "")
        + " },\n"
        for each in rule.any
    )
    needs = f'needs = "{rule.needs}"\n' if rule.needs else ""
    return (
        f'\n[[rule]]\nid = "{rule.id}"\nname = "{rule.name}"\nphase = "{rule.phase}"\n{needs}any = [\n{conditions}]\n'
        f"hold = {rule.hold}\nwithin = {rule.within}\nmargin = {rule.margin}\nleast_known = {rule.least_known}\n"
        f'action = "{rule.action}"\nbody = "{rule.body}"\nbudget_line = "{rule.budget_line}"\n'
    )
