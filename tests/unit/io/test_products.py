"""The products of a run: whole, deterministic, offline, and made from the same figures."""

import gzip
import io
import json
import re
import tarfile
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import rasterio
from python_calamine import CalamineWorkbook

from landbalance.core.crosstab import Crosstab
from landbalance.core.errors import RuleError
from landbalance.io.language import LANGUAGES
from landbalance.io.products import write_products
from landbalance.reporting.facts import LayerFact

KINDS = {".json", ".csv", ".qml", ".xml", ".html", ".xlsx", ".gz"}


@pytest.fixture(scope="module")
def rasters(country, tmp_path_factory) -> dict[str, Path]:
    return country.write(tmp_path_factory.mktemp("layers"))


@pytest.fixture(scope="module")
def folder(country, rasters, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    write_products(country.facts, rasters, folder)
    return folder


class Page(HTMLParser):
    """Collects what a page refers to and how it is built."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def of(self, *tags: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.found if tag in tags]


def page(folder: Path) -> Page:
    parser = Page()
    parser.feed((folder / "report.html").read_text(encoding="utf-8"))
    return parser


def test_every_product_is_written(folder: Path) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    wanted = {"summary.json", "summary.xlsx", "report.html", "package/zzd_so1_so2.tar.gz", "styles/condition.qml"}
    assert wanted | {"tables/SO1-4.T2.csv", "tables/figures.csv", "tables/parameters.csv"} <= files
    assert {Path(name).suffix for name in files} == KINDS


def test_equal_facts_give_equal_bytes(country, rasters, folder: Path, tmp_path: Path) -> None:
    again = write_products(country.facts, rasters, tmp_path)

    assert [path.read_bytes() for path in again] == [(folder / p.relative_to(tmp_path)).read_bytes() for p in again]


def test_nothing_is_written_when_tables_do_not_close(country, rasters, tmp_path: Path) -> None:
    table = country.facts.tables["sdg.report_1.nation"]
    wrong = Crosstab(table.name, table.axes, table.values * 1.001, "km2")
    facts = replace(country.facts, tables={**country.facts.tables, table.name: wrong})

    with pytest.raises(RuleError):
        write_products(facts, rasters, tmp_path)

    assert not list(tmp_path.iterdir())


def test_summary_says_its_doubts_in_every_language_of_reports(folder: Path) -> None:
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    said = summary["sentences"]

    assert set(said) == set(LANGUAGES)
    assert [check["sentence"] for check in summary["checks"]] == [sentence for _, sentence in said["en"]["checks"]]
    assert [flag["text"] for flag in summary["flags"]] == said["en"]["flags"]
    for language in set(LANGUAGES) - {"en"}:
        pairs = zip(said["en"]["checks"], said[language]["checks"], strict=True)
        assert [title for (title, _), (other, _) in pairs if other == title] == []
        assert [len(each) for each in said[language]["reasons"]] == [len(each) for each in said["en"]["reasons"]]


def test_summary_holds_figure_records_with_every_field(folder: Path) -> None:
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))

    fields = {"id", "label", "value", "unit", "period", "zone", "denominator", "mask", "method", "quality"}
    assert all(set(figure) == fields | {"interval", "inputs"} for figure in summary["figures"])
    assert summary["run"]["profile"] == "unccd-2026"


def test_workbook_holds_values_and_no_formulas(folder: Path) -> None:
    book = CalamineWorkbook.from_path(folder / "summary.xlsx")

    rows = book.get_sheet_by_name("SO1-4.T2").to_python(skip_empty_area=False)

    assert rows[4][:3] == ["Period", "Year", "Degraded land [km²]"]
    assert rows[7][2] == pytest.approx(5277.25, abs=0.01)
    assert {"Summary", "SO1-1.T4", "zones.districts report_2", "parameters", "layers", "checks"} <= set(
        book.sheet_names
    )


def test_workbook_text_is_never_a_formula(country, rasters, tmp_path: Path) -> None:
    layer = replace(country.facts.layers[0], title='=HYPERLINK("http://example.org")')
    write_products(replace(country.facts, layers=(layer,)), rasters, tmp_path)

    book = CalamineWorkbook.from_path(tmp_path / "summary.xlsx")

    assert book.get_sheet_by_name("layers").to_python(skip_empty_area=False)[5][0].startswith("=HYPERLINK")
    assert "'=HYPERLINK" in (tmp_path / "tables/layers.csv").read_text(encoding="utf-8")


def test_package_holds_int16_rasters_with_both_special_values(folder: Path, tmp_path: Path) -> None:
    content = gzip.decompress((folder / "package/zzd_so1_so2.tar.gz").read_bytes())
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        tar.extractall(tmp_path, filter="data")
        assert {entry.mtime for entry in tar.getmembers()} == {0}

    with rasterio.open(tmp_path / "zzd_sdg_baseline.tif") as file:
        values, nodata = file.read(1), file.nodata
    bands = json.loads((tmp_path / "zzd_bands.json").read_text(encoding="utf-8"))

    assert (values.dtype, nodata) == (np.int16, -32768)
    assert set(np.unique(values)) == {-32768, -32767, -1, 0, 1}
    assert {band["name"] for band in bands} >= {"SDG 15.3.1 Indicator", "Land cover (7 class)"}


def test_short_series_stay_out_of_the_package_and_are_listed(country, rasters, tmp_path: Path) -> None:
    write_products(replace(country.facts, short_periods=("report_1",)), rasters, tmp_path)

    with tarfile.open(tmp_path / "package/zzd_so1_so2.tar.gz") as tar:
        names = tar.getnames()
        reasons = json.load(tar.extractfile("zzd_left_out.json"))

    assert "zzd_sdg_report_1.tif" not in names
    assert "zzd_condition_sdg_report_1.tif" not in names
    assert {"zzd_sdg_report_2.tif", "zzd_land_cover_status_report_1.tif"} <= set(names)
    assert {row["period"] for row in reasons} == {"report_1"}


def test_report_asks_for_nothing_outside_itself(folder: Path) -> None:
    found = page(folder)

    links = [attrs.get("href", "#") for attrs in found.of("a", "link")]
    sources = [attrs["src"] for attrs in found.of("img")]
    style = (folder / "report.html").read_text(encoding="utf-8").split("</style>")[0]
    assert all(link.startswith("#") for link in links)
    assert all(source.startswith("data:") for source in sources)
    assert not found.of("script", "iframe", "object")
    assert not re.search(r"url\(|@import", style)


def test_report_is_built_for_every_reader(folder: Path) -> None:
    found = page(folder)

    ids = {attrs["id"] for _, attrs in found.found if "id" in attrs}
    assert all(attrs["href"][1:] in ids for attrs in found.of("a"))
    assert all(attrs["alt"].strip() for attrs in found.of("img"))
    assert all(attrs["scope"] in {"col", "row"} for attrs in found.of("th"))
    assert len(found.of("table")) == len(found.of("caption"))
    assert len(found.of("h1")) == 1
    levels = [int(tag[1]) for tag, _ in found.found if re.fullmatch("h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_report_names_are_escaped(country, rasters, tmp_path: Path) -> None:
    layer = LayerFact("soc", "<script>alert(1)</script>", "soc", "t ha-1", (), "EPSG:4326", "1 km", "", "", "", ())
    write_products(replace(country.facts, layers=(layer,)), rasters, tmp_path)

    assert not page(tmp_path).of("script")


@pytest.mark.parametrize("language", LANGUAGES)
def test_products_come_in_every_language(country, rasters, tmp_path: Path, language: str) -> None:
    write_products(country.facts, rasters, tmp_path, language=language)

    html = page(tmp_path).of("html")[0]
    assert html == {"lang": language, "dir": "rtl" if language == "ar" else "ltr"}


def test_a_map_without_its_raster_is_left_out(country, rasters, tmp_path: Path) -> None:
    kept = {key: path for key, path in rasters.items() if key.startswith("sdg.")}

    write_products(country.facts, kept, tmp_path)

    charts = 5
    assert len(page(tmp_path).of("img")) == charts + len(kept)
