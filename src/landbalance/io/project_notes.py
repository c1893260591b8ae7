"""The facts of a project that its notes take over: what its file says, its appraisal, its cover, carbon and windows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from landbalance.core.places import country
from landbalance.finance.appraisal import npv
from landbalance.finance.cash_table import with_droughts
from landbalance.finance.checklist import bankability, transformative
from landbalance.finance.enabling import Enabling
from landbalance.finance.matching import match
from landbalance.finance.products import Insured
from landbalance.finance.steps import guided
from landbalance.finance.windows import Window, bundle
from landbalance.finance.windows import windows as package_windows
from landbalance.io.blend_desk import blended
from landbalance.io.carbon_desk import RunSoil, carbon_of
from landbalance.io.project_desk import doubts_of, drawn, insured, least_cover, swings, worth_of
from landbalance.io.project_file import PathTable, Project
from landbalance.planning.targets import TargetClaim
from landbalance.reporting.note_blocks import Bullets, Fact, Facts, Origin, joined, texts
from landbalance.reporting.note_money import (
    LAYERS,
    MILLION,
    CarbonFacts,
    CoverFacts,
    LineWorth,
    TermFacts,
    Worth,
    carbon_facts,
    cover_facts,
    debt_fact,
    stack_facts,
    term_facts,
    worth_facts,
)
from landbalance.reporting.note_support import (
    checklist_facts,
    component_facts,
    enabling_facts,
    group_name,
    indicator_facts,
    people_facts,
    step_facts,
    target_facts,
    window_facts,
)
from landbalance.reporting.words import Tongue, mark

DRAWS, SEED = 20_000, 1
AS_ENTERED = mark("as entered")


@dataclass(frozen=True)
class Beside:
    """What stands beside a project: targets it serves with where they are from, grants, windows with their rules.

    Parameters
    ----------
    catalogue : sequence of Window or None
        The package's when None.
    weights : mapping or None
        Of the parts of the fit; the package's when None.
    soil : RunSoil or None
        Soil carbon of the run, in place of the reference stock.
    """

    targets: Sequence[TargetClaim] = ()
    targets_source: str = ""
    grants: Sequence[Enabling] = ()
    catalogue: Sequence[Window] | None = None
    weights: dict[str, float] | None = None
    stale_after: int | None = None
    soil: RunSoil | None = None


def project_facts(
    project: Project, name: str, day: date, tongue: Tongue, *, beside: Beside | None = None, ground: Facts | None = None
) -> dict[str, Fact]:
    """Return everything that is known of a project, by the key of the fact.

    Parameters
    ----------
    name : str
        What the project's file or record is called, for the origins.
    day : date
        The day windows are judged by.
    ground : mapping or None
        Facts of a run and of drought, where there are any; they stand after the words of people.
    """
    beside, iso = beside or Beside(), day.isoformat()
    source = Origin(tongue.say("Project file {name}", name=name), tongue.translate(AS_ENTERED), tongue.date(iso))
    claims_from = Origin(
        beside.targets_source or tongue.translate("Targets of the country"), source.method, source.date
    )
    carbon = _carbon(project, beside.soil)
    parts: list[Facts] = [
        texts(dict(project.form.texts)),
        ground or {},
        _about(project, source, tongue),
        _money(project, name, iso, source, tongue),
        _people(project, source, tongue, carbon),
        {} if carbon is None else carbon_facts(carbon, source, tongue),
        component_facts([each.component() for each in project.form.component], project.about.currency, tongue),
        target_facts(beside.targets, claims_from, tongue),
        enabling_facts([*(each.grant() for each in project.form.enabling), *beside.grants], source, tongue),
        checklist_facts(
            bankability(project.form.bankability, dscr=least_cover(project)),
            transformative(project.form.transformative), source, tongue,
        ),
        _windows(project, beside, day, tongue),
    ]  # fmt: skip
    facts = joined(parts)
    return facts | step_facts(guided(facts), tongue)


def project_warnings(project: Project, tongue: Tongue) -> tuple[str, ...]:
    """Return what a careful reader would ask of a project: doubts of its appraisal, and consent that is not there."""
    found = worth_of(project, "economic") if project.lines else None
    said = [] if found is None else [*found.warnings, *doubts_of(found)]
    unheard = [group_name(each.said(), tongue) for each in project.form.people if each.said().is_unheard]
    said += [tongue.say("consent is not there: {groups}", groups=", ".join(unheard))] if unheard else []
    return tuple(dict.fromkeys(said))


def _about(project: Project, source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return what the file says in words and single numbers."""
    about, ask = project.about, project.form.ask
    said = texts(
        {
            "title": about.title,
            "country": country_words(about.country, tongue),
            "objective": about.objective,
            "problem": about.problem,
            "agency": about.agency,
            "duration": tongue.say("{number} years", number=about.years),
            "hectares": tongue.say("{number} ha", number=tongue.number(about.hectares, 0)),
            "instruments": None
            if ask is None
            else ", ".join(tongue.translate(LAYERS.get(each, each)) for each in ask.instruments),
            "risk": None if ask is None or not ask.risk else tongue.say("Category {risk}", risk=ask.risk),
        }
    )
    if ask is not None:
        said["ask"] = Fact((tongue.say("USD {number} million", number=tongue.number(ask.amount, 2)),), (source,))
    without = tuple(_without(project, tongue))
    if without:
        said["counterfactual"] = Fact((Bullets(without),), (source,))
    if about.drought_share:
        share = tongue.share(about.drought_share, 0)
        text = tongue.say("The appraisal counts drought in {share} of the years.", share=share)
        said["drought"] = Fact((text,), (source,))
    return said


