"""The Creditor Reporting System of the OECD: bulk files of any year, zipped or plain, read row by row."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from landbalance.core.errors import InputError
from landbalance.core.places import countries
from landbalance.core.tables import csv_table
from landbalance.core.words import Words
from landbalance.finance.classify import Split
from landbalance.finance.ledger import Activity, ImportReport, Keep, Marker, Party, Transaction
from landbalance.io.table_rows import is_formula

MILLION = Decimal(1_000_000)
MOST_CELL = 1_000_000  # letters in one cell
NEEDED = ("year", "donorcode", "crsid", "purposecode")
ALIASES = {"crsidentification": "crsid", "pdgg": "dig", "usdgrantequivalent": "usdgrantequiv"}
MARKERS = {"8": "desertification", "5": "biodiversity", "6": "climatemitigation", "7": "climateadaptation",
           "1": "gender", "2": "environment", "10": "drr"}  # fmt: skip


def import_crs(path: Path, report: ImportReport, *, today: date, keep: Keep | None = None) -> Iterator[Activity]:
    """Read a bulk file: one activity a row, with a commitment and a disbursement where the row states them.

    Rows of one activity share `source_id` (donor, agency, CRS id); the ledger joins them. What cannot be read is
    skipped with its reason in the report; a blank marker is "not screened", never 0.

    Parameters
    ----------
    path : Path
        A text file with "|", "," or tab between fields, a zip of one, or parquet.
    report : ImportReport
        Takes counts and notes.
    today : date
        Years after it are skipped.
    keep : callable or None
        Takes number, key and bytes of each row that was read, for those who keep originals.

    Raises
    ------
    InputError
        If the file cannot be read, a column that is needed is missing, or a cell is larger than a megabyte.
    """
    with _rows(path) as rows:
        heads = next(rows, None)
        places = _places(heads or [], path)
        reader = _Reader(places, report, today)
        try:
            for number, row in enumerate(rows, start=2):
                made = reader.activity(number, row)
                if keep is not None:
                    keep(number, made.source_id if made else "", "|".join(row).encode())
                if made is not None:
                    yield made
        except csv.Error as error:
            raise InputError(
                "{path}: row {row} cannot be read ({why})",
                path=path.name,
                row=report.read + 2,
                why=error,
                hint="look for a quote that is not closed, or a cell of more than a megabyte",
            ) from error


class _Reader:
    """Turn rows into activities; remembers where each column is."""

    def __init__(self, places: dict[str, int], report: ImportReport, today: date) -> None:
        self.places, self.report, self.today = places, report, today
        self.markers = [(code, places[name]) for code, name in MARKERS.items() if name in places]
        self.purposes = _purposes()

    def activity(self, number: int, row: Sequence[str]) -> Activity | None:
        """Return the activity of a row, or None with a note."""
        self.report.read += 1
        key = "-".join(self.text(row, name) for name in ("donorcode", "agencycode", "crsid"))
        try:
            return self._made(number, row, key)
        except _RowError as error:
            self.report.note(number, key, "skipped", error.args[0])
            return None

    def text(self, row: Sequence[str], name: str) -> str:
        """Return the text of a column, empty where the file or the row has none."""
        place = self.places.get(name, -1)
        return row[place].strip() if 0 <= place < len(row) else ""

    def _made(self, number: int, row: Sequence[str], key: str) -> Activity:
        text, report = self.text, self.report
        year = _year(text(row, "year"), self.today)
        purpose = _code(text(row, "purposecode"))
        if purpose not in self.purposes:
            report.note(
                number, key, "warning", Words("purpose {purpose} is in no code list", purpose=purpose or "blank")
            )
        if not text(row, "crsid"):
            raise _RowError(Words("no CRS id"))
        provider = Party(_code(text(row, "donorcode")), text(row, "donorname"), "10")
        title = text(row, "projecttitle") or text(row, "shortdescription") or key
        if is_formula(title):
            report.note(number, key, "warning", Words("a cell begins with a formula sign; kept as text"))
        recipient = recipient_code(text(row, "derecipientcode"), text(row, "recipientname"), text(row, "recipientcode"))
        moves = self._moves(number, row, key, (year, purpose, recipient, provider))
        if not moves:
            report.note(number, key, "warning", Words("the row states no commitment and no disbursement"))
        return Activity(
            source="crs",
            source_id=key,
            reporter=provider,
            title={"en": title},
            description={"en": text(row, "longdescription")} if text(row, "longdescription") else {},
            start=_day(text(row, "expectedstartdate")) or _day(text(row, "commitmentdate")),
            end=_day(text(row, "completiondate")),
            collaboration=_whole(text(row, "bimulti")),
            flow_type=_code(text(row, "flowcode")),
            finance_type=_code(text(row, "financet")),
            aid_type=text(row, "aidt"),
            sectors=_sector(purpose),
            recipients=_recipient(recipient),
            markers=self._markers(row),
            transactions=moves,
            row=number,
        )

    def _moves(
        self, number: int, row: Sequence[str], key: str, facts: tuple[int, str, str, Party]
    ) -> tuple[Transaction, ...]:
        """Return the commitment and the disbursement of a row, in US dollars of the year."""
        year, purpose, recipient, provider = facts
        receiver = Party(_code(self.text(row, "channelcode")), self.text(row, "channelname"))
        day = date(year, 7, 1)  # yearly sums stand in the middle of their year
        made = []
        for kind, name in ((2, "usdcommitment"), (3, "usddisbursement")):
            value = _amount(self.text(row, name), name)
            if value is None or value == 0:
                continue
            if value < 0:
                self.report.note(number, key, "warning", Words("a negative amount corrects an earlier one"))
            move = Transaction(
                kind, day, value * MILLION, "USD", day, provider, "", receiver, "", recipient, purpose, "1",
                channel=receiver.ref, finance_type=_code(self.text(row, "financet")), row=number,
            )  # fmt: skip
            made.append(move)
        return tuple(made)

    def _markers(self, row: Sequence[str]) -> tuple[Marker, ...]:
        """Return the markers a row was screened for; blanks are left out."""
        codes = tuple(row[place].strip() if place < len(row) else "" for _, place in self.markers)
        return _marker_set(tuple(code for code, _ in self.markers), codes)


class _RowError(Exception):
    """Why a row is skipped."""


def recipient_code(code: str, name: str, dac_code: str) -> str:
    """Return the ISO code of a recipient where it is known, else the DAC code (regions and unspecified).

    Examples
    --------
    >>> recipient_code("", "Niger", "260"), recipient_code("", "Africa, regional", "298")
    ('NER', '298')
    """
    if len(code) == 3 and code.isalpha():
        return code.upper()
    return _iso_by_name().get(name.casefold(), _code(dac_code))


@cache
def _iso_by_name() -> dict[str, str]:
    """Return ISO codes by English and French names."""
    return {name.casefold(): each.iso3 for each in countries() for _, name in each.names}


@cache
def _purposes() -> frozenset[str]:
    """Return the purpose codes of the package list."""
    return frozenset(row["code"] for row in csv_table("finance/purposes"))


@contextmanager
def _rows(path: Path) -> Iterator[Iterator[list[str]]]:
    """Open a bulk file and hand out its rows as text."""
    if not path.is_file():
        raise InputError("{path} is no file", path=path, hint="check the path")
    if path.suffix.lower() == ".parquet":
        yield _parquet_rows(path)
        return
    csv.field_size_limit(MOST_CELL)
    with _text(path) as file:
        head = file.read(65_536)
        if "\0" in head:
            raise InputError(
                "{path} is no text file", path=path.name, hint="give the bulk file of the CRS (.txt, .csv, .zip)"
            )
        file.seek(0)
        first = head.split("\n", 1)[0]
        yield csv.reader(file, delimiter=max("|,\t;", key=first.count))


@contextmanager
def _text(path: Path) -> Iterator[TextIO]:
    """Open the text of a file or of the one file in a zip; some years are Latin-1."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            names = [name for name in packed.namelist() if not name.endswith("/")]
            if len(names) != 1:
                raise InputError("{path} holds {count} files", path=path.name, count=len(names), hint="one is expected")
            with packed.open(names[0]) as probe:
                encoding = _encoding(probe)
            with packed.open(names[0]) as raw:
                data = io.BytesIO(raw.read()) if not raw.seekable() else raw
                yield io.TextIOWrapper(data, encoding=encoding, newline="", errors="strict")
        return
    with path.open("rb") as probe:
        encoding = _encoding(probe)
    with path.open(encoding=encoding, newline="") as file:
        yield file


