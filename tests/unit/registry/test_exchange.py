"""Targets come in from files and go out again: every fault named, all or nothing, nothing lost on the way."""

import csv
import io
import json
from datetime import datetime
from pathlib import Path

import geopandas
import pytest
import shapely
import xlsxwriter

from landbalance.core.errors import AccessError, InputError, NotFoundError, RuleError
from landbalance.io.target_rows import COLUMNS
from landbalance.registry.records import ConflictError
from landbalance.registry.review import delete_record
from landbalance.registry.targets import services
from landbalance.registry.targets.exchange import (
    export_targets,
    faults_csv,
    faults_in,
    find_staged,
    plan_of,
    stage_import,
    take_over,
)
from landbalance.registry.targets.models import StagedImport, Target
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member
from target_rows import box, target_row, whole_row

pytestmark = pytest.mark.django_db
KINDS = ("csv", "xlsx", "geojson", "gpkg")


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha")


def file_of(tmp_path: Path, text: str, name: str = "targets.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_every_fault_is_named_by_row_and_column(alpha: Workspace, tmp_path: Path) -> None:
    text = (
        "code,title,target_type,target_year,declared_area,is_ldn,wkt\n"
        "T1,Pasture,area_action,2030,9000,yes,\n"
        "T2,,area_action,soon,-3,perhaps,\n"
        "T1,Again,area_action,2030,1,yes,\n"
        "T4,Forest,plant_trees,2030,NaN,yes,POINT(1 1)\n"
        'T5,Wetland,area_action,2030,5,yes,"POLYGON((0 0,1 1,1 0,0 0"\n'
    )

    staged = stage_import(make_member(alpha), alpha, file_of(tmp_path, text))

    assert sorted((each.row, each.column, each.code) for each in faults_in(staged)) == [
        (3, "declared_area", "negative"),
        (3, "is_ldn", "no_truth"),
        (3, "target_year", "no_year"),
        (3, "title", "missing"),
        (4, "code", "twice"),
        (5, "declared_area", "no_number"),
        (5, "target_type", "unknown_code"),
        (6, "wkt", "no_area"),
    ]
    assert all(each.words for each in faults_in(staged))
    assert b"3,title,missing,This is missing." in faults_csv(faults_in(staged))


def test_one_fault_keeps_every_row_out(alpha: Workspace, tmp_path: Path) -> None:
    focal = make_member(alpha)
    staged = stage_import(focal, alpha, file_of(tmp_path, "code,title\nT1,Pasture\nT2,\n"))

    with pytest.raises(RuleError, match="1 faults"):
        take_over(focal, staged)

    assert not Target.objects.exists()


def test_a_preview_tells_new_changed_and_same(alpha: Workspace, tmp_path: Path) -> None:
    focal = make_member(alpha)
    for code in ("T1", "T2"):
        services.add_target(focal, alpha, target_row(code))
    text = "code,title,declared_area\nT1,Better pasture,9000\nT2,Better pasture,9500\nT3,Dunes held,120\n"

    staged = stage_import(focal, alpha, file_of(tmp_path, text))

    plan = plan_of(focal, staged)
    assert [(each.code, each.kind) for each in plan] == [("T1", "same"), ("T2", "changed"), ("T3", "new")]
    assert plan[1].changes == (("declared_area", 9000, 9500),)
    assert take_over(focal, staged) == (1, 1)
    assert [(each.code, each.version) for each in Target.objects.all()] == [("T1", 1), ("T2", 2), ("T3", 1)]
    assert Target.objects.get(code="T3").history.count() == 1
    assert Target.objects.get(code="T2").target_year == 2030, "what the file does not say stays"
    assert not StagedImport.objects.exists()


def test_a_target_saved_meanwhile_stops_the_import(alpha: Workspace, tmp_path: Path) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row())
    staged = stage_import(focal, alpha, file_of(tmp_path, "code,title\nT1,From the file\nT2,New\n"))
    services.edit_target(focal, target, target_row(title="Meanwhile"))

    with pytest.raises(ConflictError):
        take_over(focal, staged)

    assert [each.title for each in Target.objects.all()] == ["Meanwhile"]


