"""IATI 2.03 activity files, read one activity at a time: no entities, no network, bounded memory."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from landbalance.core.errors import InputError
from landbalance.core.words import Words
from landbalance.finance.classify import Split
from landbalance.finance.ledger import Activity, ImportReport, Keep, Party, Transaction
from landbalance.io.iati_values import (
    ElementError,
    code_of,
    date_of,
    decimal_of,
    marker_of,
    party_of,
    share_of,
    split_of,
)

LANG = "{http://www.w3.org/XML/1998/namespace}lang"
DAC, OWN_ROLE = "1", "reporting"
HEAD_BYTES = 65_536
MOST_TEXT = 1_000_000
MOST_NAME = 500
VERSIONS = ("2.01", "2.02", "2.03")


def import_iati(path: Path, report: ImportReport, *, today: date, keep: Keep | None = None) -> Iterator[Activity]:
    """Read the activities of a file.

    Parameters
    ----------
    path : Path
        An IATI 2.01 to 2.03 activity file.
    report : ImportReport
        Takes counts and notes; row numbers count activities from 1.
    today : date
        Transactions and value dates after it are noted.
    keep : callable or None
        Takes number, identifier and the whole element of each activity as bytes, for those who keep originals.

    Yields
    ------
    Activity

    Raises
    ------
    InputError
        If the file is no IATI activity file, declares entities, is cut short, or holds a text of more than 10 MB.
    """
    _refuse_declarations(path)
    seen: set[str] = set()
    number = 0
    try:
        with path.open("rb") as file:
            for _, element in etree.iterparse(
                file, events=("end",), tag="iati-activity", resolve_entities=False, no_network=True, load_dtd=False,
                remove_comments=True, remove_pis=True, huge_tree=False,
            ):  # fmt: skip
                number += 1
                if number == 1:
                    _check_root(element, path)
                report.read += 1
                made = _read(element, number, report, today)
                if made is not None and _is_new(made, seen, report):
                    if keep is not None:
                        keep(number, made.source_id, etree.tostring(element, with_tail=False))
                    yield made
                _forget(element)
    except etree.XMLSyntaxError as error:
        raise InputError(
            "{path} cannot be read after activity {number} ({why})",
            path=path.name,
            number=number,
            why=_short(error),
            hint="the file is damaged, cut short, in another encoding than it says, or holds a text of over 10 MB",
        ) from error
    if not number:
        raise InputError("{path} holds no iati-activity", path=path.name, hint="give an IATI 2.03 activity file")


def _refuse_declarations(path: Path) -> None:
    """Refuse a file that declares a document type or entities: IATI needs none, attacks do."""
    if not path.is_file():
        raise InputError("{path} is no file", path=path, hint="check the path")
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES).replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise InputError(
            "{path} declares a document type or entities",
            path=path.name,
            hint="IATI files have none; ask the publisher",
        )


def _check_root(element: Any, path: Path) -> None:
    """Refuse what is not an IATI activity file of version 2."""
    root = element.getroottree()
    version = root.getroot().get("version", "")
    if root.docinfo.internalDTD is not None:
        raise InputError("{path} declares a document type", path=path.name, hint="IATI files have none")
    if root.getroot().tag != "iati-activities" or version not in VERSIONS:
        raise InputError(
            "{path} is {tag} version {version}",
            path=path.name,
            tag=root.getroot().tag,
            version=version or "none",
            hint="give an IATI activity file of version 2.01, 2.02 or 2.03",
        )


def _forget(element: Any) -> None:
    """Free an activity and all before it."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]


def _is_new(made: Activity, seen: set[str], report: ImportReport) -> bool:
    """Return whether the identifier is the first of its kind in the file."""
    if made.source_id in seen:
        report.note(made.row, made.source_id, "skipped", Words("the identifier stands twice in the file"))
        return False
    seen.add(made.source_id)
    return True


def _read(element: Any, number: int, report: ImportReport, today: date) -> Activity | None:
    """Return one activity, or None with a note."""
    reader = _Reader(element, number, report, today)
    try:
        return reader.made()
    except ElementError as error:
        report.note(number, reader.facts.get("source_id", "") or f"activity {number}", "skipped", error.args[0])
        return None


