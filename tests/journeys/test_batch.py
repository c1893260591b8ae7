"""Many workspaces and zones in one run file: one that fails stops no other, and what is done is not done again."""

import csv
import json
from pathlib import Path

import pytest
import shapely
from typer.testing import CliRunner, Result

from journeys.places import make_place, write_polygons
from landbalance.cli.app import app

WEST, EAST = shapely.box(10.05, 0.05, 10.25, 0.45), shapely.box(10.25, 0.05, 10.45, 0.45)
COUNTRY = shapely.box(10.05, 0.05, 10.45, 0.45)
RUNFILE = """\
[[run]]
workspace = "countries/*"

[[run]]
workspace = "countries/first"
area = "zones.geojson"
profile = "te-compat"

[run.parameters]
perf_min_pixels = { value = 5, reason = "a zone has few cells" }
"""


def call(*words: object) -> Result:
    return CliRunner().invoke(app, ["batch", *map(str, words)])


def entries(home: Path) -> dict[str, dict[str, object]]:
    """Return the entries of a summary by their id."""
    rows = json.loads((home / "july" / "batch.json").read_text(encoding="utf-8"))["entries"]
    return {row["id"]: row for row in rows}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with three small countries, one of them broken, zones and a run file."""
    home = tmp_path_factory.mktemp("batch")
    for name in ("first", "second", "third"):
        make_place(home / "countries" / name, [COUNTRY], west=10, north=0.5, cell=0.01, shape=(50, 50))
    (home / "countries" / "second" / "soc.tif").write_bytes(b"no raster")
    (home / "countries" / "notes").mkdir()
    write_polygons(home / "zones.geojson", [WEST, EAST, shapely.box(50, 50, 51, 51)])
    (home / "july.toml").write_text(RUNFILE, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def first_call(home: Path) -> Result:
    """Return what the first call says."""
    return call(home / "july.toml", "--threads", "1")


def test_one_that_fails_stops_no_other(home: Path, first_call: Result) -> None:
    found = {name: row["status"] for name, row in entries(home).items()}

    assert found == {
        "first": "finished",
        "second": "failed",
        "third": "finished",
        "first-part-1-te-compat": "finished",
        "first-part-2-te-compat": "finished",
        "first-part-3-te-compat": "failed",
    }


def test_failures_are_told_in_one_line_each(first_call: Result) -> None:
    lines = first_call.stderr.splitlines()

    assert first_call.exit_code == 1
    assert [line.split(": ")[:2] for line in lines] == [
        ["error", "second"],
        ["error", "first-part-3-te-compat"],
    ]
    assert "soc.tif" in lines[0]
    assert "does not meet the boundary" in lines[1]


def test_each_run_has_its_manifest_and_a_zone_has_it_in_the_folder_of_the_batch(home: Path, first_call: Result) -> None:
    rows = entries(home)

    assert Path(str(rows["first"]["folder"])).parent == home / "countries" / "first" / "runs"
    zone = Path(str(rows["first-part-1-te-compat"]["folder"]))
    assert zone.parent == home / "july" / "first-part-1-te-compat" / "runs"
    manifest = json.loads((zone / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["profile"] == "te-compat"
    assert next(p["value"] for p in manifest["parameters"] if p["name"] == "perf_min_pixels") == 5


def test_zones_sum_to_the_country_they_are_cut_from(home: Path, first_call: Result) -> None:
    rows = entries(home)

    def land(name: str) -> float:
        figures = rows[name]["figures"]["baseline"]  # type: ignore[index]
        return sum(figures[key] for key in figures if key.endswith("_km2"))

    parts = [land("first-part-1-te-compat"), land("first-part-2-te-compat")]
    assert sum(parts) == pytest.approx(land("first"), rel=1e-9)
    assert min(parts) > 0.4 * land("first")


def test_the_sheet_has_the_headline_of_each(home: Path, first_call: Result) -> None:
    with (home / "july" / "batch.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}

    assert 0.4 < float(rows["third"]["degraded_share.baseline"]) < 0.6
    assert rows["second"]["degraded_share.baseline"] == ""
    assert rows["second"]["error"]


def test_a_second_call_takes_what_stands_and_mends_what_failed(home: Path, first_call: Result) -> None:
    before = entries(home)
    broken, whole = (home / "countries" / name / "soc.tif" for name in ("second", "third"))
    broken.write_bytes(whole.read_bytes())

    looked_at = call(home / "july.toml", "--threads", "1")

    after = entries(home)
    assert looked_at.exit_code == 1
    assert after["second"]["status"] == "finished"
    assert after["first"]["status"] == after["first-part-2-te-compat"]["status"] == "unchanged"
    assert after["first"]["run"] == before["first"]["run"]


def test_to_continue_reads_nothing_that_is_finished(home: Path, first_call: Result) -> None:
    (home / "countries" / "third" / "soc.tif").write_bytes(b"no raster any more")

    said = call(home / "july.toml", "--continue", "--json")

    states = {row["id"]: row["status"] for row in json.loads(said.stdout)}
    assert states["third"] == "skipped"
    assert states["first-part-3-te-compat"] == "failed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[run]]\nworkspce = "a"\n', "did you mean workspace?"),
        ("out = 'x'\n", "run"),
        ("[[run]\n", "is not TOML"),
    ],
)
def test_a_run_file_that_does_not_fit_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "runs.toml").write_text(text, encoding="utf-8")

    result = call(tmp_path / "runs.toml")

    assert result.exit_code == 1
    assert said in result.stderr


def test_a_pattern_without_a_match_is_an_entry_that_fails(tmp_path: Path) -> None:
    (tmp_path / "july.toml").write_text('[[run]]\nworkspace = "nowhere/*"\n', encoding="utf-8")

    result = call(tmp_path / "july.toml")

    assert result.exit_code == 1
    assert "matches no workspace" in result.stderr
    assert [row["status"] for row in entries(tmp_path).values()] == ["failed"]