def _encoding(file: Any) -> str:
    """Return the encoding of a file: UTF-8 if every byte fits, else Latin-1."""
    import codecs

    start = file.read(4)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(start)
        while chunk := file.read(1 << 20):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8-sig"


def _parquet_rows(path: Path) -> Iterator[list[str]]:
    """Return the rows of a parquet file as text, in batches."""
    import pyarrow.parquet

    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError("{path} is no parquet file ({why})", path=path.name, why=error, hint="check it") from error
    yield list(file.schema_arrow.names)
    for batch in file.iter_batches(batch_size=20_000):
        columns = [column.to_pylist() for column in batch.columns]
        for row in zip(*columns, strict=True):
            yield ["" if cell is None else str(cell) for cell in row]


def _places(heads: Sequence[str], path: Path) -> dict[str, int]:
    """Return where each column is: names in any case, without underscores, with their older spellings."""
    places: dict[str, int] = {}
    for place, head in enumerate(heads):
        name = head.strip().strip('"\ufeff').lower().replace("_", "").replace(" ", "")
        places.setdefault(ALIASES.get(name, name), place)
    missing = [name for name in NEEDED if name not in places]
    if missing:
        raise InputError(
            "{path} has no column {name} among its {count}",
            path=path.name,
            name=missing[0],
            count=len(heads),
            hint="give a bulk file of the CRS with its heading in the first row",
        )
    return places


