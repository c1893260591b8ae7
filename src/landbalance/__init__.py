"""Land degradation neutrality, from pixels to the national report.

Names are handed on lazily: importing this package imports nothing else.
"""

from importlib import import_module
from typing import Any

_FINANCE = (
    "coefficient",
    "rio_totals",
    "overlap_matrix",
    "suggest_from_text",
    "budget_class",
    "match_transfers",
    "cluster_duplicates",
    "boundary_totals",
    "count_once",
    "mobilised",
    "so5_report",
    "pse",
    "screen_score",
    "repurpose",
    "rollout",
    "cost_schedule",
    "annualise",
    "crf",
)
_HOMES = {
    **dict.fromkeys(_FINANCE, "landbalance.finance"),
    "cell_area_km2": "landbalance.grid.areas",
    "mann_kendall": "landbalance.indicators.api",
    "theil_sen": "landbalance.indicators.api",
    "productivity_trend": "landbalance.indicators.api",
    "productivity_state": "landbalance.indicators.api",
    "productivity_performance": "landbalance.indicators.api",
    "productivity_dynamics": "landbalance.indicators.api",
    "fao_wocat_dynamics": "landbalance.indicators.api",
    "soc_stock": "landbalance.indicators.api",
    "soc_status": "landbalance.indicators.api",
    "land_cover_status": "landbalance.indicators.api",
    "one_out_all_out": "landbalance.indicators.api",
    "land_condition_status": "landbalance.indicators.api",
    "recode": "landbalance.indicators.api",
    "spi": "landbalance.indicators.drought.api",
    "spei": "landbalance.indicators.drought.api",
    "pet": "landbalance.indicators.drought.api",
    "drought_class": "landbalance.indicators.drought.api",
    "combined_drought_indicator": "landbalance.indicators.drought.api",
    "drought_vulnerability": "landbalance.indicators.drought.api",
    "backtest": "landbalance.planning.triggers.backtest",
    "assess": "landbalance.engine.assess",
    "import_crs": "landbalance.io.crs",
    "import_iati": "landbalance.io.iati",
    "export_iati": "landbalance.io.iati_export",
    "import_budget": "landbalance.io.budget",
    "response_hierarchy": "landbalance.indicators.response_hierarchy",
    "balance": "landbalance.accounting.balance",
    "balance_of_cells": "landbalance.accounting.balance",
    "business_as_usual": "landbalance.accounting.business_as_usual",
    "scenario": "landbalance.planning.scenario",
    "plan": "landbalance.planning.plan",
    "target_progress": "landbalance.planning.targets",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for."""
    if name == "__version__":
        return import_module("landbalance._version").__version__
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'landbalance' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names."""
    return ["__version__", *sorted(_HOMES)]
