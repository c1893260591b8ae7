"""When an action shows: work spread over years, an effect some years later, and what is left to the target year."""

from landbalance.core.errors import InputError


def arrived_share(first_year: int, last_year: int, lag_years: int, target_year: int) -> float:
    """Return the share [1] of the land, treated evenly from first to last year, that shows by the target year.

    Raises
    ------
    InputError
        If the last year comes before the first.

    Examples
    --------
    >>> arrived_share(2024, 2027, 5, 2030)
    0.5
    """
    years = _years(first_year, last_year)
    return sum(year + lag_years <= target_year for year in years) / len(years)


def protected_share(first_year: int, last_year: int, lag_years: int, now_year: int, target_year: int) -> float:
    """Return the share [1] of the loss to come, from now to the target year, that falls after the effect begins.

    Loss comes evenly; land is treated evenly from first to last year.

    Raises
    ------
    InputError
        If the years do not follow one another.

    Examples
    --------
    >>> protected_share(2024, 2024, 3, 2023, 2030), protected_share(2023, 2023, 0, 2023, 2030)
    (0.42857142857142855, 1.0)
    """
    if target_year <= now_year:
        hint = "give a target year after the last period"
        raise InputError("the target year is {target}, now is {now}", target=target_year, now=now_year, hint=hint)
    years = _years(first_year, last_year)
    left = [min(max(target_year - year - lag_years, 0), target_year - now_year) for year in years]
    return sum(left) / (len(years) * (target_year - now_year))


def last_useful_year(first_year: int, lag_years: int, target_year: int) -> int:
    """Return the last year in which work still shows by the target year; the first year where none does.

    Examples
    --------
    >>> last_useful_year(2024, 5, 2030), last_useful_year(2028, 5, 2030)
    (2025, 2028)
    """
    return max(first_year, target_year - lag_years)


def _years(first_year: int, last_year: int) -> range:
    """Return the years of work."""
    if last_year < first_year:
        hint = "the last year of work must not come before the first"
        raise InputError("work runs from {first} to {last}", first=first_year, last=last_year, hint=hint)
    return range(first_year, last_year + 1)
