"""The index table of a cover from the drought results of a workspace: a value for each district, season and year."""

import math
from collections.abc import Sequence
from pathlib import Path

from landbalance.core.progress import Progress
from landbalance.core.workspace import Workspace
from landbalance.engine.drought.back_test import EVENTS, events_of, season_of
from landbalance.finance.year_series import IndexRow, IndexTable
from landbalance.indicators.drought.index import Kind, index_method


def cover_index(
    workspace: Workspace,
    kind: Kind,
    windows: Sequence[tuple[int, int]],
    *,
    least_known: float,
    progress: Progress | None = None,
) -> IndexTable:
    """Return the index of several seasons by district, unknown where too little of a district is known.

    Parameters
    ----------
    windows : sequence of (months, month in which they end)
    least_known : float
        Share of land with a known index below which a season is not known.

    Raises
    ------
    NotFoundError, InputError, RuleError
        If rain is missing or does not fit, or events do not fit.
    """
    rows: list[IndexRow] = []
    has_events = (Path(workspace.path) / EVENTS).is_file()
    said = ""
    for months, month in windows:
        method = index_method(kind, workspace.settings(), months=months)
        season = season_of(workspace, method, month, least_known=least_known, progress=progress)
        felt = events_of(workspace, None, season.districts) if has_events else []
        happened = {(place, year) for place, year, _ in felt}
        said = said or f"{workspace.title}: {method.text}"
        for place, district in enumerate(season.districts):
            for row, year in enumerate(season.years):
                value = float(season.asked[row, place])
                event = (place, year) in happened if has_events else None
                rows.append(
                    IndexRow(district, year, month, method.name, value if math.isfinite(value) else math.nan, event)
                )
    return IndexTable(tuple(rows), said)