@cache
def _sector(purpose: str) -> tuple[Split, ...]:
    """Return the whole of an activity under one purpose."""
    return (Split("1", purpose, 1.0),) if purpose else ()


@cache
def _recipient(code: str) -> tuple[Split, ...]:
    """Return the whole of an activity in one country or region."""
    return (Split("iso3" if code.isalpha() else "dac", code, 1.0),) if code else ()


@cache
def _marker_set(codes: tuple[str, ...], given: tuple[str, ...]) -> tuple[Marker, ...]:
    """Return markers with a significance; blank is "not screened"."""
    found = []
    for code, text in zip(codes, given, strict=True):
        significance = _whole(text)
        if text and (significance is None or not 0 <= significance <= 4):
            raise _RowError(Words("marker {code} is {text}; 0 to 3 or blank is expected", code=code, text=text[:20]))
        if significance is not None:
            found.append(Marker(code, significance))
    return tuple(found)


def _year(text: str, today: date) -> int:
    """Return the year of a row."""
    year = _whole(text)
    if year is None or not 1960 <= year <= 2100:
        raise _RowError(Words("year is {text}", text=text[:20] or "blank"))
    if year > today.year:
        raise _RowError(Words("year {year} lies in the future", year=year))
    return year


def _amount(text: str, name: str) -> Decimal | None:
    """Return an amount, None where the cell is blank."""
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise _RowError(Words("{name} is {text}, no number", name=name, text=text[:20])) from None
    if not value.is_finite():
        return None
    return value


def _whole(text: str) -> int | None:
    """Return a whole number, also one written 3.0; None for anything else."""
    plain = text.removesuffix(".0")
    return int(plain) if plain.isascii() and plain.lstrip("-").isdigit() else None


def _code(text: str) -> str:
    """Return a code without the decimals a spreadsheet gave it."""
    return text.removesuffix(".0")


@cache
def _day(text: str) -> date | None:
    """Return a day, None where none is stated or it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
