"""The monthly bulletin, and the back-test of triggers, as pages."""

import numpy as np

from landbalance.core.workspace import Workspace
from landbalance.engine.drought.back_test import PhaseTest, Season
from landbalance.engine.drought.monitor import Monitor, combined_shares
from landbalance.engine.drought.products import place_of
from landbalance.indicators.drought.districts import area_share
from landbalance.planning.triggers.backtest import Backtest
from landbalance.planning.triggers.phases import Phase
from landbalance.planning.triggers.rule import LEVELS
from landbalance.planning.triggers.skill import Skill
from landbalance.reporting import drought_words as words
from landbalance.reporting.charts import Chart
from landbalance.reporting.document import KeyNumber
from landbalance.reporting.drought_page import Page, Section, curve_chart, number_of, phase_chart, years_chart
from landbalance.reporting.maps import LegendEntry, MapSpec
from landbalance.reporting.tables import Cell, Column, Table
from landbalance.reporting.words import Tongue

SHOWN_STEPS = 24
IN_DROUGHT = (Phase.WATCH, Phase.WARNING, Phase.ALERT, Phase.EMERGENCY)


def phase_table(found: Monitor, tongue: Tongue) -> Table:
    """Return the phase of each district, since when, and what it rests on."""
    say, last = tongue.translate, found.steps.rows - 1
    dry = area_share(found.indices["spi-3"][last:], found.ground.land_km2[1:], at_most=-1.0)[0]
    rows: list[tuple[Cell, ...]] = []
    for place, name in enumerate(found.ground.districts):
        code = int(found.phases[last, place])
        since = last
        while since > 0 and found.phases[since - 1, place] == code:
            since -= 1
        before = say(words.PHASE_NAMES[int(found.phases[last - 1, place])]) if last else tongue.dash
        condition = None if found.condition is None else _known(found.condition[last, place])
        rows.append(
            (name, say(words.PHASE_NAMES[code]), found.steps.label(since), before, _known(dry[place]), condition)
        )
    columns = (
        Column(say(words.DISTRICT)),
        Column(say(words.PHASE)),
        Column(say(words.SINCE)),
        Column(say(words.BEFORE)),
        Column(say(words.DRY_LAND), "1"),
        Column(say(words.VCI), "0-100"),
    )
    return Table("phases", say(words.BULLETIN_TITLE), columns, tuple(rows))


def action_table(found: Monitor, tongue: Tongue) -> Table:
    """Return the rules with action, body and budget line."""
    say = tongue.translate
    rows = tuple(
        (
            say(words.PHASE_NAMES[LEVELS[rule.phase]]),
            f"{say(rule.name)}: {words.rule_text(rule, tongue)}",
            say(rule.action),
            say(rule.body),
            say(rule.budget_line),
        )
        for rule in found.rules
    )
    heads = (words.PHASE, words.RULE, words.ACTION, words.BODY, words.BUDGET)
    return Table("rules", say(words.RULES), tuple(Column(say(head)) for head in heads), rows)


def combined_table(found: Monitor, tongue: Tongue) -> Table | None:
    """Return the share of each district in each class of the combined indicator; None without its inputs."""
    shares = combined_shares(found)
    if not shares:
        return None
    say = tongue.translate
    columns = (
        Column(say(words.DISTRICT)),
        *(Column(say(words.COMBINED_NAMES[code]), "1") for code in words.COMBINED_NAMES),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *(float(shares[int(code)][place]) for code in words.COMBINED_NAMES))
        for place, name in enumerate(found.ground.districts)
    )
    return Table("combined", say(words.COMBINED), columns, rows)


def bulletin_page(workspace: Workspace, found: Monitor, tongue: Tongue, date: str) -> Page:
    """Return the bulletin of the last step."""
    say, codes = tongue.translate, [int(code) for code in found.phases[-1]]
    hit = [code for code in codes if code in IN_DROUGHT]
    sentence = say(words.BULLETIN_ALL_NORMAL)
    if hit:
        lowest = say(words.PHASE_NAMES[min(hit)])
        template = words.BULLETIN_SENTENCE if len(set(hit)) > 1 else words.BULLETIN_ONE_PHASE
        sentence = tongue.say(template, count=len(hit), all=len(codes), phase=lowest)
    if codes.count(Phase.NO_CALL):
        if not hit and codes.count(Phase.NO_CALL) == len(codes):
            sentence = ""
        sentence = f"{sentence} {tongue.say(words.BULLETIN_NO_CALL, count=codes.count(Phase.NO_CALL))}".strip()
    numbers = tuple(
        KeyNumber(str(codes.count(code)), say(words.PHASE_NAMES[code]))
        for code in words.PHASE_NAMES
        if codes.count(code)
    )
    start = max(found.steps.rows - SHOWN_STEPS, 0)
    names = {code: say(name) for code, name in words.PHASE_NAMES.items()}
    chart = phase_chart(
        found.ground.districts, found.steps.labels[start:], found.phases[start:].tolist(), names, say(words.HISTORY)
    )
    combined = combined_table(found, tongue)
    sections = [
        Section(say(words.PHASE_MAP), maps=(_phase_map(found, tongue),), charts=(chart,)),
        Section(say(words.DISTRICTS), tables=(phase_table(found, tongue),)),
        Section(say(words.RULES), tables=(action_table(found, tongue),)),
    ]
    if combined is not None:
        sections.append(Section(say(words.COMBINED), tables=(combined,)))
    return Page(
        say(words.BULLETIN_TITLE),
        place_of(workspace),
        found.date,
        say(words.INVENTED) if workspace.is_invented else "",
        sentence,
        numbers,
        tuple(sections),
        tuple(tongue.say(words.NO_DATA_OF, name=words.index_name(name, tongue)) for name in found.missing),
        (*map(tongue.note, found.methods), say(found.rules_from), say(words.STORED), tongue.date(date)),
    )


