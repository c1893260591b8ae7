"""Private money that official money mobilised, attributed once."""

from collections.abc import Sequence
from dataclasses import dataclass

from landbalance.core.errors import InputError

MECHANISMS = ("guarantee", "syndicated_loan", "fund_shares", "direct_investment", "credit_line", "simple_cofinancing")


@dataclass(frozen=True)
class Official:
    """An official actor of a deal: amount, whether it leads (arranger) and whether it takes the riskiest part."""

    name: str
    amount: float
    is_arranger: bool = False
    is_riskiest: bool = False


def mobilised(private: float, mechanism: str, officials: Sequence[Official]) -> dict[str, float]:
    """Return the private money attributed to each official actor; the parts sum to the whole.

    Parameters
    ----------
    private : float
        Private money with a causal link to the official, one currency.
    mechanism : str
        One of `MECHANISMS`.
    officials : sequence of Official

    Raises
    ------
    InputError
        If the mechanism is unknown, or nobody official took part.

    References
    ----------
    .. [1] OECD, methods to measure the private finance mobilised by official interventions (recalled, to be verified).

    Examples
    --------
    >>> mobilised(60, "syndicated_loan", [Official("A", 20, True), Official("B", 10), Official("C", 10)])
    {'A': 45.0, 'B': 7.5, 'C': 7.5}
    """
    if mechanism not in MECHANISMS:
        raise InputError(
            "{name} is no leveraging mechanism", name=mechanism, hint="one of {known}", known=", ".join(MECHANISMS)
        )
    total = sum(official.amount for official in officials)
    if not officials or total <= 0:
        raise InputError("a deal without official money mobilises nothing", hint="name the official actors")
    leaders = [official for official in officials if _leads(official, mechanism)]
    half = private / 2 if leaders else 0.0
    found = {}
    for official in officials:
        share = half / len(leaders) if official in leaders else 0.0
        found[official.name] = share + (private - half) * official.amount / total
    return found


def _leads(official: Official, mechanism: str) -> bool:
    """Return whether an actor shares in the half that goes to those who lead or bear most risk."""
    if mechanism == "syndicated_loan":
        return official.is_arranger
    return mechanism in ("fund_shares", "direct_investment") and official.is_riskiest
