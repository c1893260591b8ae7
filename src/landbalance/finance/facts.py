"""What a project says of itself in sentences that concept notes take over."""

from collections.abc import Sequence

from landbalance.finance.blend import Tranche
from landbalance.finance.cash_table import Appraisal


def money(amount: float, currency: str) -> str:
    """Return an amount as people read it.

    Examples
    --------
    >>> money(3_600_000, "USD"), money(45_000, "USD")
    ('USD 3.60 million', 'USD 45,000')
    """
    return f"{currency} {amount / 1e6:,.2f} million" if abs(amount) >= 1e6 else f"{currency} {amount:,.0f}"


def returns_sentence(found: Appraisal, currency: str) -> str:
    """Return what an appraisal found, with what it was weighed against."""
    rate = "no single rate of return" if found.irr.value is None else f"rate of return {found.irr.value:.1%}"
    ratio = "" if found.bcr is None else f", benefits over costs {found.bcr:.2f}"
    back = (
        "is not paid back" if found.payback.simple is None else f"is paid back after {found.payback.simple:.1f} years"
    )
    return (
        f"Against what happens without the project, at {found.rate:.0%} ({found.view} view): net present value "
        f"{money(found.npv, currency)}, {rate}{ratio}; it {back}."
    )


def stack_sentence(stack: Sequence[Tranche]) -> str:
    """Return the layers of a stack in one sentence."""
    return "; ".join(f"{each.name}: {money(each.amount, each.currency)} at {each.rate:.1%}" for each in stack)
