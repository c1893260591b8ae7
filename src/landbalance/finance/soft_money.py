"""What is asked of soft money: its principles in writing, the tests of soft loans, structures and known deals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table
from landbalance.finance.blend import grant_element

TABLE = "finance/blend"


@dataclass(frozen=True)
class Principle:
    """A question that is answered in writing before soft money is given; the answer is empty where it is missing."""

    code: str
    question: str
    answer: str

    @property
    def is_answered(self) -> bool:
        """Return whether something is written."""
        return bool(self.answer.strip())


@dataclass(frozen=True)
class SoftLoanTest:
    """Whether a loan is soft enough for a group of countries, at that group's rate."""

    group: str
    title: str
    rate: float
    least: float
    grant_element: float
    tag: str

    @property
    def is_passed(self) -> bool:
        """Return whether the grant element reaches the least."""
        return self.grant_element >= self.least


@dataclass(frozen=True)
class Structure:
    """A way to put money together that fits small countries, and the table of a project file that works it out."""

    code: str
    title: str
    what: str
    wants: str
    table: str
    tag: str


@dataclass(frozen=True)
class Deal:
    """A conversion of debt for nature: who and when is known; figures [USD million] are users', with their source.

    Parameters
    ----------
    price : float or None
        Of the buy-back, as a share of the face.
    to_land : float or None
        Paid to land or nature each year.
    """

    country: str
    year: int
    tag: str
    face: float | None = None
    price: float | None = None
    new_loan: float | None = None
    to_land: float | None = None
    source: str = ""


@dataclass(frozen=True)
class Context:
    """What a dollar of public money brought in elsewhere; for orientation, never used in a calculation."""

    private_per_public: float
    private_per_public_low_income: float
    tag: str
    source: str


def principles(answers: Mapping[str, str]) -> tuple[Principle, ...]:
    """Return what is asked of soft money with what was written.

    Raises
    ------
    InputError
        If an answer is to none of the questions.

    Examples
    --------
    >>> [each.code for each in principles({"additionality": "no bank lends for 12 years"}) if each.is_answered]
    ['additionality']
    """
    rows = toml_table(TABLE)["principle"]
    wrong = next((code for code in answers if code not in {row["code"] for row in rows}), None)
    if wrong is not None:
        raise InputError("there is no principle {code}", code=wrong, known=", ".join(row["code"] for row in rows),
                         hint="use one of {known}")  # fmt: skip
    return tuple(Principle(row["code"], row["question"], answers.get(row["code"], "")) for row in rows)


def soft_loan_test(principal: float, rate: float, years: int, group: str) -> SoftLoanTest:
    """Return whether a loan with level payments counts as soft for a group of countries.

    Raises
    ------
    NotFoundError
        If there is no test for the group.

    Examples
    --------
    >>> found = soft_loan_test(30, 0.03, 10, "ldc")
    >>> round(found.grant_element, 6), found.is_passed
    (0.247655, False)
    """
    rows = {row["group"]: row for row in toml_table(TABLE)["soft_loan_test"]}
    if group not in rows:
        raise NotFoundError("there is no test of soft loans for {group}", group=group, known=", ".join(rows),
                            hint="use one of {known}")  # fmt: skip
    row = rows[group]
    element = grant_element(principal, rate, years, row["rate"]).grant_element
    return SoftLoanTest(group, row["title"], row["rate"], row["least"], element, row["tag"])


def structures() -> tuple[Structure, ...]:
    """Return the catalogue of structures.

    Examples
    --------
    >>> structures()[0].code
    'pool'
    """
    return tuple(Structure(**row) for row in toml_table(TABLE)["structure"])


def deals(own: Sequence[Deal] = ()) -> tuple[Deal, ...]:
    """Return the known conversions of debt for nature, the oldest first, and those of users in their place.

    Raises
    ------
    InputError
        If figures of a user have no source.

    Examples
    --------
    >>> deals()[0].country, deals([Deal("SYC", 2015, "S", face=30.0, source="a paper")])[0].face
    ('SYC', 30.0)
    """
    bare = next((each for each in own if not each.source.strip()), None)
    if bare is not None:
        raise InputError("the deal of {country}, {year} has no source", country=bare.country, year=bare.year,
                         hint="say where its figures are from")  # fmt: skip
    found = {(row["country"], row["year"]): Deal(**row) for row in toml_table(TABLE)["deal"]}
    found |= {(each.country, each.year): each for each in own}
    return tuple(sorted(found.values(), key=lambda each: (each.year, each.country)))


def context() -> Context:
    """Return what a dollar of public money brought in elsewhere.

    Examples
    --------
    >>> context().tag
    'K'
    """
    return Context(**toml_table(TABLE)["context"])
