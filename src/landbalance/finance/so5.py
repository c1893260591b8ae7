"""Strategic objective 5: the activity sheets, their yearly summaries, trends, and the note on method."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from landbalance.core.dated import Dated, dated_values
from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table

SHEETS = ("SO5-1", "SO5-2", "SO5-3", "SO5-4", "SO5-5")
MONEY_SHEETS = ("SO5-1", "SO5-2", "SO5-3")
SPENDING, FUNDING = ("expenditure", "investment"), ("revenue", "borrowing")


@dataclass(frozen=True)
class MethodNote:
    """What a reader must know of the numbers: perspective, measure, price base, coverage, coefficients, sources."""

    perspective: str
    measure: str
    price_base: str
    coverage: str
    coefficients: str
    rates: str
    technology: str
    left_out: str


@dataclass(frozen=True)
class So5Report:
    """The sheets with their rows, money by year and heading, the trend of each heading, and the method."""

    years: tuple[int, ...]
    sheets: Mapping[str, pd.DataFrame]
    summary: pd.DataFrame
    trends: Mapping[str, str]
    need_gap_usd: float
    method: MethodNote


def so5_report(
    sheets: Mapping[str, pd.DataFrame],
    years: tuple[int, int],
    method: MethodNote,
    *,
    real: Mapping[int, float] | None = None,
) -> So5Report:
    """Return the report of strategic objective 5.

    Parameters
    ----------
    sheets : mapping of str to DataFrame
        Rows by sheet in the columns of `columns_of`; SO5-4 left out is made of the rows with technology transfer,
        a given one replaces it. Amounts in USD.
    years : (int, int)
        First and last, inclusive.
    method : MethodNote
    real : mapping of int to float, optional
        Factor by year to constant prices, for the trends; current prices without.

    Returns
    -------
    So5Report
        SO5-4 stands beside the other sheets and is never added to them.

    Raises
    ------
    InputError
        If a row lies outside the years, has an unknown value, or two sheets hold the same money of one source.

    References
    ----------
    .. [1] UNCCD (2026), PRAIS 4 reporting manual, strategic objective 5.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2020], "title": ["Zai"], "amount_usd": [5.0], "direction": ["received"]})
    >>> note = MethodNote("recipient", "disbursement", "current", "", "", "", "", "")
    >>> so5_report({"SO5-1": rows}, (2020, 2023), note).summary.loc[2020, "SO5-1 received"]
    np.float64(5.0)
    """
    if years[1] < years[0]:
        raise InputError("the years run from {first} to {last}", first=years[0], last=years[1], hint="first, then last")
    filled = {name: _complete(name, sheets.get(name)) for name in SHEETS}
    for name in MONEY_SHEETS:
        _check_rows(name, filled[name], years)
    if sheets.get("SO5-4") is None:
        filled["SO5-4"] = technology_rows(filled)
    _check_money_once(filled)
    span = tuple(range(years[0], years[1] + 1))
    summary = _summary(filled, span)
    factors = [(real or {}).get(year, 1.0) for year in span]
    trends = {
        str(heading): trend([float(value) * factor for value, factor in zip(summary[heading], factors, strict=True)])
        for heading in summary.columns
    }
    return So5Report(span, filled, summary, trends, needs_gap(filled["SO5-5"]), method)


def trend(amounts: list[float], parameters: Mapping[str, Dated] | None = None) -> str:
    """Return how a series goes: the mean of the last two years against the two before, in constant prices.

    Examples
    --------
    >>> trend([10, 12, 15, 18]), trend([10, 12, 15])
    ('increasing', 'unknown')
    """
    limit = (parameters or dated_values("finance/parameters"))["trend_change"].value
    if len(amounts) < 4 or sum(amounts[-4:-2]) <= 0:
        return "unknown"
    change = sum(amounts[-2:]) / sum(amounts[-4:-2]) - 1
    return "increasing" if change > limit else "declining" if change < -limit else "stable"


def technology_rows(sheets: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of SO5-4: those of the other sheets that carry technology transfer.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2020], "title": ["Drip"], "amount_usd": [2.0], "technology_transfer": ["yes"]})
    >>> technology_rows({"SO5-1": rows})["amount_usd"].tolist()
    [2.0]
    """
    found = []
    for name in MONEY_SHEETS:
        rows = _complete(name, sheets.get(name))
        kept = rows[rows["technology_transfer"] == "yes"]
        side = kept["direction"] if "direction" in kept else pd.Series("domestic", index=kept.index)
        found.append(kept.assign(direction=side, from_sheet=name, counterpart=kept["recipient"]))
    return pd.concat(found, ignore_index=True).reindex(columns=list(columns_of("SO5-4")))


