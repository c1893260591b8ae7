"""Money: an amount in one currency, at the prices of its day or of a stated year."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from landbalance.core.errors import InputError


@dataclass(frozen=True)
class Money:
    """An amount of money.

    Parameters
    ----------
    amount : Decimal
        In units of the currency.
    currency : str
        ISO 4217.
    price_year : int or None
        Year whose prices it is stated in; None for current prices.

    Raises
    ------
    InputError
        If the amount is no finite number, or the currency no code of three capitals.

    Examples
    --------
    >>> Money(Decimal("10.5"), "USD") + Money(Decimal("4.5"), "USD")
    Money(amount=Decimal('15.0'), currency='USD', price_year=None)
    """

    amount: Decimal
    currency: str
    price_year: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal) or not self.amount.is_finite():
            raise InputError("{amount} is no amount", amount=self.amount, hint="give a finite decimal number")
        if not is_currency(self.currency):
            raise InputError("{currency} is no currency", currency=self.currency, hint="use an ISO 4217 code: USD, XOF")

    @property
    def price_base(self) -> str:
        """Return "current" or "constant:YYYY"."""
        return "current" if self.price_year is None else f"constant:{self.price_year}"

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._like(other).amount, self.currency, self.price_year)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._like(other).amount, self.currency, self.price_year)

    def times(self, factor: Decimal) -> "Money":
        """Return the amount times a pure number."""
        return Money(self.amount * factor, self.currency, self.price_year)

    def rounded(self, digits: int = 2) -> "Money":
        """Return the amount as people read it, rounded half to even."""
        step = Decimal(1).scaleb(-digits)
        return Money(self.amount.quantize(step, rounding=ROUND_HALF_EVEN), self.currency, self.price_year)

    def _like(self, other: "Money") -> "Money":
        """Return the other amount if it can be added to this one."""
        if (self.currency, self.price_year) != (other.currency, other.price_year):
            raise InputError(
                "{first} {first_base} and {second} {second_base} cannot be added",
                first=self.currency,
                first_base=self.price_base,
                second=other.currency,
                second_base=other.price_base,
                hint="convert and deflate both to one currency and one price base first",
            )
        return other


def is_currency(code: str) -> bool:
    """Return whether a text has the form of an ISO 4217 code.

    Examples
    --------
    >>> is_currency("XOF"), is_currency("usd")
    (True, False)
    """
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()
