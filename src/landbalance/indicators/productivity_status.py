"""Land productivity status, the second sub-indicator of SDG 15.3.1."""

from landbalance.core.errors import InputError
from landbalance.core.types import StatusGrid
from landbalance.core.vocab import Status
from landbalance.indicators.productivity_dynamics import look_up, lookup_table
from landbalance.indicators.spec import Band, Indicator, Parameter

LOOKUPS = ("te", "gpg1", "gpg2")


def productivity_status(trend: StatusGrid, state: StatusGrid, performance: StatusGrid, *, lookup: str) -> StatusGrid:
    """Join trend, state and performance into one status.

    Parameters
    ----------
    trend, state, performance : ndarray of int8, shape (...)
        `Status` codes; performance is degraded or stable.
    lookup : {"te", "gpg1", "gpg2"}
        Table of Trends.Earth and PRAIS, or of the first or second Good Practice Guidance.

    Returns
    -------
    ndarray of int8, shape (...)
        `Status` codes; NODATA where one of the three is unknown.

    Raises
    ------
    InputError
        If the table is unknown or the grids differ in shape.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, table 13.
    .. [2] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2, section 4.2.5.

    Examples
    --------
    >>> import numpy as np
    >>> productivity_status(np.int8([0]), np.int8([0]), np.int8([-1]), lookup="te")
    array([0], dtype=int8)
    >>> productivity_status(np.int8([0]), np.int8([0]), np.int8([-1]), lookup="gpg2")
    array([-1], dtype=int8)
    """
    if lookup not in LOOKUPS:
        raise InputError(
            "there is no lookup {lookup}", lookup=lookup, hint="use one of {known}", known=", ".join(LOOKUPS)
        )
    return look_up(trend, state, performance, lookup_table(lookup))


INDICATOR = Indicator(
    id="productivity-status",
    title="Land productivity status",
    inputs=(Band("trend"), Band("state"), Band("performance")),
    parameters=(Parameter("lookup", "te", choices=LOOKUPS, setting="lpd_lookup"),),
    output=Status,
    kernel=productivity_status,
    references=("unccd-prais-2026", "unccd-gpg-2021"),
)