def needs_gap(rows: pd.DataFrame) -> float:
    """Return what is still to be found: cost of the measures less what is secured, only where none is secured.

    Examples
    --------
    >>> needs_gap(pd.DataFrame({"financial_need_usd": [100.0, 50.0], "secured_usd": [0.0, 20.0]}))
    100.0
    """
    cost, secured = (pd.to_numeric(rows[name]).fillna(0.0) for name in ("financial_need_usd", "secured_usd"))
    return float((cost - secured)[secured == 0].sum())


def columns_of(sheet: str) -> tuple[str, ...]:
    """Return the columns of a sheet.

    Examples
    --------
    >>> columns_of("SO5-5")[0]
    'plan_type'
    """
    return tuple(toml_table("finance/so5")["columns"][sheet])


def allowed_values(sheet: str, column: str) -> tuple[str, ...]:
    """Return the values a column of a sheet takes; none when it is free text.

    Examples
    --------
    >>> allowed_values("SO5-1", "type_of_flow")[0], allowed_values("SO5-1", "title")
    ('ODA', ())
    """
    values = toml_table("finance/so5")["values"]
    if column == "type_of_flow":
        return tuple(values[column].get(sheet, ()))
    if column == "financial_instrument" and sheet == "SO5-3":
        return tuple(values["private_instrument"])
    if column in ("capacity_building", "technology_transfer", "gender_equality"):
        return tuple(values["yes_no"])
    if column in ("sector", "channel") and sheet == "SO5-2":
        return tuple(values[column]) if column == "sector" else ()
    return tuple(values.get(column, ()))


def _complete(name: str, rows: pd.DataFrame | None) -> pd.DataFrame:
    """Return rows in all columns of a sheet; what was not given is blank."""
    columns = list(columns_of(name))
    if rows is None:
        return pd.DataFrame({column: pd.Series(dtype=object) for column in columns})
    return rows.reindex(columns=columns)


def _check_rows(name: str, rows: pd.DataFrame, years: tuple[int, int]) -> None:
    """Refuse rows outside the years, without an amount or with values that are not in the lists."""
    outside = rows[~rows["year"].astype(float).between(*years)]
    if len(outside):
        raise InputError(
            "{sheet}: {title} is of {year}", sheet=name, title=outside.iloc[0]["title"], year=outside.iloc[0]["year"],
            hint='the report covers {years}-{choices}',
        years=years[0], choices=years[1])  # fmt: skip
    for column in columns_of(name):
        allowed = allowed_values(name, column)
        given = rows[column].dropna()
        strange = given[(given != "") & ~given.isin(allowed)] if allowed else given.iloc[:0]
        if len(strange):
            raise InputError(
                "{sheet}: {column} is {value}", sheet=name, column=column, value=strange.iloc[0],
                hint='use one of {known}',
            known=', '.join(allowed))  # fmt: skip


def _check_money_once(sheets: Mapping[str, pd.DataFrame]) -> None:
    """Refuse the same money on two sheets: text may repeat, money may not."""
    parts = [
        sheets[name].assign(sheet=name)[["sheet", "source_id", "year", "amount_usd"]].dropna(subset=["source_id"])
        for name in MONEY_SHEETS
    ]
    every = pd.concat([part for part in parts if len(part)] or [parts[0]])
    every = every[every["source_id"] != ""]
    twice = every[every.groupby(["source_id", "year", "amount_usd"])["sheet"].transform("nunique") > 1]
    if len(twice):
        first = twice.iloc[0]
        raise InputError(
            "{id} of {year} stands on two sheets", id=first["source_id"], year=first["year"],
            hint="split one project by source over SO5-1, 2 and 3; text may repeat, money may not",
        )  # fmt: skip


def _summary(sheets: Mapping[str, pd.DataFrame], years: tuple[int, ...]) -> pd.DataFrame:
    """Return money by year under the headings of Tier 2."""
    headings: dict[str, pd.Series] = {}
    for name, sides in (
        ("SO5-1", ("provided", "received")),
        ("SO5-3", ("provided", "received", "domestic")),
        ("SO5-4", ("provided", "received", "domestic")),
    ):
        for side in sides:
            headings[f"{name} {side}"] = _by_year(sheets[name][sheets[name]["direction"] == side], years)
    domestic = sheets["SO5-2"]
    headings["SO5-2 spending"] = _by_year(domestic[domestic["type_of_flow"].isin(SPENDING)], years)
    headings["SO5-2 funding"] = _by_year(domestic[domestic["type_of_flow"].isin(FUNDING)], years)
    return pd.DataFrame(dict(sorted(headings.items())), index=list(years))


def _by_year(rows: pd.DataFrame, years: tuple[int, ...]) -> "pd.Series[float]":
    """Return the sum of amounts of each year, zero where no row is."""
    amounts = pd.to_numeric(rows["amount_usd"]).astype(float)
    sums = amounts.groupby(pd.to_numeric(rows["year"]).astype(int)).sum()
    return sums.reindex(list(years), fill_value=0.0)