def test_an_old_export_does_not_undo_newer_work(alpha: Workspace, tmp_path: Path) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row())
    services.edit_target(focal, target, target_row(title="Newer"))

    staged = stage_import(focal, alpha, file_of(tmp_path, "code,title,version\nT1,Older,1\n"))

    assert [each.code for each in faults_in(staged)] == ["stale"]


def test_a_file_does_not_change_what_was_validated_or_put_away(alpha: Workspace, tmp_path: Path) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, whole_row("T1"))
    for stage in ("proposed", "consulted", "validated"):
        services.move_target(focal, target, stage)
    delete_record(focal, services.add_target(focal, alpha, target_row("T2")), reason="twice")

    staged = stage_import(focal, alpha, file_of(tmp_path, "code,title\nT1,Other\nT2,Back\n"))

    assert [each.code for each in faults_in(staged)] == ["needs_revision", "taken"]


def test_columns_that_are_not_fields_change_nothing(alpha: Workspace, tmp_path: Path) -> None:
    focal = make_member(alpha)
    text = "code,title,state,stage,id,workspace,created_by,is_staff\nT1,Pasture,approved,adopted,7,beta,1,1\n"

    staged = stage_import(focal, alpha, file_of(tmp_path, text))
    take_over(focal, staged)

    target = Target.objects.get()
    assert (target.state, target.stage, target.workspace, target.created_by) == ("draft", "idea", alpha, focal)
    assert "column is_staff is not read" in staged.notes


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_exported_comes_back_the_same(alpha: Workspace, tmp_path: Path, kind: str) -> None:
    focal = make_member(alpha)
    first = whole_row(
        "T1", links="gbf:2:same_commitment:high; national:forest", parts="grassland=4722.27;cropland=77.09"
    )
    services.add_target(focal, alpha, first, pieces=[box(0.1, 0, 1, 1), box(2, 2, 3.3, 3)])
    services.add_target(focal, alpha, target_row("T2", title="=HYPERLINK(1)", text="@x\n'=y"), pieces=[box(5, 5, 6, 6)])
    path = tmp_path / f"out.{kind}"
    path.write_bytes(export_targets(focal, alpha, kind))

    staged = stage_import(focal, alpha, path)
    there = make_country("beta")
    other = make_member(there)
    moved = stage_import(other, there, path)

    assert faults_in(staged) == []
    assert [(each.code, each.kind, each.changes) for each in plan_of(focal, staged)] == [
        ("T1", "same", ()),
        ("T2", "same", ()),
    ]
    assert take_over(other, moved) == (2, 0)
    for code in ("T1", "T2"):
        one, two = Target.objects.get(workspace=alpha, code=code), Target.objects.get(workspace=there, code=code)
        assert {name: getattr(one, name) for name in COLUMNS} == {name: getattr(two, name) for name in COLUMNS}
        assert one.shape_digest == two.shape_digest


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_no_cell_of_a_csv_begins_as_a_formula(alpha: Workspace, start: str) -> None:
    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row(lead=f"x{start}", title="t", text="t"))
    Target.objects.filter(code="T1").first()
    target = Target.objects.get()
    target.lead = f"{start}cmd|' /C calc'!A0"
    target.save_revision(by=focal)

    rows = list(csv.reader(io.StringIO(export_targets(focal, alpha, "csv").decode("utf-8-sig"), newline="")))

    texts = [cell for row in rows for cell in row if cell and not cell.replace(".", "").isdigit()]
    assert not [cell for cell in texts if cell[0] in "=+-@\t\r"]


