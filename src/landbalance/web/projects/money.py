"""Who pays for a project, what a cover costs and what its carbon comes to: the parts of one page."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from landbalance.core.errors import LandbalanceError
from landbalance.io.blend_desk import blended
from landbalance.io.carbon_desk import carbon_of
from landbalance.io.cover_desk import insured_products
from landbalance.io.project_file import Project
from landbalance.registry.spoken import spoken
from landbalance.reporting.blend_chapter import gates_table
from landbalance.reporting.blend_charts import cash_waterfall_chart, cash_years_chart, credits_chart, loss_chart
from landbalance.reporting.charts import Chart
from landbalance.reporting.cover_charts import history_chart
from landbalance.reporting.cover_page import product_table
from landbalance.reporting.tables import Table
from landbalance.reporting.words import Tongue
from landbalance.web.site.templatetags.numbers import number, share


@dataclass
class Part:
    """One part of the page: what is said, what is to be heeded, tables and charts; or why it cannot be worked out."""

    name: str
    title: str
    sentences: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    fault: str = ""


def parts_of(project: Project, tongue: Tongue) -> list[Part]:
    """Return the parts a project has: blended money, cover, carbon."""
    found = (
        (bool(project.stack), Part("blend", _("Blended money")), _blend),
        (project.form.cover is not None, Part("cover", _("Drought cover")), _cover),
        (project.form.carbon is not None, Part("carbon", _("Carbon")), _carbon),
    )
    return [_worked_out(part, fill, project, tongue) for is_there, part, fill in found if is_there]


def money_charts(project: Project, tongue: Tongue) -> dict[str, Chart]:
    """Return the charts of all parts by name."""
    return {chart.id: chart for part in parts_of(project, tongue) for chart in part.charts}


def _worked_out(part: Part, fill: Callable[[Part, Project, Tongue], None], project: Project, tongue: Tongue) -> Part:
    """Return a part filled in; what is wrong with it stands in its place and harms no other."""
    try:
        fill(part, project, tongue)
    except LandbalanceError as error:
        part.fault = spoken(error)
    return part


def _blend(part: Part, project: Project, tongue: Tongue) -> None:
    """Say what the money costs, who is paid and who bears losses first."""
    found, currency = blended(project), project.about.currency
    said = {"with": share(found.cost.with_grants, 2), "without": share(found.cost.without_grants, 2)}
    part.sentences.append(_("The money costs %(with)s a year with grants, %(without)s without.") % said)
    if found.debt is not None:
        mean = sum(found.debt.dscr) / len(found.debt.dscr)
        covered = {"least": number(found.debt.least, 2), "mean": number(mean, 2)}
        said_of = _("A level loan is covered %(least)s times in the worst year, %(mean)s on average.") % covered
        (part.warnings if found.debt.least < 1 else part.sentences).append(said_of)
    if found.sculpted is not None:
        carried = {"amount": number(found.sculpted.capacity), "currency": currency}
        part.sentences.append(_("Shaped to the cash, the loan may be %(amount)s %(currency)s.") % carried)
    unanswered = [tongue.note(each) for each in found.missing_principles]
    part.warnings += [_("Not answered yet: %(questions)s") % {"questions": " ".join(unanswered)}] if unanswered else []
    if found.cash is not None:
        part.charts += [cash_waterfall_chart(found.cash, currency, tongue)]
        part.charts += [cash_years_chart(found.cash, currency, tongue)]
    part.charts.append(loss_chart(found.losses, currency, tongue))


def _cover(part: Part, project: Project, tongue: Tongue) -> None:
    """Say what the cover pays and costs, and whether it may be offered."""
    products, currency = insured_products(project.cover()), project.about.currency
    part.tables.append(product_table(products, tongue, currency))
    for each in products:
        if each.advice is None:
            part.warnings.append(_("%(name)s: without losses nobody knows how well it follows them.") % vars(each))
        elif each.advice.is_fit:
            part.sentences.append(_("%(name)s follows losses well enough to be offered.") % vars(each))
        else:
            reasons = "; ".join(tongue.note(reason) for reason in each.advice.reasons)
            part.warnings.append(_("%(name)s: no cover is advised: %(why)s") % {"name": each.name, "why": reasons})
    part.charts.append(history_chart(products[0], tongue, currency))


def _carbon(part: Part, project: Project, tongue: Tongue) -> None:
    """Ask the questions of integrity first, then say what is bound and what of it could be sold."""
    found = carbon_of(project)
    part.tables.append(gates_table(found.case, tongue))
    part.sentences += list(_carbon_sentences(found.case.balance.total, len(found.case.vintages), found.case.issued))
    if found.case.balance.uncertainty is not None:
        unsure = {"share": share(found.case.balance.uncertainty)}
        part.sentences.append(_("Give or take %(share)s.") % unsure)
    if found.case.open_gates:
        part.warnings.append(_("No revenue is shown before every question of integrity is answered."))
    elif found.case.revenue is not None:
        worth = {"amount": number(found.case.revenue.worth), "currency": project.about.currency}
        part.sentences.append(_("Revenue less its costs, present value: %(amount)s %(currency)s.") % worth)
    part.warnings += [tongue.note(each) for each in found.notes]
    part.charts.append(credits_chart(found.case.vintages, tongue))


def _carbon_sentences(total: float, years: int, issued: float) -> Iterator[str]:
    """Yield what is bound, and what of it could be sold."""
    said = {"total": number(total), "years": number(years), "issued": number(issued)}
    yield _("%(total)s t CO2e in %(years)s years by Tier 1; %(issued)s t of them could be sold.") % said
