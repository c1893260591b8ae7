"""The ledger at size: `python -m bench.ledger [ROWS] [--xml MB]`; SQLite, or PostgreSQL under tests/postgresql.py."""

import argparse
import os
import random
import resource
import tempfile
import time
from datetime import date
from pathlib import Path

from lxml import etree

HEAD = (
    "Year|DonorCode|DonorName|AgencyCode|AgencyName|CrsID|ProjectNumber|RecipientCode|RecipientName|FlowCode|Bi_Multi"
    "|Finance_T|Aid_T|USD_Commitment|USD_Disbursement|CurrencyCode|ShortDescription|ProjectTitle|PurposeCode|SectorCode"
    "|ChannelCode|ChannelName|LongDescription|Gender|Environment|Biodiversity|ClimateMitigation|ClimateAdaptation"
    "|Desertification"
)
WORDS = (
    "restoration",
    "rangeland",
    "school",
    "roads",
    "erosion control",
    "health",
    "irrigation",
    "drought",
    "water",
    "forest",
)
PLACES = ((260, "Niger"), (255, "Mali"), (287, "Burkina Faso"), (238, "Ethiopia"), (645, "India"), (428, "Bolivia"))
PURPOSES = (31130, 31163, 11220, 14030, 31220, 41010, 43040, 21020, 12220, 31161)


def make_crs(path: Path, rows: int) -> None:
    """Write an invented bulk file: two yearly rows an activity on average."""
    draw = random.Random(7)
    with path.open("w", encoding="utf-8") as file:
        file.write(HEAD + "\n")
        for number in range(rows):
            key = number // 2
            donor, (code, place) = 1 + key % 22, PLACES[key % 6]
            title = f"{draw.choice(WORDS)} in {place} {key}"
            markers = "|".join(draw.choice(("", "0", "1", "2")) for _ in range(4))
            money = f"{draw.uniform(0.01, 20):.6f}|{draw.uniform(0.01, 10):.6f}"
            file.write(
                f"{2015 + number % 9}|{donor}|Donor {donor}|{key % 5}|Agency|{key:09d}|P{key}|{code}|{place}|11"
                f"|{(1, 1, 1, 4, 8)[key % 5]}|110|C01|{money}|302|{title}|{title}|{PURPOSES[key % 10]}|311|12000"
                f"|Recipient government|An invented project: {title}.|0|1|{markers}\n"
            )


