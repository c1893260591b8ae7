"""Notes from the command line: filled from a run, what is missing first, in any language, in layouts of one's own."""

import io
import json
import re
import zipfile
from datetime import date
from pathlib import Path

import pytest
from docx import Document
from finance_command import refused, run

from landbalance.engine.notes import land_of, make_note
from landbalance.engine.runs import latest_run
from landbalance.engine.summary import nation_rows
from landbalance.io.language import LANGUAGES, tongue
from landbalance.io.project_file import read_project
from landbalance.io.workspace import load_workspace
from landbalance.reporting.note_blocks import MapPicture
from landbalance.reporting.notes import template_names
from landbalance.reporting.words import LAYER_NAMES

PROJECT = str(Path(__file__).resolve().parents[2] / "examples" / "projects" / "demoland.toml")
DAY = date(2026, 11, 25)
TARGETS = (
    "target_id,target_type,title,declared_area_ha,target_year,responsible_body\n"
    "ZZD-1,area_action,Parkland,12000,2030,Land office\n"
)


def text_of(docx: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(docx)) as parts:
        return re.sub(r"<[^>]+>", "\n", parts.read("word/document.xml").decode())


@pytest.mark.parametrize("template", template_names())
def test_what_is_missing_stands_first_and_a_run_fills_the_land(
    tmp_path: Path, assessed_demo: Path, template: str
) -> None:
    alone, with_run = tmp_path / "alone.docx", tmp_path / "run.docx"

    without = run("note", PROJECT, "--template", template, "--out", str(alone))
    said = run("note", PROJECT, "--template", template, "--out", str(with_run), "-w", str(assessed_demo))

    text = text_of(alone.read_bytes())
    missing = [
        line.removeprefix("still missing: ") for line in without.splitlines() if line.startswith("still missing")
    ]
    assert missing
    assert all(text.index("Still missing") < text.index(each.replace("&", "&amp;")) for each in missing[:3])
    assert "a run of the country" in without
    assert "a run of the country" not in said
    assert len(Document(str(with_run)).inline_shapes) >= 5  # the map and its legend


def test_hectares_in_a_note_are_those_of_the_run(assessed_demo: Path) -> None:
    workspace = load_workspace(assessed_demo)
    found = latest_run(workspace)
    [*_, last] = [row for row in nation_rows(found) if row.layer == LAYER_NAMES["sdg"]]

    made = make_note(read_project(PROJECT), "two-page", day=DAY, kind="md", land=land_of(found, workspace, "en"))

    text = made.content.decode()
    assert f"{last.degraded_km2 * 100:,.0f} ha were degraded" in text
    assert f"{(last.degraded_km2 + last.no_result_km2) * 100:,.0f} |" in text  # the most that may be degraded
    assert found.id in text.split("Where the figures come from")[1]


def test_reasons_are_in_the_language_of_the_note_and_not_of_the_run(assessed_demo: Path) -> None:
    workspace = load_workspace(assessed_demo)
    found = latest_run(workspace)
    assert found.manifest.language == "en"

    english, french = (land_of(found, workspace, language).reasons for language in ("en", "fr"))

    assert english == ("coverage is high and the series is long",)
    assert french == (tongue("fr").say("coverage is high and the series is long"),)
    assert french != english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_makes_every_kind_of_file(assessed_demo: Path, language: str) -> None:
    workspace = load_workspace(assessed_demo)
    land, project = land_of(latest_run(workspace), workspace, language), read_project(PROJECT)
    begins = {"docx": b"PK", "pdf": b"%PDF", "md": b"# "}

    made = {
        kind: make_note(project, "feasibility", day=DAY, kind=kind, language=language, land=land)  # type: ignore[arg-type]
        for kind in begins
    }

    assert all(made[kind].content.startswith(begin) for kind, begin in begins.items())
    note = made["md"].note
    assert any(isinstance(block, MapPicture) for _, part in note.sections for each in part for block in each.blocks)
    if language != "en":
        english = make_note(project, "feasibility", day=DAY, kind="md", land=land).note
        assert not set(note.missing) & set(english.missing)


def test_every_figure_says_where_it_is_from(assessed_demo: Path) -> None:
    workspace = load_workspace(assessed_demo)
    land = land_of(latest_run(workspace), workspace, "en")

    note = make_note(read_project(PROJECT), "gcf-cn", day=DAY, kind="md", land=land).note

    fields = {field.code: field for _, each in note.sections for field in each}
    for code in ("A7", "A8", "A9", "B1", "B3", "C1", "D3"):
        assert fields[code].origins, code
        assert all(1 <= number <= len(note.origins) for number in fields[code].origins)