class _Reader:
    """Collect the facts of one activity as its children come."""

    def __init__(self, element: Any, number: int, report: ImportReport, today: date) -> None:
        self.element, self.number, self.report, self.today = element, number, report, today
        self.language = (element.get(LANG) or "en").lower()
        self.currency = element.get("default-currency", "")
        self.facts: dict[str, Any] = {}
        self.lists: dict[str, list[Any]] = {name: [] for name in LISTS}
        self.moves: list[Any] = []

    def made(self) -> Activity:
        """Return the activity."""
        for child in self.element:
            take = HANDLERS.get(child.tag)
            if take is not None:
                take(self, child)
        facts = self.facts
        if not facts.get("source_id"):
            raise ElementError("no iati-identifier")
        if "reporter" not in facts:
            raise ElementError("no reporting-org")
        facts["transactions"] = tuple(self._transaction(each) for each in self.moves)
        facts.update({name: tuple(found) for name, found in self.lists.items()})
        self._check_shares("sector", facts["sectors"])
        self._check_shares("recipient", facts["recipients"])
        return Activity(
            source="iati",
            language=self.language,
            currency=self.currency,
            hierarchy=int(self.element.get("hierarchy") or 1),
            is_humanitarian=self.element.get("humanitarian") in ("1", "true"),
            row=self.number,
            **{"title": {}, **facts},
        )

    def note(self, why: str) -> None:
        """Keep a warning on this activity."""
        self.report.note(self.number, self.facts.get("source_id", ""), "warning", why)

    def narratives(self, element: Any) -> dict[str, str]:
        """Return the texts of an element by language."""
        found: dict[str, str] = {}
        for child in element:
            if child.tag == "narrative" and child.text:
                if len(child.text) > MOST_TEXT:
                    raise ElementError("a text of more than a megabyte")
                found.setdefault((child.get(LANG) or self.language).lower(), child.text.strip())
        return found

    def party(self, element: Any) -> Party:
        """Return an organisation, named in the activity's language, else in the first there is."""
        name = self.first_text(element)[:MOST_NAME] if len(element) else ""
        return party_of(element.get("ref", "").strip(), name, element.get("type", ""))

    def first_text(self, element: Any) -> str:
        """Return the narrative in the activity's language, else the first there is."""
        found = ""
        for child in element:
            if child.tag == "narrative":
                text = child.text
                if text and child.get(LANG, self.language) == self.language:
                    return str(text.strip())
                found = found or (text or "").strip()
        return found

    def _check_shares(self, what: str, splits: tuple[Split, ...]) -> None:
        """Note percentages of a vocabulary that do not sum to 100."""
        if len(splits) < 2:
            return
        sums: dict[str, float] = {}
        for split in splits:
            name = "" if what == "recipient" else split.vocabulary
            sums[name] = sums.get(name, 0.0) + split.share
        for vocabulary, total in sums.items():
            if abs(total - 1) > 1e-4:
                self.note(
                    Words(
                        "the percentages of {what} {vocabulary} sum to {percent:.2f}",
                        what=what,
                        vocabulary=vocabulary or "countries and regions",
                        percent=total * 100,
                    )
                )

    def _transaction(self, element: Any) -> Transaction:
        """Return one transaction."""
        parts = {child.tag: child for child in element}  # of a repeated element the last
        value, when = parts.get("value"), parts.get("transaction-date")
        if value is None:
            raise ElementError("a transaction without value")
        currency = value.get("currency") or self.currency
        if not currency:
            raise ElementError("a value without currency, and no default currency")
        kind = code_of(parts, "transaction-type")
        day = date_of(when.get("iso-date")) if when is not None else None
        if not kind.isdigit() or day is None:
            raise ElementError("a transaction without type or date")
        value_date = date_of(value.get("value-date")) or day
        if day > self.today or value_date > self.today:
            self.note(Words("a transaction of {day} lies in the future", day=max(day, value_date)))
        giver, taker, sector = parts.get("provider-org"), parts.get("receiver-org"), parts.get("sector")
        return Transaction(
            int(kind), day, decimal_of(value.text), currency, value_date,
            self.party(giver) if giver is not None else NOBODY,
            (giver.get("provider-activity-id") or "") if giver is not None else "",
            self.party(taker) if taker is not None else NOBODY,
            (taker.get("receiver-activity-id") or "") if taker is not None else "",
            code_of(parts, "recipient-country") or code_of(parts, "recipient-region"),
            code_of(parts, "sector"), (sector.get("vocabulary") or DAC) if sector is not None else "",
            code_of(parts, "flow-type"), code_of(parts, "finance-type"), code_of(parts, "aid-type"),
            code_of(parts, "tied-status"), code_of(parts, "disbursement-channel"),
            self.first_text(parts["description"]) if "description" in parts else "", self.number,
        )  # fmt: skip


LISTS = ("partners", "sectors", "recipients", "markers", "related", "points", "planned")
NOBODY = Party()


def _identifier(reader: _Reader, element: Any) -> None:
    reader.facts["source_id"] = (element.text or "").strip()


