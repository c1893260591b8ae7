"""Write IATI 2.03 activity files: in the order of the schema, checked against the rules and, where given, the XSD."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from lxml import etree

from landbalance.core.errors import RuleError
from landbalance.core.tables import csv_table
from landbalance.finance.classify import Split
from landbalance.finance.ledger import Activity, Party, Transaction
from landbalance.io.files import whole_file
from landbalance.io.iati_rules import check_rules

LANG = "{http://www.w3.org/XML/1998/namespace}lang"

DEFAULTS = (
    ("default-flow-type", "flow_type"),
    ("default-finance-type", "finance_type"),
    ("default-aid-type", "aid_type"),
    ("default-tied-status", "tied"),
)


@dataclass(frozen=True)
class ExportReport:
    """How many activities were written, what the rules warn of, and whether the schema was checked."""

    written: int
    warnings: tuple[str, ...]
    validation: str


def export_iati(
    activities: Iterable[Activity], path: Path, *, generated: str, today: date, schema: Path | None = None
) -> ExportReport:
    """Write activities to a file; nothing is written when a rule is broken or the schema refuses it.

    Parameters
    ----------
    generated : str
        Moment of the export, ISO 8601.
    schema : Path or None
        `iati-activities-schema.xsd` of version 2.03; without it the report says "not validated".

    Raises
    ------
    RuleError
        If an activity breaks a rule of severity "error", or the file does not validate.
    """
    warnings: list[str] = []
    count = 0
    with whole_file(path) as temporary:
        with etree.xmlfile(str(temporary), encoding="utf-8") as file:
            file.write_declaration()
            with file.element("iati-activities", {"version": "2.03", "generated-datetime": generated}):
                for activity in activities:
                    warnings += _checked(activity, today)
                    file.write(activity_element(activity), pretty_print=True)
                    count += 1
        if not count:
            raise RuleError("there is no activity to export", hint="choose others")
        _validate(temporary, schema)
    said = "not validated" if schema is None else "valid against the 2.03 schema"
    return ExportReport(count, tuple(warnings), said)


def activity_element(activity: Activity) -> Any:
    """Return one activity as element, its children in the order of the schema."""
    top = etree.Element("iati-activity", {LANG: activity.language})
    if activity.currency:
        top.set("default-currency", activity.currency)
    if activity.hierarchy != 1:
        top.set("hierarchy", str(activity.hierarchy))
    if activity.is_humanitarian:
        top.set("humanitarian", "1")
    etree.SubElement(top, "iati-identifier").text = activity.source_id
    _party(top, "reporting-org", activity.reporter, activity.language)
    _texts(top, "title", activity.title, activity.language)
    _texts(top, "description", activity.description or activity.title, activity.language)
    partners = activity.partners or (("4", activity.reporter),)
    for role, party in partners:
        _party(top, "participating-org", party, activity.language).set("role", role)
    if "other_identifier" in activity.tags:
        etree.SubElement(top, "other-identifier", {"ref": activity.tags["other_identifier"], "type": "A1"})
    etree.SubElement(top, "activity-status", code=activity.status or "2")
    for kind, day in sorted(activity.dates.items()):
        etree.SubElement(top, "activity-date", {"type": kind, "iso-date": day.isoformat()})
    _places(top, activity)
    _classes(top, activity)
    for move in activity.transactions:
        _transaction(top, move, activity)
    for kind, ref in activity.related:
        etree.SubElement(top, "related-activity", {"type": kind, "ref": ref})
    return top


def _places(top: Any, activity: Activity) -> None:
    """Write recipients and points."""
    for split in sorted(activity.recipients, key=lambda each: each.vocabulary == "region"):
        is_region = split.vocabulary in ("region", "dac")
        place = etree.SubElement(top, "recipient-region" if is_region else "recipient-country")
        place.set("code", split.code if is_region else _iso2(split.code))
        if is_region:
            place.set("vocabulary", "1")
        place.set("percentage", _percent(split.share))
    for longitude, latitude in activity.points:
        point = etree.SubElement(
            etree.SubElement(top, "location"), "point", srsName="http://www.opengis.net/def/crs/EPSG/0/4326"
        )
        etree.SubElement(point, "pos").text = f"{latitude:.10g} {longitude:.10g}"


def _classes(top: Any, activity: Activity) -> None:
    """Write sectors, markers, defaults, planned sums and capital share."""
    alone = {v: sum(s.vocabulary == v for s in activity.sectors) == 1 for v in {s.vocabulary for s in activity.sectors}}
    for split in activity.sectors:
        _sector(top, split, with_percentage=not alone[split.vocabulary] or split.share < 1)
    for marker in activity.markers:
        found = etree.SubElement(top, "policy-marker", vocabulary=marker.vocabulary, code=marker.code)
        if marker.significance is not None:
            found.set("significance", str(marker.significance))
    if activity.collaboration is not None:
        etree.SubElement(top, "collaboration-type", code=str(activity.collaboration))
    for tag, name in DEFAULTS:
        if getattr(activity, name):
            etree.SubElement(top, tag, code=getattr(activity, name))
    for day, value, currency in activity.planned:
        plan = etree.SubElement(top, "planned-disbursement")
        etree.SubElement(plan, "period-start", {"iso-date": day.isoformat()})
        _value(plan, value, currency, day)
    if activity.capital_share is not None:
        etree.SubElement(top, "capital-spend", percentage=_percent(activity.capital_share))


def _transaction(top: Any, move: Transaction, activity: Activity) -> None:
    """Write one transaction."""
    made = etree.SubElement(top, "transaction")
    etree.SubElement(made, "transaction-type", code=str(move.kind))
    etree.SubElement(made, "transaction-date", {"iso-date": move.day.isoformat()})
    _value(made, move.value, move.currency, move.value_date)
    if move.text:
        _texts(made, "description", {activity.language: move.text}, activity.language)
    for side, party, other in (
        ("provider", move.provider, move.provider_activity),
        ("receiver", move.receiver, move.receiver_activity),
    ):
        if party.ref or party.name or other:
            found = _party(made, f"{side}-org", party, activity.language)
            if other:
                found.set(f"{side}-activity-id", other)
    if move.channel and activity.source == "iati":
        etree.SubElement(made, "disbursement-channel", code=move.channel)
    if move.sector and not activity.sectors:
        etree.SubElement(made, "sector", vocabulary=move.sector_vocabulary or "1", code=move.sector)
    if move.recipient and not activity.recipients:
        is_region = move.recipient.isdigit()
        tag = "recipient-region" if is_region else "recipient-country"
        etree.SubElement(made, tag, code=move.recipient if is_region else _iso2(move.recipient))
    for tag, code in (
        ("flow-type", move.flow_type),
        ("finance-type", move.finance_type),
        ("aid-type", move.aid_type),
        ("tied-status", move.tied),
    ):
        if code:
            etree.SubElement(made, tag, code=code)


def _value(parent: Any, value: object, currency: str, day: date) -> None:
    """Write a value with its currency and date."""
    made = etree.SubElement(parent, "value", {"value-date": day.isoformat()})
    if currency:
        made.set("currency", currency)
    made.text = f"{value:f}"


def _sector(top: Any, split: Split, *, with_percentage: bool) -> None:
    """Write one sector; vocabularies of the organisation itself need a narrative."""
    found = etree.SubElement(top, "sector", vocabulary=split.vocabulary, code=split.code)
    if with_percentage:
        found.set("percentage", _percent(split.share))
    if split.vocabulary in ("98", "99"):
        etree.SubElement(found, "narrative").text = split.code


def _party(parent: Any, tag: str, party: Party, language: str) -> Any:
    """Write an organisation."""
    made = etree.SubElement(parent, tag)
    if party.ref:
        made.set("ref", party.ref)
    if party.type or tag == "reporting-org":
        made.set("type", party.type or "90")
    if party.name or tag == "reporting-org":
        etree.SubElement(made, "narrative").text = party.name or party.ref
    return made


def _texts(parent: Any, tag: str, texts: Any, language: str) -> None:
    """Write an element with one narrative for each language."""
    made = etree.SubElement(parent, tag)
    for code, text in texts.items():
        narrative = etree.SubElement(made, "narrative")
        if code != language:
            narrative.set(LANG, code)
        narrative.text = text


def _percent(share: float) -> str:
    """Return a share as per cent, exact to a millionth."""
    return f"{share * 100:.6f}".rstrip("0").rstrip(".")


def _iso2(code: str) -> str:
    """Return the two letters of a country; codes that are none stay as they are."""
    if len(code) != 3:
        return code
    return next((row["iso2"] for row in csv_table("finance/iso2") if row["iso3"] == code), code)


def _checked(activity: Activity, today: date) -> list[str]:
    """Return the warnings of an activity; refuse it for its errors."""
    findings = check_rules(activity, today)
    for found in findings:
        if found.severity == "error":
            raise RuleError(
                "{id}: {sentence}",
                id=activity.source_id,
                sentence=found.sentence,
                hint="rule {rule} of IATI 2.03",
                rule=found.rule,
            )
    return [f"{activity.source_id}: {found.sentence} (rule {found.rule})" for found in findings]


def _validate(path: Path, schema: Path | None) -> None:
    """Check a file against the schema, where there is one."""
    if schema is None:
        return
    checker = etree.XMLSchema(etree.parse(str(schema), etree.XMLParser(no_network=True)))
    tree = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True))
    if not checker.validate(tree):
        first = checker.error_log[0]
        raise RuleError(
            "the export does not validate: line {line}: {why}", line=first.line, why=first.message, hint="correct it"
        )
