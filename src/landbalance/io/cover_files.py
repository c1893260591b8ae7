"""The history of a cover as a file: a page, a picture, a table, or all figures as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from landbalance._version import __version__
from landbalance.core.errors import InputError, RuleError
from landbalance.finance.insure import METHOD
from landbalance.finance.products import Insured
from landbalance.io.charts import chart_svgs
from landbalance.io.cover_desk import CoverAnswer, CoverDesk
from landbalance.io.drought_html import drought_html
from landbalance.io.files import write_text
from landbalance.io.project_file import Project
from landbalance.io.sheet import sheet_csv
from landbalance.io.summary import json_text
from landbalance.reporting.cover_charts import history_chart
from landbalance.reporting.cover_page import cover_page
from landbalance.reporting.tables import cell_value
from landbalance.reporting.words import Tongue

ENDINGS = (".html", ".svg", ".csv", ".json")


def check_ending(path: Path) -> None:
    """Refuse a file whose ending says nothing that can be written.

    Raises
    ------
    InputError
        If it is none of .html, .svg, .csv, .json.
    """
    if path.suffix not in ENDINGS:
        raise InputError("{path} has no known ending", path=path, hint="end it in .html, .svg, .csv or .json")


def write_history(
    path: Path,
    project: Project,
    desk: CoverDesk,
    found: CoverAnswer,
    tongue: Tongue,
    *,
    date: str,
) -> list[Path]:
    """Write the history of a cover by the ending of the file; a page and a picture get their data beside them as CSV.

    Raises
    ------
    InputError
        If the ending is not known.
    RuleError
        If this computer cannot draw the picture.
    """
    check_ending(path)
    about = project.about
    beside = path.with_suffix(".csv")
    if path.suffix == ".json":
        write_text(path, json_text(cover_record(project, desk, found, tongue, date=date)))
        return [path]
    if path.suffix == ".html":
        page = cover_page(
            found.products, found.designs, desk.facts, tongue, title=about.title, place=about.country, date=date,
            currency=about.currency, invented=about.invented, data=beside.name, undone=found.undone,
        )  # fmt: skip
        write_text(path, drought_html(page, {}, (), tongue))
    if path.suffix == ".svg":
        [drawn] = chart_svgs([history_chart(found.products[0], tongue, about.currency)])
        if not drawn:
            raise RuleError("{path} cannot be drawn here", path=path, hint="write .csv or .json instead")
        write_text(path, drawn)
    write_text(beside, history_csv(found.products, tongue, about.currency))
    return list(dict.fromkeys((path, beside)))


def history_csv(products: Sequence[Insured], tongue: Tongue, currency: str) -> str:
    """Return the years of every product as CSV; an unknown value is an empty cell."""
    charts = [history_chart(each, tongue, currency) for each in products]
    titles = [tongue.translate("Product"), *(column.title for column in charts[0].table.columns)]
    rows = [
        [product.name, *(cell_value(cell) for cell in row)]
        for product, chart in zip(products, charts, strict=True)
        for row in chart.table.rows
    ]
    return sheet_csv(titles, rows)


def cover_record(
    project: Project,
    desk: CoverDesk,
    found: CoverAnswer,
    tongue: Tongue,
    *,
    date: str,
) -> dict[str, Any]:
    """Return everything as plain data: figures, designs, charts, and where all of it is from."""
    return {
        "project": project.about.id,
        "country": project.about.country,
        "invented": project.about.invented,
        "currency": project.about.currency,
        "price_year": project.about.price_year,
        "made": date,
        "landbalance": __version__,
        "method": METHOD,
        "parameters": {name: asdict(each) for name, each in desk.facts.items()},
        "cover": desk.table.model_dump(mode="json"),
        "products": [asdict(each) for each in found.products],
        "designs": [asdict(each) for each in found.designs],
        "undone": dict(found.undone),
        "charts": [history_chart(each, tongue, project.about.currency).spec for each in found.products],
    }
