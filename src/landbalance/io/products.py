"""Everything a run hands out: summary, tables, workbook, report, package and styles, each file whole or not there."""

from collections.abc import Mapping
from pathlib import Path

from landbalance.io.files import write_bytes, write_text
from landbalance.io.language import tongue
from landbalance.io.prais_package import package_name, prais_package
from landbalance.io.qgis import sidecars, styles
from landbalance.io.report_html import report_html
from landbalance.io.summary import figures_csv, summary_json, table_csv
from landbalance.io.workbook import check_table, workbook
from landbalance.reporting.document import report_document
from landbalance.reporting.facts import RunFacts
from landbalance.reporting.figures import figures
from landbalance.reporting.record import Book


def write_products(
    facts: RunFacts, rasters: Mapping[str, Path], folder: Path, *, language: str = "en"
) -> tuple[Path, ...]:
    """Write the products of a run; equal facts and rasters give equal bytes.

    Parameters
    ----------
    facts : RunFacts
        What the run counted and knows.
    rasters : mapping of str to Path
        The written layers by key: "sdg.<period>", "condition.sdg.<period>", "land_cover.<year>", "gaps.<period>", ...;
        countries that cross the antimeridian have two of each, ending in ":e" and ":w".
    folder : Path
        Folder of the run.
    language : str
        One of the six UN languages.

    Returns
    -------
    tuple of Path
        The files, in the order they were written.

    Raises
    ------
    RuleError
        If the tables do not add up to the area of interest; nothing is written then.
    """
    words = tongue(language)
    book = Book(figures(facts, words.translate))
    document = report_document(facts, book, words)
    texts = {"tables/figures.csv": figures_csv(book)}
    checks = check_table(document.checks, words)
    for table in (*document.tables, *document.zones, *document.gaps, document.parameters, document.layers, checks):
        texts[f"tables/{table.name.replace(' ', '_')}.csv"] = table_csv(table)
    texts |= {f"styles/{name}.qml": text for name, text in styles(facts.legend, words).items()}
    texts |= sidecars(rasters, facts.legend, words)
    texts["report.html"] = report_html(facts, document, rasters, words)
    blobs = {"summary.json": summary_json(facts, book, document), "summary.xlsx": workbook(facts, document, words)}
    blobs[f"package/{package_name(facts)}"] = prais_package(facts, book, rasters)
    for name, text in texts.items():
        write_text(folder / name, text)
    for name, blob in blobs.items():
        write_bytes(folder / name, blob)
    return tuple(folder / name for name in (*texts, *blobs))
