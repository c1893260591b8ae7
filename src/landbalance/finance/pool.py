"""A pool of several countries: who may enter, who is too large, and how much losses even out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from landbalance.core.errors import InputError
from landbalance.core.types import Array
from landbalance.core.words import Words

METHOD = "pool/1"
CLOSE = 1e-9


@dataclass(frozen=True)
class Member:
    """One member of a pool.

    Parameters
    ----------
    amount, sd : float
        What it borrows, and the spread of the result of one unit of it.
    standards : frozenset of str
        Standards it has taken over.
    is_eligible, has_cross_default : bool or None
        None where nobody has said.
    """

    name: str
    amount: float
    sd: float
    currency: str
    standards: frozenset[str] = frozenset()
    is_eligible: bool | None = None
    has_cross_default: bool | None = None


@dataclass(frozen=True)
class PoolRules:
    """What the pool asks of its members: largest share of one [1], standards of all, currency of account."""

    cap: float
    currency: str
    standards: tuple[str, ...] = ()


@dataclass(frozen=True)
class Breach:
    """A rule that a member does not keep, and what would help."""

    member: str
    rule: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Pool:
    """Spread of one unit alone (mean of the members) and together, shares, and what stands in the way."""

    alone: float
    together: float
    shares: tuple[float, ...]
    breaches: tuple[Breach, ...]

    @property
    def gain(self) -> float | None:
        """Return by which share pooling lowers the spread; None without a spread."""
        return 1 - self.together / self.alone if self.alone else None


def pooled(members: Sequence[Member], rules: PoolRules, correlation: float | Sequence[Sequence[float]] | Array) -> Pool:
    """Return how much losses of members even out, and which rules they do not keep.

    Parameters
    ----------
    correlation : float or ndarray of float64, shape (member, member)
        Between the results of two members: one for all, or a matrix.

    Raises
    ------
    InputError
        If there are no members, an amount or spread does not fit, two have one name, or the correlation cannot be.

    References
    ----------
    .. [1] Variance of a weighted sum: w' S w with S the covariance of the members.

    Examples
    --------
    >>> rules = PoolRules(cap=0.25, currency="USD")
    >>> eight = [Member(str(number), 1.0, 0.10, "USD", is_eligible=True, has_cross_default=False)
    ...          for number in range(8)]
    >>> found = pooled(eight, rules, 0.2)
    >>> round(found.together, 6), found.breaches
    (0.054772, ())
    """
    _check(members, rules)
    amounts = np.array([each.amount for each in members], dtype=np.float64)
    spreads = np.array([each.sd for each in members], dtype=np.float64)
    shares = amounts / amounts.sum()
    weighted = shares * spreads
    together = math.sqrt(max(0.0, float(weighted @ correlation_matrix(correlation, len(members)) @ weighted)))
    every = tuple(
        breach for each, share in zip(members, shares, strict=True) for breach in _breaches(each, share, rules)
    )
    return Pool(float(weighted.sum()), together, tuple(shares.tolist()), every)


def correlation_matrix(correlation: float | Sequence[Sequence[float]] | Array, members: int) -> Array:
    """Return correlations as a matrix that can be.

    Raises
    ------
    InputError
        If it is not square, symmetric, with ones on its diagonal, or no results go together like this.

    Examples
    --------
    >>> correlation_matrix(0.5, 2).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    try:
        given = np.asarray(correlation, dtype=np.float64)
    except ValueError:
        given = np.zeros(0)
    found = np.where(np.eye(members, dtype=bool), 1.0, given) if given.ndim == 0 else given
    if found.shape != (members, members) or not np.allclose(found, found.T) or not np.allclose(np.diag(found), 1):
        raise InputError(
            "the correlation is no table of {members} by {members}", members=members,
            hint="give one number, or a row for each member with 1 for itself and the same value both ways",
        )  # fmt: skip
    if np.linalg.eigvalsh(found)[0] < -CLOSE:
        raise InputError(
            "no {members} results go together with a correlation of {least:g}", members=members, least=found.min(),
            hint="give correlations that can be true at once, most of them above zero",
        )  # fmt: skip
    return np.asarray(found)


def _breaches(member: Member, share: float, rules: PoolRules) -> list[Breach]:
    """Return the rules a member does not keep; what nobody has said is not kept."""
    name = member.name
    missing = ", ".join(each for each in rules.standards if each not in member.standards)
    asked = (
        (member.is_eligible is not True, "eligibility",
         Words("{member} has not been found eligible", member=name),
         Words("show that it keeps the conditions of the pool")),
        (share > rules.cap + CLOSE, "cap",
         Words("{member} is {share:.0%} of the pool, at most {cap:.0%} is allowed", member=name, share=share,
               cap=rules.cap),
         Words("lend it less, or bring in more members")),
        (bool(missing), "standards",
         Words("{member} has not taken over {standards}", member=name, standards=missing),
         Words("agree on common standards before the first loan")),
        (member.currency != rules.currency, "currency",
         Words("{member} borrows in {own}, the pool counts in {currency}", member=name, own=member.currency,
               currency=rules.currency),
         Words("lend in the currency of account, or hedge")),
        (member.has_cross_default is not False, "cross_default",
         Words("cross-default is not excluded for {member}", member=name),
         Words("exclude it in the papers of the pool")),
    )  # fmt: skip
    return [Breach(name, rule, reason, remedy) for applies, rule, reason, remedy in asked if applies]


def _check(members: Sequence[Member], rules: PoolRules) -> None:
    """Refuse a pool that cannot be summed, or whose cap no set of members can keep."""
    if not members or any(each.amount <= 0 or each.sd < 0 for each in members):
        raise InputError(
            "the pool has no members, or one without an amount", hint="enter each member with its amount and spread"
        )
    if len({each.name for each in members}) < len(members):
        raise InputError("two members of the pool have one name", hint="give every member a name of its own")
    if not 0 < rules.cap <= 1:
        raise InputError("{name} is {value}", name="cap", value=rules.cap, hint="give a share from 0 to 1")
    if rules.cap * len(members) < 1 - CLOSE:
        raise InputError(
            "{members} members cannot each stay within {cap:.0%} of the pool", members=len(members), cap=rules.cap,
            least=math.ceil(1 / rules.cap - CLOSE), hint="bring in {least} or more, or set the cap higher",
        )  # fmt: skip
