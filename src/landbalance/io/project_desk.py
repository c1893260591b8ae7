"""Everything the desk says of a project: its worth, how sure that is, its cover, and the facts its notes take over."""

from dataclasses import dataclass

import numpy as np

from landbalance.core.tables import toml_table
from landbalance.finance import insure
from landbalance.finance.appraisal import npv
from landbalance.finance.basis_risk import Advice, BasisRisk, advise, basis_risk
from landbalance.finance.cash_table import Appraisal, View, appraise, with_droughts
from landbalance.finance.debt import dscr
from landbalance.finance.facts import insurance_sentence, known, money, returns_sentence, stack_sentence
from landbalance.finance.risk import Outcome, monte_carlo
from landbalance.io.project_file import Project, correlation_of


@dataclass(frozen=True)
class Insured:
    """A cover with what it pays, what it costs and how well it follows losses; the last two None without losses."""

    expected: insure.Expected
    burn: insure.Burn
    premium: insure.Premium
    basis_risk: BasisRisk | None
    advice: Advice | None


def worth_of(project: Project, view: View) -> Appraisal:
    """Return the appraisal of a project in one view, droughts counted."""
    about = project.about
    return appraise(
        with_droughts(project.lines, about.drought_share),
        years=about.years,
        rate=about.rate,
        view=view,
        finance_rate=about.finance_rate,
        reinvest_rate=about.reinvest_rate,
        hectares=about.hectares,
        is_dryland=about.dryland,
    )


def drawn(project: Project, draws: int, seed: int) -> Outcome | None:
    """Return many draws of the worth in the financial view; None where nothing is said to be uncertain."""
    if not project.drivers:
        return None
    about = project.about
    worth = {
        line.name: (1 if line.kind == "benefit" else -1) * npv(line.amounts("financial", about.years), about.rate)
        for line in with_droughts(project.lines, about.drought_share)
    }
    rng = np.random.default_rng(seed)
    return monte_carlo(worth, project.drivers, draws=draws, rng=rng, correlation=correlation_of(project))


def insured(project: Project) -> Insured:
    """Return what a project's cover pays, costs and misses."""
    cover, table = project.cover()
    burnt = insure.burn(table.index, cover, detrend=table.detrend, rng=np.random.default_rng(1))
    price = insure.premium(burnt.payouts, cover.limit, expense=table.expense, spread_load=table.spread_load)
    expected = insure.expected_payout_normal(cover)
    if not table.losses:
        return Insured(expected, burnt, price, None, None)
    risk = basis_risk(burnt.payouts, table.losses, bad=table.bad, worst=table.worst)
    pairs = zip(table.losses, burnt.payouts, strict=True)
    unpaid = [loss for loss, paid in pairs if loss >= table.bad and not paid]
    guards = toml_table("finance/checklists")["basis_risk"]
    limits = {name: guards[name] for name in ("most_missed", "least_correlation")}
    advice = advise(risk, sum(unpaid) / len(unpaid) if unpaid else 0.0, **limits)
    return Insured(expected, burnt, price, risk, advice)


def least_cover(project: Project) -> float | None:
    """Return the lowest debt-service cover of a project's loan; None without a loan."""
    debt = project.form.debt
    return None if debt is None else dscr(debt.cash, debt.amount, debt.rate, len(debt.cash)).least


def facts_of(project: Project) -> dict[str, str]:
    """Return what is known of a project, in sentences, by the key of the field of a note it fills."""
    about, ask = project.about, project.form.ask
    total = sum(each.amount for each in project.stack if each.kind != "guarantee")
    cover = insured(project) if project.form.cover else None
    said = (
        None
        if cover is None or cover.advice is None
        else insurance_sentence(cover.expected, cover.advice, about.currency)
    )
    return known(
        {
            "title": about.title,
            "country": about.country,
            "objective": about.objective,
            "problem": about.problem,
            "agency": about.agency,
            "duration": f"{about.years} years",
            "hectares": f"{about.hectares:,.0f} ha",
            "beneficiaries": None if about.beneficiaries is None else f"{about.beneficiaries:,} people",
            "returns": returns_sentence(worth_of(project, "economic"), about.currency),
            "stack": stack_sentence(project.stack) if project.stack else None,
            "total_cost": money(total, about.currency) if total else None,
            "ask": None if ask is None else f"USD {ask.amount:g} million",
            "instruments": None if ask is None else ", ".join(ask.instruments),
            "risk": None if ask is None else ask.risk,
            "insurance": said,
        }
    )
