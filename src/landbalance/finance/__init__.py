"""Finance of land degradation neutrality: flows counted once, classes, prices, needs, gap, subsidies, strategy.

Names are handed on lazily; parsers and writers live in `landbalance.io`.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "coefficient": "landbalance.finance.classify",
    "rio_totals": "landbalance.finance.rio",
    "overlap_matrix": "landbalance.finance.rio",
    "suggest_from_text": "landbalance.finance.suggest",
    "budget_class": "landbalance.finance.budgets",
    "convert": "landbalance.finance.prices",
    "deflate": "landbalance.finance.prices",
    "index_series": "landbalance.finance.prices",
    "match_transfers": "landbalance.finance.transfers",
    "cluster_duplicates": "landbalance.finance.duplicates",
    "boundary_totals": "landbalance.finance.transfers",
    "count_once": "landbalance.finance.counting",
    "mobilised": "landbalance.finance.mobilisation",
    "so5_report": "landbalance.finance.so5",
    "pse": "landbalance.finance.subsidy",
    "screen_score": "landbalance.finance.subsidy",
    "repurpose": "landbalance.finance.subsidy",
    "rollout": "landbalance.finance.needs",
    "cost_schedule": "landbalance.finance.needs",
    "annualise": "landbalance.finance.needs",
    "gap": "landbalance.finance.needs",
    "crf": "landbalance.finance.needs",
    "expected": "landbalance.finance.strategy",
    "residual": "landbalance.finance.strategy",
    "checks": "landbalance.finance.strategy",
    "gpi": "landbalance.finance.star",
    "gbi_ld": "landbalance.finance.star",
    "score": "landbalance.finance.star",
    "allocate": "landbalance.finance.star",
    "drought_variant": "landbalance.finance.star",
    "aggregate_floor": "landbalance.finance.star",
    "flexibility": "landbalance.finance.star_moves",
    "compare": "landbalance.finance.star_shift",
    "npv": "landbalance.finance.appraisal",
    "irr": "landbalance.finance.appraisal",
    "mirr": "landbalance.finance.appraisal",
    "bcr": "landbalance.finance.appraisal",
    "payback": "landbalance.finance.appraisal",
    "eanb": "landbalance.finance.appraisal",
    "switching": "landbalance.finance.appraisal",
    "tornado": "landbalance.finance.appraisal",
    "monte_carlo": "landbalance.finance.risk",
    "appraise": "landbalance.finance.cash_table",
    "cost_of_funds": "landbalance.finance.blend",
    "loss_waterfall": "landbalance.finance.blend",
    "cash_waterfall": "landbalance.finance.blend",
    "dscr": "landbalance.finance.debt",
    "llcr": "landbalance.finance.debt",
    "sculpt": "landbalance.finance.debt",
    "guarantee_fee": "landbalance.finance.blend",
    "grant_element": "landbalance.finance.blend",
    "debt_swap": "landbalance.finance.debt",
    "pause_clause": "landbalance.finance.debt",
    "pool_sd": "landbalance.finance.blend",
    "pass_through": "landbalance.finance.blend",
    "stack_cash": "landbalance.finance.stack_cash",
    "pooled": "landbalance.finance.pool",
    "track": "landbalance.finance.community",
    "principles": "landbalance.finance.soft_money",
    "soft_loan_test": "landbalance.finance.soft_money",
    "pauses": "landbalance.finance.debt",
    "endowment": "landbalance.finance.debt",
    "payout": "landbalance.finance.insure",
    "expected_payout_normal": "landbalance.finance.insure",
    "burn": "landbalance.finance.burning",
    "premium": "landbalance.finance.burning",
    "basis_risk": "landbalance.finance.basis",
    "soc_change": "landbalance.finance.carbon",
    "biomass_gain": "landbalance.finance.carbon",
    "timing": "landbalance.finance.carbon",
    "credits": "landbalance.finance.carbon",
    "revenue_npv": "landbalance.finance.carbon",
    "vintages": "landbalance.finance.carbon_credits",
    "carbon_case": "landbalance.finance.carbon_case",
    "cost_curve": "landbalance.finance.cost_curve",
    "eligible": "landbalance.finance.matching",
    "match": "landbalance.finance.matching",
    "match_all": "landbalance.finance.matching",
    "bundle": "landbalance.finance.windows",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'landbalance.finance' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(_HOMES)