def trigger_page(
    workspace: Workspace, season: Season, tested: Backtest, phases: list[PhaseTest], tongue: Tongue, date: str
) -> Page:
    """Return the back-test of a trigger."""
    say, skill = tongue.translate, tested.skill
    index = f"{season.method.name} {season.month:02d}"
    if season.area_share is not None:
        index = tongue.say(words.ON_LAND, index=index, share=tongue.share(season.area_share, 0))
    sentence = tongue.say(
        words.TRIGGER_SENTENCE,
        index=index,
        threshold=tongue.number(tested.threshold, 2),
        hits=round(skill.hits),
        events=round(skill.hits + skill.misses),
        false=round(skill.false_alarms),
    )
    curves = {
        say(words.POD): tested.curve_pod.tolist(),
        say(words.FAR): tested.curve_far.tolist(),
        say(words.CSI): tested.curve_csi.tolist(),
    }
    chart = curve_chart(tested.thresholds.tolist(), curves, tested.threshold, (say(words.TRIGGER_CURVE), index))
    sections = [
        Section(say(words.TRIGGER_TABLE), tables=(skill_table(tested, phases, tongue),)),
        Section(say(words.TRIGGER_YEARS), charts=(_years_chart(season, tested, tongue),)),
        Section(say(words.TRIGGER_CURVE), charts=(chart,)),
    ]
    notes = () if tested.within_limit else (say(words.TRIGGER_LIMIT),)
    numbers = (
        KeyNumber(tongue.share(_known(skill.pod), 0), say(words.POD), _interval(tested, "pod", tongue)),
        KeyNumber(tongue.share(_known(skill.far), 0), say(words.FAR), _interval(tested, "far", tongue)),
        KeyNumber(number_of(_known(tested.return_period), tongue, 1), say(words.RETURN)),
    )
    return Page(
        say(words.TRIGGER_TITLE),
        place_of(workspace),
        tongue.date(date),
        say(words.INVENTED) if workspace.is_invented else "",
        sentence,
        numbers,
        tuple(sections),
        notes,
        (
            tongue.note(season.method.text),
            f"{season.years[0]}–{season.years[-1]}, {len(season.districts)} {say(words.DISTRICTS).lower()}",
        ),
    )


def _years_chart(season: Season, tested: Backtest, tongue: Tongue) -> Chart:
    """Return what the trigger would have done in each year."""
    say = tongue.translate
    names = [say(name) for name in (words.HITS, words.MISSES, words.FALSE_ALARMS, words.NO_CALLS)]
    return years_chart(season.years, tested.by_year().tolist(), names, say(words.TRIGGER_YEARS))


def skill_table(tested: Backtest, phases: list[PhaseTest], tongue: Tongue) -> Table:
    """Return the skill of the trigger, of its baselines, and of the phases."""
    say = tongue.translate
    rows: list[tuple[Cell, ...]] = [
        _skill_row(say(words.LEFT_OUT), tested.skill, _interval(tested, "csi", tongue)),
        _skill_row(say(words.HINDSIGHT), tested.hindsight),
        _skill_row(say(words.ALWAYS), tested.constant),
        _skill_row(say(words.CLIMATOLOGY), tested.climatology),
    ]
    for each in phases:
        name = say(words.PHASE_NAMES[LEVELS[each.phase]])
        rows.append((*_skill_row(name, each.skill)[:-1], _known(each.lead)))
    columns = (
        Column(""),
        Column(say(words.HITS), "n"),
        Column(say(words.MISSES), "n"),
        Column(say(words.FALSE_ALARMS), "n"),
        Column(say(words.POD), "1"),
        Column(say(words.FAR), "1"),
        Column(say(words.CSI), "1"),
        Column(say(words.INTERVAL)),
        Column(say(words.LEAD), "n"),
    )
    return Table("skill", say(words.TRIGGER_TABLE), columns, tuple(rows))


def _skill_row(name: str, skill: Skill, interval: str = "") -> tuple[Cell, ...]:
    """Return one row of skill."""
    ratios = (_known(skill.pod), _known(skill.far), _known(skill.csi))
    return (name, skill.hits, skill.misses, skill.false_alarms, *ratios, interval, None)


def _interval(tested: Backtest, name: str, tongue: Tongue) -> str:
    """Return an interval in words."""
    low, high = tested.intervals[name]
    if not (np.isfinite(low) and np.isfinite(high)):
        return ""
    return f"{tongue.percent(low, 0)} – {tongue.percent(high, 0)}"


def _phase_map(found: Monitor, tongue: Tongue) -> MapSpec:
    """Return the map of phases."""
    land = found.ground.land_km2[1:].sum(axis=1)
    last = found.phases[-1]
    entries = tuple(
        LegendEntry(
            code,
            words.PHASE_COLOURS[code],
            words.PHASE_PATTERNS.get(code, ""),
            tongue.translate(name),
            tongue.area(float(land[last == code].sum())),
        )
        for code, name in words.PHASE_NAMES.items()
        if code in last
    )
    title = tongue.translate(words.PHASE_MAP)
    shown = [
        f"{name}: {tongue.translate(words.PHASE_NAMES[int(code)])}"
        for name, code in zip(found.ground.districts, last, strict=True)
    ]
    return MapSpec("phases", f"{title}, {found.date}", entries, f"{title}: " + "; ".join(shown))


def _known(value: float) -> float | None:
    """Return a number, None where it is unknown or endless."""
    return float(value) if np.isfinite(value) else None
