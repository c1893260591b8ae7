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
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'landbalance.finance' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(_HOMES)