def _reporter(reader: _Reader, element: Any) -> None:
    reader.facts["reporter"] = reader.party(element)


def _texts(name: str) -> Callable[[_Reader, Any], None]:
    def take(reader: _Reader, element: Any) -> None:
        if name not in reader.facts:
            reader.facts[name] = reader.narratives(element)

    return take


def _plain_code(name: str) -> Callable[[_Reader, Any], None]:
    def take(reader: _Reader, element: Any) -> None:
        reader.facts.setdefault(name, element.get("code", ""))

    return take


def _partner(reader: _Reader, element: Any) -> None:
    reader.lists["partners"].append((element.get("role", ""), reader.party(element)))


def _other_identifier(reader: _Reader, element: Any) -> None:
    reader.facts.setdefault("tags", {}).setdefault("other_identifier", element.get("ref", ""))


def _date(reader: _Reader, element: Any) -> None:
    kind, day = element.get("type", ""), date_of(element.get("iso-date"))
    if day is None:
        reader.note(Words("the date {date} is none", date=element.get("iso-date")))
        return
    reader.facts.setdefault("dates", {})[kind] = day
    for name, kinds in (("start", ("2", "1")), ("end", ("4", "3"))):
        known = reader.facts["dates"]
        if kind in kinds:
            reader.facts[name] = known.get(kinds[0]) or known[kinds[1]]


def _sector(reader: _Reader, element: Any) -> None:
    vocabulary = element.get("vocabulary") or DAC
    reader.lists["sectors"].append(split_of(vocabulary, element.get("code", ""), element.get("percentage")))


def _country(reader: _Reader, element: Any) -> None:
    reader.lists["recipients"].append(split_of("iso2", element.get("code", ""), element.get("percentage")))


def _region(reader: _Reader, element: Any) -> None:
    reader.lists["recipients"].append(split_of("region", element.get("code", ""), element.get("percentage")))


def _marker(reader: _Reader, element: Any) -> None:
    significance = element.get("significance")
    if significance is not None and significance not in ("0", "1", "2", "3", "4"):
        reader.note(
            Words(
                "significance {significance} of marker {code} is in no code list",
                significance=significance,
                code=element.get("code"),
            )
        )
        significance = None
    reader.lists["markers"].append(marker_of(element.get("code", ""), significance, element.get("vocabulary") or DAC))


def _collaboration(reader: _Reader, element: Any) -> None:
    code = element.get("code", "")
    reader.facts["collaboration"] = int(code) if code.isdigit() else None


def _related(reader: _Reader, element: Any) -> None:
    reader.lists["related"].append((element.get("type", ""), element.get("ref", "")))
    if element.get("type") == "1":
        reader.facts["parent"] = element.get("ref", "")


def _capital(reader: _Reader, element: Any) -> None:
    reader.facts["capital_share"] = share_of(element.get("percentage"))


def _location(reader: _Reader, element: Any) -> None:
    for place in element.iter("pos"):
        words = (place.text or "").split()
        with contextlib.suppress(ValueError):
            if len(words) == 2 and abs(float(words[0])) <= 90 and abs(float(words[1])) <= 180:
                reader.lists["points"].append((float(words[1]), float(words[0])))


def _planned(reader: _Reader, element: Any) -> None:
    parts = {child.tag: child for child in element}
    start, value = parts.get("period-start"), parts.get("value")
    day = date_of(start.get("iso-date")) if start is not None else None
    if day is not None and value is not None:
        currency = value.get("currency") or reader.currency
        reader.lists["planned"].append((day, decimal_of(value.text), currency))


def _transaction(reader: _Reader, element: Any) -> None:
    reader.moves.append(element)


HANDLERS: dict[str, Callable[[_Reader, Any], None]] = {
    "iati-identifier": _identifier,
    "reporting-org": _reporter,
    "title": _texts("title"),
    "description": _texts("description"),
    "participating-org": _partner,
    "other-identifier": _other_identifier,
    "activity-status": _plain_code("status"),
    "activity-date": _date,
    "recipient-country": _country,
    "recipient-region": _region,
    "location": _location,
    "sector": _sector,
    "policy-marker": _marker,
    "collaboration-type": _collaboration,
    "default-flow-type": _plain_code("flow_type"),
    "default-finance-type": _plain_code("finance_type"),
    "default-aid-type": _plain_code("aid_type"),
    "default-tied-status": _plain_code("tied"),
    "planned-disbursement": _planned,
    "capital-spend": _capital,
    "transaction": _transaction,
    "related-activity": _related,
}


def _short(error: etree.XMLSyntaxError) -> str:
    """Return the first line of what the parser says, without addresses."""
    return str(error).split("\n", 1)[0][:160]
