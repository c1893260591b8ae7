"""Is a project ready for a bank, and does it transform: questions with marks, red flags, weakest first."""

from collections.abc import Mapping
from dataclasses import dataclass

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table

BEST = 2
ANSWERS = {"yes": 1.0, "partly": 0.5, "no": 0.0}


@dataclass(frozen=True)
class Bankability:
    """Share of the marks reached [1], what stops the project, and what is open, heaviest first."""

    score: float
    red_flags: tuple[str, ...]
    open: tuple[str, ...]

    @property
    def is_bankable(self) -> bool:
        """Return whether nothing stops it."""
        return not self.red_flags


@dataclass(frozen=True)
class GroupScore:
    """One group of the checklist of transformative projects, 0 to 3."""

    code: str
    title: str
    score: float
    missing: tuple[str, ...]


def bankability(marks: Mapping[str, int], *, dscr: float | None = None) -> Bankability:
    """Return how ready a project is, from marks 0, 1 or 2 by question; what is not marked counts 0.

    Raises
    ------
    InputError
        If a mark is none of 0, 1, 2, or a question is unknown.

    Examples
    --------
    >>> found = bankability({"tenure": 2, "consent": 2, "eligible_activity": 2, "counterfactual": 0}, dscr=0.9)
    >>> found.red_flags
    ('what happens without the project', 'debt-service cover below 1')
    """
    rows = toml_table("finance/checklists")["bankability"]
    unknown = set(marks) - {row["code"] for row in rows}
    if unknown or any(mark not in range(BEST + 1) for mark in marks.values()):
        raise InputError("marks {marks} do not fit", marks=dict(marks), hint="mark known questions with 0, 1 or 2")
    flags = [row["question"] for row in rows if row.get("red_flag") and marks.get(row["code"], 0) == 0]
    if dscr is not None and dscr < 1:
        flags.append("debt-service cover below 1")
    most = sum(row["weight"] * BEST for row in rows)
    reached = sum(row["weight"] * marks.get(row["code"], 0) for row in rows)
    still = sorted((row for row in rows if marks.get(row["code"], 0) < BEST), key=lambda row: -row["weight"])
    return Bankability(reached / most, tuple(flags), tuple(row["question"] for row in still))


def transformative(answers: Mapping[str, Mapping[str, str]]) -> tuple[GroupScore, ...]:
    """Return the marks of the six groups, the weakest first; no total, so that none hides a zero.

    Parameters
    ----------
    answers : mapping of group to mapping of item to "yes", "partly" or "no"

    Raises
    ------
    InputError
        If a group, an item or an answer is unknown.

    Examples
    --------
    >>> transformative({"E": {"ownership": "yes", "capacity": "partly"}})[-1].score
    2.25
    """
    rows, groups = toml_table("finance/checklists")["transformative"], []
    _check_answers(answers, {row["code"]: tuple(row["items"]) for row in rows})
    for row in rows:
        given = answers.get(row["code"], {})
        values = [ANSWERS[given.get(item, "no")] for item in row["items"]]
        missing = tuple(item for item, value in zip(row["items"], values, strict=True) if value < 1)
        groups.append(GroupScore(row["code"], row["title"], 3 * sum(values) / len(values), missing))
    return tuple(sorted(groups, key=lambda group: (group.score, group.code)))


def _check_answers(answers: Mapping[str, Mapping[str, str]], items: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse answers to what is not asked."""
    for code, given in answers.items():
        if code not in items:
            raise InputError(
                "there is no group {code} of transformative projects", code=code, known=", ".join(items),
                hint="use one of {known}",
            )  # fmt: skip
        wrong = next((item for item in given if item not in items[code]), None)
        if wrong is not None:
            raise InputError(
                "group {code} does not ask for {item}", code=code, item=wrong, known=", ".join(items[code]),
                hint="use one of {known}",
            )  # fmt: skip
        odd = next((answer for answer in given.values() if answer not in ANSWERS), None)
        if odd is not None:
            raise InputError(
                "group {code} is answered with {answer}", code=code, answer=odd, hint="answer yes, partly or no"
            )
