"""The index cover of a project: its series found, its products priced, judged and compared, its design searched."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import numpy as np

from landbalance.core.dated import Dated, dated_values
from landbalance.core.errors import InputError
from landbalance.core.words import Words
from landbalance.finance.cover_design import Design, Guards, design_cover
from landbalance.finance.insure import Contract, Cover, loss_layer, normal_scores
from landbalance.finance.products import Insured, Losses, Part, Product, Terms, insure_product
from landbalance.finance.response import fit_response
from landbalance.finance.year_series import IndexRow, IndexTable, YearSeries, event_losses, index_series, year_series
from landbalance.io.cover_series import read_index_table, read_losses
from landbalance.io.cover_tables import ContractTable, CoverTable, ProductTable, inherit

EVENTS = "events"
SEED = 1
FITTED = Words("the response is fitted to the losses it is judged by: on new years it will follow them less")


@dataclass(frozen=True)
class CoverDesk:
    """What `[cover]` says, with what it is priced on.

    Parameters
    ----------
    folder : Path or None
        Of the project file: files are looked for below it, and nowhere else; None where the project stands alone.
    given : IndexTable or None
        From a workspace, or from a file named on the command line; it stands in the place of the project's own index.
    """

    table: CoverTable
    folder: Path | None
    facts: Mapping[str, Dated]
    given: IndexTable | None = None

    @property
    def has_index(self) -> bool:
        """Return whether the index is known without a workspace."""
        return bool(self.given or self.table.index or self.table.series)


@dataclass(frozen=True)
class CoverAnswer:
    """Products priced and judged; with a design, the design of each, and why other districts have none."""

    products: tuple[Insured, ...]
    designs: tuple[Design, ...] = ()
    undone: Mapping[str, str] = field(default_factory=dict)


def cover_desk(table: CoverTable, folder: Path | None, given: IndexTable | None = None) -> CoverDesk:
    """Return the desk of a cover.

    Raises
    ------
    NotFoundError, InputError
        If a national parameter is none, or has no reason.
    """
    return CoverDesk(table, folder, dated_values("finance/index_cover", table.overrides()), given)


def insured_products(desk: CoverDesk) -> tuple[Insured, ...]:
    """Return every product of a cover, priced on the same terms and judged by the same losses, the first one first.

    Raises
    ------
    NotFoundError, InputError
        If a series, district or season is not there, or does not fit.
    """
    table = desk.table
    terms = _terms(table)
    offers = [table, *table.product] if table.attachment is not None or not table.product else table.product
    return tuple(
        insure_product(_product(desk, each), terms, _losses(desk, each), desk.facts, np.random.default_rng(SEED))
        for each in offers
    )


def designed_products(desk: CoverDesk) -> CoverAnswer:
    """Return the design that suits each district best, what it costs, and why other districts have none.

    Each is judged by years it was not chosen on.

    Raises
    ------
    NotFoundError, InputError
        If there is no table of seasons, no losses, or no district has years enough.
    """
    table, source = desk.table, _index_table(desk, desk.table)
    if source is None or table.limit is None:
        raise InputError(
            "a design is searched over seasons of an index table, for a limit",
            hint="give --workspace, --series or series, and a limit under [cover]",
        )
    designs, products, undone = [], [], {}
    districts = (table.district,) if table.district else source.districts()
    for district in districts:
        try:
            found, made = _designed(desk, source, district, table.limit)
        except InputError as error:
            if len(districts) == 1:
                raise
            undone[district] = str(error)
        else:
            designs.append(found)
            products.append(made)
    if not designs:
        raise InputError("no district has a design: {why}", why=next(iter(undone.values()), "-"))
    return CoverAnswer(tuple(products), tuple(designs), undone)


def _designed(desk: CoverDesk, source: IndexTable, district: str, limit: float) -> tuple[Design, Insured]:
    """Return the design of one district, and its price."""
    facts = {name: each.value for name, each in desk.facts.items()}
    guards = Guards(
        facts["most_missed"], facts["least_correlation"], int(facts["least_loss_years"]), int(facts["least_bad_years"])
    )
    seasons = _seasons(desk, source, district)
    losses = _losses(desk, desk.table, district)
    if losses is None:
        raise _no_losses()
    found = design_cover(district or source.origin, seasons, losses, limit, guards)
    series = next(each for each in seasons if each.name == found.season)
    product = Product(found.season, (Part(series, Contract((found.cover,))),))
    made = insure_product(product, _terms(desk.table), losses, desk.facts, np.random.default_rng(SEED))
    return found, replace(made, basis_risk=found.honest, advice=found.advice)


def _terms(table: CoverTable) -> Terms:
    """Return how products are priced."""
    return Terms(
        table.expense, table.spread_load, table.tail_load, table.tail, table.subsidy, table.detrend,
        table.climate.mean_shift, table.climate.spread_scale,
    )  # fmt: skip


def _product(desk: CoverDesk, offer: ProductTable) -> Product:
    """Return a product with its series."""
    base = offer if offer is desk.table else _inherited(offer, desk.table)
    is_fitted = base.response == "fitted" or any(each.response == "fitted" for each in offer.part)
    losses, notes = (_losses(desk, offer), (FITTED,)) if is_fitted else (None, ())
    if not offer.part:
        alone = _part(desk, base, losses)
        return Product(offer.name, (replace(alone, contract=replace(alone.contract, cap=offer.cap)),), notes=notes)
    parts = (replace(_part(desk, _inherited(each, base), losses), weight=each.weight) for each in offer.part)
    return Product(offer.name, tuple(parts), offer.cap, notes)


def _inherited(table: ContractTable, base: ContractTable) -> ContractTable:
    """Return a contract with what it leaves out taken from its base."""
    return ContractTable.model_construct(**inherit(table, base))


def _part(desk: CoverDesk, table: ContractTable, losses: Losses | None) -> Part:
    """Return one index with the contract on it."""
    series = _kept(desk, _series(desk, table))
    if table.form == "percentile" and table.percentile_of == "record":
        series = replace(series, values=tuple(normal_scores(series.values).tolist()))
    return Part(series, _contract(table, series, losses))


def _contract(table: ContractTable, series: YearSeries, losses: Losses | None) -> Contract:
    """Return the contract, its response fitted where that is asked."""
    if table.attachment is None or table.exit is None:
        raise InputError("the cover has no attachment and exit", hint="give both under [cover], or in each product")
    first = (table.attachment, table.exit, table.limit, table.minimum, table.steps)
    rows = [first, *((each.attachment, each.exit, each.limit, each.minimum, each.steps) for each in table.layer)]
    response: tuple[tuple[float, float], ...] = ()
    if table.form == "loss":
        if table.response == "fitted":
            if losses is None:
                raise _no_losses()
            response = fit_response(np.array(series.values), losses.series.at(series.years))
        else:
            response = tuple((at, loss) for at, loss in table.response)
        if any(limit is not None for _, _, limit, _, _ in rows):
            raise InputError(
                "a cover on losses has a limit", hint="leave it out: the limit is the exit less the attachment"
            )
    return Contract(tuple(_layer(table.form, *row) for row in rows), table.form, response, table.ceding)


def _layer(form: str, begin: float, end: float, limit: float | None, minimum: float, steps: int) -> Cover:
    """Return one layer."""
    if form == "loss":
        return replace(loss_layer(begin, end), minimum=minimum, steps=steps)
    if limit is None:
        raise InputError(
            "the cover from {begin} to {end} has no limit", begin=begin, end=end, hint="give the most it pays"
        )
    if form == "percentile" and not 0 <= end < begin <= 1:
        raise InputError(
            "the cover begins at percentile {begin} and is exhausted at {end}", begin=begin, end=end,
            hint="0 <= exit < attachment <= 1: 0.20 is the 20th percentile",
        )  # fmt: skip
    return Cover(begin, end, limit, minimum, steps)


def _series(desk: CoverDesk, table: ContractTable) -> YearSeries:
    """Return the index a contract stands on."""
    source = _index_table(desk, table)
    if source is not None:
        return index_series(_rows(source, table), source.origin)
    if not table.index:
        raise InputError(
            "the cover has no index", hint="give index or series under [cover], or --workspace or --series"
        )  # fmt: skip
    inline = {table.first_year + place: value for place, value in enumerate(table.index)}
    return year_series(inline, name="index", origin="given in the project file")


def _index_table(desk: CoverDesk, table: ContractTable) -> IndexTable | None:
    """Return the table of indices a contract looks into, None where its index is inline."""
    if desk.given is not None:
        return desk.given
    if not table.series:
        return None
    return read_index_table(_below(desk, table.series), least_known=desk.facts["least_known_share"].value)


def _rows(source: IndexTable, table: ContractTable, district: str = "") -> list[IndexRow]:
    """Return the rows of the district and season a contract names."""
    return source.pick(district or table.district, kind=table.kind, months=table.months, month=table.season)


def _seasons(desk: CoverDesk, source: IndexTable, district: str) -> list[YearSeries]:
    """Return every season of a district as a candidate."""
    rows: dict[tuple[str, int], list[IndexRow]] = {}
    for row in source.rows:
        if row.district == district:
            rows.setdefault((row.index, row.month), []).append(row)
    return [_kept(desk, index_series(own, source.origin)) for own in rows.values()]


def _losses(desk: CoverDesk, offer: ContractTable, district: str = "") -> Losses | None:
    """Return past losses, None where the project has none."""
    table = desk.table
    place = district or offer.district or table.district
    if table.losses_from == EVENTS:
        source = _index_table(desk, table)
        if source is None or table.limit is None:
            raise InputError("events stand in an index table", hint="give series and a limit, or losses of your own")
        rows = [row for row in source.rows if row.district == district] or _rows(source, table, place)
        return Losses(_kept(desk, event_losses(rows, table.limit)), table.limit, table.limit)
    if table.losses_from:
        series = read_losses(_below(desk, table.losses_from), place)
    elif table.losses:
        series = _inline_losses(table)
    else:
        return None
    if table.bad <= 0:
        raise InputError("bad is {bad}", bad=table.bad, hint="say under [cover] from which loss a year is bad")
    return Losses(_kept(desk, series), table.bad, table.worst or table.bad)


def _inline_losses(table: CoverTable) -> YearSeries:
    """Return the losses given in the file; they begin with the index that is given there too."""
    first = table.losses_first_year
    if first is None:
        if len(table.losses) != len(table.index):
            raise InputError(
                "{index} values of the index do not match {losses} losses", index=len(table.index),
                losses=len(table.losses), hint="give one loss a year, or losses_first_year",
            )  # fmt: skip
        first = table.first_year
    return year_series({first + place: value for place, value in enumerate(table.losses)}, name="losses")


def _kept(desk: CoverDesk, series: YearSeries) -> YearSeries:
    """Return the years that are asked for; those that are not there stay unknown."""
    if desk.table.years is None:
        return series
    first, last = desk.table.years
    known = dict(zip(series.years, series.values, strict=True))
    return year_series(
        cast("dict[int, float | None]", known), name=series.name, origin=series.origin, first=first, last=last
    )


def _below(desk: CoverDesk, path: str) -> Path:
    """Return a file of the project's own folder."""
    if desk.folder is None:
        raise InputError(
            "{path} is a file beside the project, and this project has none", path=path,
            hint="write index and losses into [cover]",
        )  # fmt: skip
    place = (desk.folder / path).resolve()
    if not place.is_relative_to(desk.folder.resolve()):
        raise InputError(
            "{path} lies outside the folder of the project", path=path,
            hint="copy it beside the project file, or name it with --series",
        )  # fmt: skip
    return place


def _no_losses() -> InputError:
    """Return the error for losses that are needed and not given."""
    return InputError("the cover has no losses", hint="give losses, or losses_from, under [cover]")
