"""The highest composite of a period, which tells deserts from land with a short green season (methods 2.9, 2.12)."""

import numpy as np

from landbalance.core.types import Array, FloatGrid
from landbalance.indicators.spec import Band, Indicator, Parameter


def series_peak(composites: Array, *, missing: float, scale: float) -> FloatGrid:
    """Return the highest valid composite of each cell in physical units.

    Parameters
    ----------
    composites : ndarray, shape (composite, ...)
        Stored values.
    missing : float
        Stored value that means no data; NaN is missing too.
    scale : float
        Physical value of one stored unit.

    Returns
    -------
    ndarray of float32, shape (...)
        NaN where no composite is valid.

    Examples
    --------
    >>> series_peak(np.int16([[2400, -32768], [1800, -32768]]), missing=-32768, scale=0.0001).tolist()
    [0.23999999463558197, nan]
    """
    known = (composites != missing) & ~np.isnan(composites)
    lowest = np.where(known, composites, -np.inf).max(axis=0)
    return np.where(np.isfinite(lowest), lowest * scale, np.nan).astype(np.float32)


INDICATOR = Indicator(
    id="series-peak",
    title="Highest composite",
    inputs=(Band("composites", "1", layer="productivity", when="series"),),
    output=Band("peak", "1"),
    kernel=series_peak,
    parameters=(Parameter("missing", -32768.0), Parameter("scale", 0.0001, unit="1", low=0.0)),
    references=("unccd-prais-2026",),
)