def country_words(code: str, tongue: Tongue) -> str:
    """Return the name of a country with its code; of an invented one the code alone."""
    name = country(code, invented=True).called(tongue.code)
    return code if name == code else f"{name} ({code})"


def _without(project: Project, tongue: Tongue) -> Iterable[str]:
    """Yield what each benefit loses without the project, where the file says so."""
    for row in project.form.line:
        path = row.without_project
        if row.kind == "benefit" and isinstance(path, PathTable) and path.yearly_loss:
            yield tongue.say(
                "{line}: {share} of what is left is lost each year without the project.",
                line=row.name,
                share=tongue.share(path.yearly_loss),
            )


def _money(project: Project, name: str, iso: str, source: Origin, tongue: Tongue) -> dict[str, Fact]:
    """Return the facts of the appraisal, the stack, the debt and the cover."""
    ask = project.form.ask
    asked = ask.amount * MILLION if ask is not None and project.about.currency == "USD" else None
    found = stack_facts(project.stack, source, tongue, asked)
    if project.stack:
        money = blended(project)
        arrives = money.terms.community.share if money.terms.community else None
        terms = TermFacts(money.cost.with_grants, money.cost.without_grants, arrives, money.missing_principles)
        found |= term_facts(terms, source, tongue)
    if project.lines:
        found |= worth_facts(_worth(project, name, iso), tongue)
    least = least_cover(project)
    found |= {} if least is None else debt_fact(least, source, tongue)
    if project.form.cover is not None and project.cover().has_index:
        said = insured(project)
        fit, reasons = (None, ()) if said.advice is None else (said.advice.is_fit, said.advice.reasons)
        cover = CoverFacts(*_usual(said), said.premium.premium, said.premium.rate_on_line, fit, reasons)
        found |= cover_facts(cover, project.about.currency, source, tongue)
    return found


def _usual(said: Insured) -> tuple[float, float]:
    """Return how often a cover pays and how much a year: by its closed form, else by the years on record."""
    if said.expected is not None:
        return said.expected.chance, said.expected.mean
    return said.burn.years_paid / len(said.burn.known), said.burn.mean


def _worth(project: Project, name: str, iso: str) -> Worth:
    """Return what a project is worth in both views, line by line, and how sure that is."""
    about = project.about
    lines = tuple(
        LineWorth(line.name, line.kind, line.category, npv(line.amounts("financial", about.years), about.rate))
        for line in with_droughts(project.lines, about.drought_share)
    )
    return Worth(
        currency=about.currency,
        price_year=about.price_year,
        source=name,
        date=iso,
        views=(worth_of(project, "financial"), worth_of(project, "economic")),
        lines=lines,
        outcome=drawn(project, DRAWS, SEED),
        swings=tuple(swings(project)),
    )


def _carbon(project: Project, soil: RunSoil | None) -> CarbonFacts | None:
    """Return the carbon of a project; None where it has none, or waits for the hectares of a run."""
    table = project.form.carbon
    if table is None or (table.hectares == "run" and soil is None):
        return None
    case = carbon_of(project, soil).case
    return CarbonFacts(
        total=case.balance.total,
        years=len(case.vintages),
        uncertainty=case.balance.uncertainty,
        issued=case.issued,
        open=tuple(gate.question for gate in case.open_gates),
    )


def _people(project: Project, source: Origin, tongue: Tongue, carbon: CarbonFacts | None) -> dict[str, Fact]:
    """Return whom a project is for, and the core indicators, those of people and carbon filled where left out."""
    groups = [each.said() for each in project.form.people]
    found = people_facts(groups, project.about.beneficiaries, source, tongue)
    given: dict[str, float] = dict(project.form.core_indicators)
    counted = [each.people for each in groups if each.people is not None]
    number = project.about.beneficiaries if project.about.beneficiaries is not None else sum(counted) or None
    if given and number is not None:
        given.setdefault("11", float(number))
    if given and carbon is not None:
        given.setdefault("6", carbon.total)
    return found | indicator_facts(given.items(), source, tongue)


def _windows(project: Project, beside: Beside, day: date, tongue: Tongue) -> dict[str, Fact]:
    """Return the windows that fit a project."""
    if project.form.ask is None:
        return {}
    ask, parts = project.ask()
    catalogue = package_windows() if beside.catalogue is None else beside.catalogue
    found = match(ask, catalogue, day, beside.weights, beside.stale_after)
    split = bundle(parts, catalogue) if parts else None
    return window_facts(found[:5], split, day.isoformat(), tongue)
