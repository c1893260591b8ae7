"""When reports are due."""

from datetime import date

import pytest

from landbalance.core.cycles import coming, dues, month_end


@pytest.mark.parametrize(
    ("month", "end"),
    [("2026-11", date(2026, 11, 30)), ("2026-12", date(2026, 12, 31)), ("2027-02", date(2027, 2, 28))],
)
def test_a_month_ends_on_its_last_day(month: str, end: date) -> None:
    assert month_end(month) == end


def test_what_is_over_is_not_due_any_more() -> None:
    assert coming(dues(), date(2099, 1, 1)) == ()
    assert coming(dues(), date(2026, 11, 30)) == dues()