def test_a_workbook_holds_text_and_no_formula(alpha: Workspace, tmp_path: Path) -> None:
    import zipfile

    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row(title="=1+1"))
    path = tmp_path / "out.xlsx"
    path.write_bytes(export_targets(focal, alpha, "xlsx"))

    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml")

    assert b"<f>" not in sheet


def test_a_workbook_with_dates_and_numbers_is_read(alpha: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "targets.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Targets")
        sheet.write_row(0, 0, ["Code", "Title", "Target year", "Endorsement date", "Declared area"])
        sheet.write_row(1, 0, ["T1", 2030, 2030.0])
        sheet.write_datetime(1, 3, datetime(2024, 5, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write(1, 4, 9000.5)
    focal = make_member(alpha)

    staged = stage_import(focal, alpha, path)
    take_over(focal, staged)

    target = Target.objects.get()
    assert (target.title, target.target_year, str(target.endorsement_date), target.declared_area) == (
        "2030",
        2030,
        "2024-05-01",
        9000.5,
    )


def test_shapes_in_another_system_come_in_as_degrees(alpha: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "zones.gpkg"
    frame = geopandas.GeoDataFrame(
        {"code": ["T1"], "title": ["Park"]}, geometry=[shapely.box(500_000, 0, 510_000, 10_000)], crs="EPSG:32631"
    )
    frame.to_file(path, driver="GPKG")
    focal = make_member(alpha)

    staged = stage_import(focal, alpha, path)
    take_over(focal, staged)

    piece = Target.objects.get().pieces()[0]
    assert (piece.west, piece.south) == pytest.approx((3.0, 0.0), abs=1e-9)
    assert piece.area_km2 == pytest.approx(100.0, rel=2e-3)


def test_a_file_that_points_elsewhere_is_refused(alpha: Workspace, tmp_path: Path) -> None:
    layer = "<OGRVRTLayer name='x'><SrcDataSource>CSV:/etc/passwd</SrcDataSource></OGRVRTLayer>"
    text = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"

    with pytest.raises(InputError):
        stage_import(make_member(alpha), alpha, file_of(tmp_path, text, "targets.geojson"))


def test_a_file_without_codes_is_refused(alpha: Workspace, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column code"):
        stage_import(make_member(alpha), alpha, file_of(tmp_path, "name,area\nx,1\n"))


def test_a_code_set_meanwhile_is_not_overwritten(alpha: Workspace, tmp_path: Path) -> None:
    focal = make_member(alpha)
    staged = stage_import(focal, alpha, file_of(tmp_path, "code,title\nT1,From the file\n"))
    services.add_target(make_member(alpha), alpha, target_row(title="Meanwhile"))

    with pytest.raises(RuleError, match="already a target T1"):
        take_over(focal, staged)

    assert Target.objects.get().title == "Meanwhile"


def test_only_writers_import_and_only_in_their_country(alpha: Workspace, tmp_path: Path) -> None:
    path = file_of(tmp_path, "code,title\nT1,Pasture\n")
    with pytest.raises(AccessError):
        stage_import(make_member(alpha, Role.FINANCE), alpha, path)
    staged = stage_import(make_member(alpha), alpha, path)

    assert find_staged(make_member(alpha), alpha, staged.pk) == staged
    with pytest.raises(AccessError):
        find_staged(make_member(alpha, Role.FINANCE), alpha, staged.pk)
    beta = make_country("beta")
    with pytest.raises(NotFoundError):
        find_staged(make_member(beta), beta, staged.pk)


def test_a_hidden_code_is_neither_shown_nor_overwritten(alpha: Workspace, tmp_path: Path) -> None:
    focal = make_member(alpha)
    hidden = services.add_target(focal, alpha, target_row("T1"))
    hidden.visibility = "custodian"
    hidden.save_revision(by=focal)

    staged = stage_import(make_member(alpha, Role.TECHNICIAN), alpha, file_of(tmp_path, "code,title\nT1,Mine\n"))

    assert [each.code for each in faults_in(staged)] == ["taken"]


def test_an_export_shows_only_what_a_person_sees(alpha: Workspace) -> None:
    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row("T1"), pieces=[box(0, 0, 1, 1)])

    said = json.loads(export_targets(make_member(alpha, Role.CIVIL_SOCIETY), alpha, "geojson"))

    assert said["features"] == [], "a draft is not for civil society"


def test_people_by_group_come_in_and_go_out_by_their_codes(alpha: Workspace, tmp_path: Path) -> None:
    focal = make_member(alpha)
    text = "code,title,beneficiary_groups\nT1,Pasture,pastoralists=1 300; youth_organisation\n"
    staged = stage_import(focal, alpha, file_of(tmp_path, text))
    take_over(focal, staged)

    assert Target.objects.get().beneficiary_groups == [["pastoralists", 1300], ["youth_organisation", None]]
    sent_back = export_targets(focal, alpha, "csv").decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(sent_back)))["beneficiary_groups"] == "pastoralists=1300; youth_organisation"


@pytest.mark.parametrize("cell", ["herders=3", "pastoralists=-1", "pastoralists=few", "pastoralists=1; pastoralists=2"])
def test_what_is_no_group_or_no_number_is_a_fault_of_its_cell(alpha: Workspace, tmp_path: Path, cell: str) -> None:
    staged = stage_import(make_member(alpha), alpha, file_of(tmp_path, f"code,title,beneficiary_groups\nT1,P,{cell}\n"))

    assert [each.column for each in faults_in(staged)] == ["beneficiary_groups"]


def test_rows_at_once_leave_what_rows_one_by_one_leave(alpha: Workspace, tmp_path: Path) -> None:
    focal, beta = make_member(alpha), make_country("beta")
    other = make_member(beta)
    text = "code,title,declared_area,milestones,endorsement_date,links\nT1,Pasture,9,2025=4,2024-05-01,gbf:2\n"
    take_over(focal, stage_import(focal, alpha, file_of(tmp_path, text)))
    row = {"declared_area": 9, "milestones": "2025=4", "endorsement_date": "2024-05-01", "links": "gbf:2"}
    fields = {"title": "Pasture", "start_year": None, "target_year": None, **row}
    services.add_target(other, beta, target_row("T1", **fields))
    services.edit_target(other, Target.objects.get(workspace=beta), target_row("T1", **{**fields, "title": "Trees"}))
    take_over(focal, stage_import(focal, alpha, file_of(tmp_path, text.replace("Pasture", "Trees"))))

    def plain(rows: object) -> list[dict[str, object]]:
        own = ("id", "at", "by", "workspace", "user", "_date", "history_id", "sector", "reason")
        return [{name: value for name, value in each.items() if not any(o in name for o in own)} for each in rows]

    mine, theirs = Target.objects.get(workspace=alpha), Target.objects.get(workspace=beta)
    assert plain(Target.objects.filter(pk=mine.pk).values()) == plain(Target.objects.filter(pk=theirs.pk).values())
    assert plain(mine.history.values()) == plain(theirs.history.values())
    assert plain(mine.events.values()) == plain(theirs.events.values())
    assert (mine.updated_by, mine.created_by) == (focal, focal)
    assert [each.history_user for each in mine.history.all()] == [focal, focal]


def test_targets_changed_at_once_refuse_a_stale_one_whole(alpha: Workspace) -> None:
    focal = make_member(alpha)
    for number in (1, 2):
        services.add_target(focal, alpha, target_row(f"T{number}"))
    held = list(Target.objects.order_by("code"))
    services.edit_target(focal, Target.objects.get(code="T2"), target_row("T2", title="Meanwhile"))

    with pytest.raises(ConflictError, match="version 2"):
        services.edit_targets(focal, [(each, {"title": "Mine"}) for each in held], reason="import")

    assert [each.title for each in Target.objects.order_by("code")] == ["Better pasture", "Meanwhile"]