def time_ledger(rows: int) -> None:
    """Import, classify, search duplicates and sum the boundary; print seconds and memory."""
    with tempfile.TemporaryDirectory(prefix="landbalance-bench-") as folder:
        home = Path(folder)
        (home / "landbalance.toml").write_text("[installation]\nformat = 1\n")
        from landbalance.cli.records import start_django

        start_django(home, os.environ.get("LANDBALANCE_DATABASE", ""))
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0, interactive=False)
        from landbalance.registry.accounts.services import operator
        from landbalance.registry.finance import doubles, queries, services
        from landbalance.registry.finance.imports import import_file
        from landbalance.registry.finance.models import FlowActivity
        from landbalance.registry.workspaces.models import Workspace

        actor, place = operator(), Workspace.objects.create(slug="bench", title="Bench", country="ZZA", folder="bench")
        make_crs(home / "crs.txt", rows)
        begun, spent = time.perf_counter(), time.process_time()
        batch = import_file(actor, place, home / "crs.txt")
        imported = time.perf_counter()
        doubles.search_duplicates(actor, place)
        searched, spent = time.perf_counter(), time.process_time() - spent
        keys = list(FlowActivity.objects.values_list("source_id", flat=True)[: rows // 4])
        services.mark_inside(actor, place, keys)
        marked = time.perf_counter()
        queries.boundary(actor, place)
        summed = time.perf_counter() - marked
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{connection.vendor}: {batch.rows_read:,} rows: import and classes {imported - begun:.1f} s, duplicates "
            f"{searched - imported:.1f} s, together {searched - begun:.1f} s, "
            f"{spent:.1f} s of CPU (goal 120 s for 1,000,000); "
            f"boundary over {len(keys):,} activities {summed:.2f} s (goal 2 s); peak {peak:,.0f} MB (goal 2,048 MB)"
        )


def make_iati(path: Path, megabytes: int) -> None:
    """Write an invented IATI file of five transactions an activity."""
    party = (
        '<provider-org ref="XX-TEST-9" type="10"><narrative>Invented land fund of the bench</narrative></provider-org>'
    )
    move = (
        '<transaction><transaction-type code="3"/><transaction-date iso-date="2024-03-01"/><value currency="USD" '
        f'value-date="2024-03-01">1234.56</value><description><narrative>Instalment</narrative></description>{party}'
        '<receiver-org ref="XX-TEST-2" type="22"><narrative>Invented community</narrative></receiver-org>'
        '<flow-type code="10"/><finance-type code="110"/><aid-type code="C01"/></transaction>'
    )
    words = "Invented text of a project on land that goes on for a while. " * 25
    with path.open("w", encoding="utf-8") as file:
        file.write('<iati-activities version="2.03">')
        number = 0
        while file.tell() < megabytes * 1_000_000:
            file.write(
                '<iati-activity default-currency="USD" xml:lang="en">'
                f"<iati-identifier>XX-TEST-1-{number}</iati-identifier>"
                '<reporting-org ref="XX-TEST-1" type="11"><narrative>Invented fund</narrative></reporting-org>'
                f"<title><narrative>Project {number}</narrative></title><description><narrative>{words}</narrative>"
                '</description><participating-org role="4" ref="XX-TEST-1" type="11"/><activity-status code="2"/>'
                '<activity-date type="2" iso-date="2024-01-01"/><recipient-country code="NE" percentage="100"/>'
                '<sector vocabulary="1" code="31130" percentage="30"/>'
                '<sector vocabulary="1" code="31163" percentage="70"/>'
                f'<policy-marker vocabulary="1" code="8" significance="2"/>{move * 5}</iati-activity>'
            )
            number += 1
        file.write("</iati-activities>")


def bare_loop(path: Path) -> int:
    """Walk over the activities and do nothing."""
    count = 0
    for _, element in etree.iterparse(str(path), events=("end",), tag="iati-activity"):
        count += 1
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return count


def time_iati(megabytes: int) -> None:
    """Read an IATI file; print CPU time over a loop that does nothing, and memory."""
    from landbalance.finance.ledger import ImportReport
    from landbalance.io.iati import import_iati

    with tempfile.TemporaryDirectory(prefix="landbalance-bench-") as folder:
        path = Path(folder) / "big.xml"
        make_iati(path, megabytes)
        spent: dict[str, list[float]] = {"bare": [], "ours": []}
        for _ in range(2):  # in turn, so that a busy machine strikes both
            begun = time.process_time()
            count = bare_loop(path)
            middle = time.process_time()
            assert sum(1 for _ in import_iati(path, ImportReport("iati", ""), today=date(2026, 1, 1))) == count
            spent["bare"].append(middle - begun)
            spent["ours"].append(time.process_time() - middle)
        bare, ours = min(spent["bare"]), min(spent["ours"])
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"IATI {megabytes} MB, {count:,} activities: {ours:.1f} s over {bare:.1f} s of a loop that does nothing: "
            f"{ours / bare:.2f}x (goal 2x); peak {peak:.0f} MB (goal 300 MB)"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.ledger")
    parser.add_argument("rows", nargs="?", type=int, default=100_000)
    parser.add_argument("--xml", type=int, default=0, help="megabytes of the IATI file; 0 leaves the ledger alone")
    chosen = parser.parse_args()
    if chosen.xml:
        time_iati(chosen.xml)
    else:
        time_ledger(chosen.rows)


if __name__ == "__main__":
    main()