def test_targets_grants_and_windows_of_the_country_come_in(tmp_path: Path, assessed_demo: Path) -> None:
    targets, own = tmp_path / "targets.csv", tmp_path / "windows.toml"
    targets.write_text(TARGETS)
    own.write_text(
        '[[window]]\nid = "zzd-fund"\nfund = "Demoland fund"\ntitle = "Land window"\nthemes = ["ld", "drought", '
        '"adaptation"]\ninstruments = ["grant", "loan"]\nmost = 5\ncurrency = "USD"\nsource = "invented"\n'
    )
    place = tmp_path / "note.md"

    words = ["--template", "feasibility", "--targets", str(targets), "--own", str(own), "--on", "2026-11-25"]
    run("note", PROJECT, *words, "--out", str(place), "-w", str(assessed_demo))

    text = place.read_text()
    assert "| ZZD-1 | Parkland | 12,000 | 2030 | Land office |" in text
    assert "| Demoland fund: Land window | 92.5 |" in text
    assert "EA-2024-ZZD" in text


def test_a_field_that_says_something_and_lacks_something_shows_both(tmp_path: Path) -> None:
    project, place = tmp_path / "p.toml", tmp_path / "note.md"
    lines = Path(PROJECT).read_text().splitlines()
    project.write_text("\n".join(line for line in lines if not line.startswith("drivers = ")))

    run("note", str(project), "--template", "gef-pif", "--out", str(place))

    drivers = place.read_text().split("### A2 Drivers")[1].split("###")[0]
    assert "*still missing*" in drivers
    assert "drought in 16% of the years" in drivers


def test_consent_that_is_not_there_is_said_in_front(tmp_path: Path) -> None:
    place = tmp_path / "note.md"

    run("note", PROJECT, "--out", str(place))

    head = place.read_text().split("## What")[0]
    assert "consent is not there: Pastoralists" in head


def test_the_run_must_be_of_the_project_s_country(tmp_path: Path, assessed_demo: Path) -> None:
    project = tmp_path / "p.toml"
    project.write_text(Path(PROJECT).read_text().replace('country = "ZZD"', 'country = "MRT"', 1))

    assert "the project is in MRT, the run is of ZZD" in refused("note", str(project), "-w", str(assessed_demo))


def test_text_in_a_pdf_is_never_run(tmp_path: Path) -> None:
    project, place = tmp_path / "p.toml", tmp_path / "note.pdf"
    text = Path(PROJECT).read_text().replace("Reverse degradation", '#read(\\"/etc/passwd\\") Reverse degradation')
    project.write_text(text)

    run("note", str(project), "--out", str(place))

    assert place.read_bytes().startswith(b"%PDF")


CODE = {
    "a call": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "a method": "{{ objective.upper() }}",
    "an attribute": "{{ objective.__class__.__mro__ }}",
    "a sum": "{{ 10 ** 10 ** 10 }}",
    "a long loop": "{% for each in range(1000000000) %}x{% endfor %}",
    "an import": "{% import 'os' as os %}",
}


@pytest.mark.parametrize("name", CODE)
def test_a_template_with_code_in_it_is_refused(tmp_path: Path, name: str) -> None:
    template, place = tmp_path / "bad.docx", tmp_path / "note.docx"
    document = Document()
    document.add_paragraph(CODE[name])
    document.save(str(template))

    said = refused("note", PROJECT, "--layout", str(template), "--out", str(place))

    assert "holds code" in said or "cannot be filled" in said
    assert not place.exists()


def test_a_template_of_ones_own_is_filled(tmp_path: Path, assessed_demo: Path) -> None:
    template, place = tmp_path / "own.docx", tmp_path / "note.docx"
    document = Document()
    document.add_paragraph("{{ note.title|upper }}: {{ objective }}; market {{ market }}")
    document.add_paragraph("{% for row in tables.land.rows %}{{ row[0] }}={{ row[1] }};{% endfor %}")
    document.add_paragraph("{{ map }}")
    document.save(str(template))

    run("note", PROJECT, "--layout", str(template), "--out", str(place), "-w", str(assessed_demo))

    text = text_of(place.read_bytes())
    assert "PARKLAND TREES" in text
    assert "Reverse degradation of cropland" in text
    assert "market [still missing]" in text
    assert "Baseline 2000–2015=" in text
    assert len(Document(str(place)).inline_shapes) == 1


