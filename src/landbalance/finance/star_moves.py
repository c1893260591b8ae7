"""How much of an allocation a country may move between its focal areas (finance 1.8)."""

from landbalance.core.errors import InputError


def flexibility(
    total: float,
    request: float,
    *,
    full_below: float | None,
    marginal: tuple[float, float],
    includes_limit: bool = False,
) -> bool:
    """Return whether a country may move an amount between its focal areas.

    Parameters
    ----------
    total, request : float
        Whole allocation, and the amount to move [same unit].
    full_below : float or None
        Below this total everything may be moved; None where every country may.
    marginal : tuple of float
        Else the larger of a fixed amount and a share of the total.
    includes_limit : bool
        Whether a total of exactly `full_below` still moves everything.

    Raises
    ------
    InputError
        If an amount is negative.

    Examples
    --------
    >>> [flexibility(total, 2.3, full_below=7.0, marginal=(2.0, 0.13)) for total in (20.0, 12.0)]
    [True, False]
    """
    if total < 0 or request < 0:
        raise InputError(
            "amounts are {total} and {request}", total=total, request=request, hint="give no negative amount"
        )
    return request <= most_to_move(total, full_below=full_below, marginal=marginal, includes_limit=includes_limit)


def most_to_move(
    total: float, *, full_below: float | None, marginal: tuple[float, float], includes_limit: bool = False
) -> float:
    """Return the most a country may move between its focal areas.

    Examples
    --------
    >>> [most_to_move(7.0, full_below=7.0, marginal=(2.0, 0.0), includes_limit=which) for which in (True, False)]
    [7.0, 2.0]
    """
    if full_below is None or total < full_below or (includes_limit and total == full_below):
        return total
    return marginal_limit(total, marginal)


def marginal_limit(total: float, marginal: tuple[float, float]) -> float:
    """Return how much may be moved between focal areas: the larger of a fixed amount and a share.

    Examples
    --------
    >>> marginal_limit(12.0, (2.0, 0.13)), round(marginal_limit(20.0, (2.0, 0.13)), 2)
    (2.0, 2.6)
    """
    return max(marginal[0], marginal[1] * total)
