"""National budgets with COFOG, and private or blended deals, from CSV and workbooks."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from landbalance.core.money import is_currency
from landbalance.core.words import Words
from landbalance.finance.budgets import CLASSES, class_share
from landbalance.finance.classify import Split
from landbalance.finance.ledger import Activity, ImportReport, Keep, Party, Transaction
from landbalance.io.table_rows import Cell, decimal_cell, heading_rows, is_formula, text_cell

BUDGET_COLUMNS = {
    "year": ("annee", "exercice", "ano", "anio", "ejercicio", "fiscal year"),
    "administrative": ("ministry", "ministere", "ministerio", "agency", "institution", "unit"),
    "programme": ("program", "programa"),
    "economic": ("economic class", "gfs", "nature", "nature economique", "clasificacion economica"),
    "cofog": ("function", "functional code", "code cofog", "fonction", "funcion"),
    "title": ("name", "line", "description", "libelle", "intitule", "titulo", "activity"),
    "funding": ("source", "source of funds", "financing", "source de financement", "fuente"),
    "approved": ("budget", "original", "vote", "approuve", "aprobado", "initial"),
    "revised": ("revise", "revisado", "revised budget"),
    "executed": ("actual", "execution", "execute", "ejecutado", "spent", "outturn"),
    "currency": ("devise", "moneda"),
    "share": ("land share", "part", "coefficient"),
    "relevance": ("class", "pertinence", "relevancia"),
    "target": ("ldn target", "cible", "meta"),
    "response": ("avoid reduce reverse", "reponse"),
    "district": ("region", "zone", "distrito"),
    "tag": ("gender", "kind of effect"),
}
DEAL_COLUMNS = {
    "id": ("deal", "reference", "deal id"),
    "year": ("annee", "ano"),
    "title": ("name", "project", "titre"),
    "investor": ("provider", "investisseur", "inversor", "institution"),
    "institution_type": ("type of institution",),
    "recipient": ("beneficiary", "country", "investee"),
    "amount": ("value", "montant", "monto"),
    "currency": ("devise", "moneda"),
    "instrument": ("financial instrument",),
    "mechanism": ("leveraging mechanism", "archetype"),
    "direction": ("flow", "sens"),
    "status": ("state",),
    "mobilised_by": ("mobilized by", "official actor"),
    "public_amount": ("official amount", "concessional"),
    "sector": ("purpose", "purpose code"),
}
EXTERNAL = ("external", "externe", "exterieur", "externo", "donor", "aid", "grant", "loan", "foreign")
TRANSFERS = ("26", "263", "transfer", "transfert", "transferencia")


def import_budget(
    path: Path, report: ImportReport, *, currency: str, today: date, keep: Keep | None = None
) -> Iterator[Activity]:
    """Read budget lines: approved as commitment, executed as expenditure.

    Parameters
    ----------
    path : Path
        CSV or workbook; year and executed or approved are needed.
    currency : str
        Of lines that state none.
    today : date
        Later years may hold approved sums, never executed ones.

    Raises
    ------
    InputError
        If the file cannot be read or has no such columns.
    """
    seen: set[str] = set()
    for number, cells in heading_rows(path, BUDGET_COLUMNS, ("year", "title")):
        report.read += 1
        key = "|".join(
            text_cell(cells.get(name))
            for name in ("year", "administrative", "programme", "economic", "cofog", "funding", "title")
        )
        if keep is not None:
            keep(number, key, "|".join(map(text_cell, cells.values())).encode())
        try:
            if key in seen:
                raise ValueError(Words("the same line stands twice"))
            made = _line(number, cells, key, (currency, today), report)
        except ValueError as error:
            report.note(number, key, "skipped", error.args[0])
            continue
        seen.add(key)
        yield made


def import_deals(
    path: Path, report: ImportReport, *, currency: str, today: date, keep: Keep | None = None
) -> Iterator[Activity]:
    """Read private and blended deals; what is planned is kept and never counted as a flow.

    Raises
    ------
    InputError
        If the file cannot be read or lacks year, title or amount.
    """
    seen: set[str] = set()
    for number, cells in heading_rows(path, DEAL_COLUMNS, ("year", "title", "amount")):
        report.read += 1
        words = {name: text_cell(cells.get(name)) for name in DEAL_COLUMNS}
        key = words["id"] or f"{words['year']}|{words['investor']}|{words['title']}"
        if keep is not None:
            keep(number, key, "|".join(map(text_cell, cells.values())).encode())
        try:
            if key in seen:
                raise ValueError(Words("the same deal stands twice"))
            made = _deal(number, words, key, cells, (currency, today))
        except ValueError as error:
            report.note(number, key, "skipped", error.args[0])
            continue
        seen.add(key)
        yield made


def _line(number: int, cells: dict[str, Cell], key: str, rule: tuple[str, date], report: ImportReport) -> Activity:
    """Return one budget line."""
    words = {name: text_cell(cells.get(name)) for name in BUDGET_COLUMNS}
    money = words["currency"].upper() or rule[0]
    year = _year(words["year"])
    if not is_currency(money):
        raise ValueError(Words("currency is {money}", money=money))
    if is_formula(words["title"]):
        report.note(number, key, "warning", Words("a cell begins with a formula sign; kept as text"))
    day, ministry = date(year, 7, 1), Party("", words["administrative"], "10")
    moves = []
    for kind, name in ((2, "approved"), (4, "executed")):
        value = decimal_cell(cells.get(name))
        if value is None:
            continue
        if kind == 4 and year > rule[1].year:
            raise ValueError(Words("executed in {year}, which lies in the future", year=year))
        if value < 0:
            report.note(number, key, "warning", Words("a negative amount corrects an earlier one"))
        moves.append(
            Transaction(
                kind, day, value, money, day, ministry, sector=words["cofog"], sector_vocabulary="3", row=number
            )
        )
    if not moves:
        raise ValueError(Words("neither approved nor executed is stated"))
    tags = {
        name: words[name]
        for name in ("administrative", "programme", "economic", "target", "response", "district", "tag", "revised")
    }
    tags["is_transfer"] = "yes" if words["economic"].casefold().startswith(TRANSFERS) else ""
    return Activity(
        source="budget", source_id=key, reporter=ministry, title={"en": words["title"]}, start=day,
        is_external=words["funding"].casefold().startswith(EXTERNAL), is_domestic=True, currency=money,
        budget_share=_share(words), sectors=(Split("3", words["cofog"], 1.0),) if words["cofog"] else (),
        tags={name: text for name, text in tags.items() if text}, transactions=tuple(moves), row=number,
    )  # fmt: skip


def _deal(number: int, words: dict[str, str], key: str, cells: dict[str, Cell], rule: tuple[str, date]) -> Activity:
    """Return one deal."""
    year, money = _year(words["year"]), words["currency"].upper() or rule[0]
    amount = decimal_cell(cells.get("amount"))
    if amount is None:
        raise ValueError(Words("no amount"))
    if not is_currency(money):
        raise ValueError(Words("currency is {money}", money=money))
    planned = words["status"].casefold().startswith(("plan", "pledge", "pipeline"))
    if year > rule[1].year and not planned:
        raise ValueError(Words("year {year} lies in the future", year=year))
    kind = 12 if planned else 10 if words["instrument"].casefold().startswith(("guarant", "insur")) else 3
    day, investor = date(year, 7, 1), Party("", words["investor"], "70")
    move = Transaction(kind, day, amount, money, day, investor, receiver=Party("", words["recipient"]), row=number)
    kept = ("institution_type", "instrument", "mechanism", "direction", "status", "mobilised_by", "public_amount")
    return Activity(
        source="private", source_id=key, reporter=investor, title={"en": words["title"]}, start=day,
        collaboration=6, flow_type="30", currency=money, is_domestic=words["direction"].casefold() == "domestic",
        sectors=(Split("1", words["sector"], 1.0),) if words["sector"] else (),
        tags={name: words[name] for name in kept if words[name]}, transactions=(move,), row=number,
    )  # fmt: skip


def _year(text: str) -> int:
    """Return the year, also the first of a fiscal year such as 2023/24."""
    first = text[:4]
    if not first.isdigit() or not 1960 <= int(first) <= 2100:
        raise ValueError(Words("year is {text}", text=text[:20] or "blank"))
    return int(first)


def _share(words: dict[str, str]) -> float | None:
    """Return the land share of a line: the exact one, else that of its class, else unknown."""
    if words["share"]:
        text = words["share"]
        value = decimal_cell(text.removesuffix("%"))
        share = (value or Decimal(0)) / (100 if text.endswith("%") else 1)
        if not 0 <= share <= 1:
            raise ValueError(Words("share is {text}; 0 to 1 is expected", text=text))
        return float(share)
    relevance = words["relevance"].casefold()
    if relevance and relevance not in CLASSES:
        raise ValueError(
            Words("relevance is {relevance}; one of {known} is expected", relevance=relevance, known=", ".join(CLASSES))
        )
    return class_share(relevance) if relevance else None