def test_another_ending_and_another_template_are_refused() -> None:
    assert "choose one of the three endings" in refused("note", PROJECT, "--out", "note.txt")
    assert "there is no template brief: use one of gef-pif" in refused("note", PROJECT, "--template", "brief")
    assert "reports do not come in de" in refused("note", PROJECT, "--language", "de")


def test_steps_stay_closed_until_there_is_a_counterfactual(tmp_path: Path) -> None:
    project = tmp_path / "p.toml"
    text = Path(PROJECT).read_text()
    project.write_text(re.sub(r"without_project = .*", "without_project = [2400000]", text, count=1))

    steps = {each["code"]: each for each in json.loads(run("steps", str(project), "--json"))}
    given = {each["code"]: each for each in json.loads(run("steps", PROJECT, "--json"))}

    assert steps["6"]["state"] == "closed"
    assert steps["6"]["waits_for"] == "counterfactual"
    assert given["6"]["state"] == "begun"
    assert given["3"]["state"] == "done"


def test_grants_show_their_scope_and_what_is_not_in_the_register(tmp_path: Path, assessed_demo: Path) -> None:
    run_id = latest_run(load_workspace(assessed_demo)).id
    grants, targets = tmp_path / "enabling.toml", tmp_path / "targets.csv"
    targets.write_text(TARGETS)
    grants.write_text(
        '[[grant]]\nid = "TSP-9"\nprogramme = "tsp-2"\ncountry = "ZZD"\nagency = "GM"\nscope = ["target_setting"]\n'
        f'status = "running"\noutput = [{{ title = "Target", kind = "target", code = "ZZD-1" }}, '
        f'{{ title = "Run", kind = "run", code = "{run_id}" }}, {{ title = "Old", kind = "run", code = "r0" }}]\n'
    )

    said = json.loads(run("enabling", str(grants), "--targets", str(targets), "-w", str(assessed_demo), "--json"))

    assert [pair[1]["code"] for pair in said["coverage"]["dangling"]] == ["r0"]
    assert said["coverage"]["without"] == ["baseline", "monitoring", "reporting"]
    assert said["coverage"]["total"] == {}
    assert "amount not stated: 1 of 1 grants" in run("enabling", str(grants), "-w", str(assessed_demo))


BAD_WINDOWS = {
    "no currency": ('most = 5\n', "window zzd-fund has amounts and no currency"),
    "least above most": ('least = 6\nmost = 5\ncurrency = "USD"\n', "gives at least 6"),
    "no source": ("", "source"),
    "two of one id": ('source = "x"\n[[window]]\nid = "zzd-fund"\nfund = "F"\ntitle = "T"\nthemes = ["ld"]\n'
                      'instruments = ["grant"]\n', "two windows are called zzd-fund"),
    "weights": ('source = "x"\n[matching]\nreason = "ours"\nweights = { theme = 0.5, size = 0.6 }\n', "weights"),
    "weights without a reason": ('source = "x"\n[matching]\nstale_after_months = 6\n', "reason"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_WINDOWS)
def test_bad_files_of_windows_get_one_clear_line(tmp_path: Path, name: str) -> None:
    rest, said = BAD_WINDOWS[name]
    own = tmp_path / "windows.toml"
    source = "" if name == "no source" or "source" in rest else 'source = "x"\n'
    end = 'source = "x"\n' if name == "two of one id" else ""
    head = '[[window]]\nid = "zzd-fund"\nfund = "F"\ntitle = "T"\nthemes = ["ld"]\ninstruments = ["grant"]\n'
    own.write_text(head + source + rest + end)

    assert said in refused("windows", "match", PROJECT, "--own", str(own))


def test_weights_and_months_of_ones_own_hold_and_are_named(tmp_path: Path) -> None:
    own = tmp_path / "windows.toml"
    own.write_text(
        '[matching]\nreason = "the cabinet\'s choice"\nstale_after_months = 3\n'
        "weights = { theme = 1.0, size = 0, instrument = 0, priority = 0, readiness = 0 }\n"
    )

    said = run("windows", "match", PROJECT, "--own", str(own), "--on", "2027-02-25")

    assert "your own: the cabinet's choice" in said
    assert "not checked for 3 months or more" in said
    assert "stale" not in run("windows", "match", PROJECT, "--on", "2027-02-25")
