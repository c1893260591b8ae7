"""Pages of runs, maps, layers and recodes: what they show, to whom, and what their addresses give away."""

import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from country import first_run, settle
from landbalance.engine.summary import polygon_rows
from landbalance.io.vector import read_polygons
from landbalance.io.workspace import load_workspace
from landbalance.registry.layers.models import Upload
from landbalance.registry.leases import Status
from landbalance.registry.recodes.models import Recode
from landbalance.registry.runs.models import Run
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member

pytestmark = pytest.mark.django_db
KEY = "condition.sdg.report_2"


@pytest.fixture
def country(assessed_demo: Path, tmp_path: Path, settings: Settings) -> Workspace:
    cache.clear()
    return settle(assessed_demo, tmp_path, settings)


@pytest.fixture
def run(country: Workspace) -> Run:
    return first_run(country)


def client_of(country: Workspace, role: str = Role.TECHNICIAN) -> Client:
    client = Client()
    client.force_login(make_member(country, role))
    return client


def tile_at(run: Run, lon: float = -30.0, lat: float = 13.0, zoom: int = 7, key: str = KEY) -> str:
    n = 2**zoom
    column = int((lon + 180) / 360 * n)
    row = int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * n)
    return reverse("maps:tile", args=[run.workspace.slug, run.pk, key, (zoom, column, row)])


@pytest.mark.parametrize(
    "name", ["runs:index", "runs:ask", "layers:index", "layers:server", "recodes:index", "recodes:propose"]
)
def test_a_technician_sees_the_pages(country: Workspace, run: Run, name: str) -> None:
    answer = client_of(country).get(reverse(name, args=[country.slug]))

    assert answer.status_code == 200


def test_the_map_of_the_country_is_that_of_its_latest_run(country: Workspace, run: Run) -> None:
    answer = client_of(country).get(reverse("maps:index", args=[country.slug]))

    assert answer["Location"] == reverse("maps:run", args=[country.slug, run.pk])


def test_a_country_without_a_run_says_so() -> None:
    country = make_country("empty")

    assert b"no finished run" in client_of(country).get(reverse("maps:index", args=["empty"])).content


def test_the_map_page_works_without_scripts(country: Workspace, run: Run) -> None:
    page = (
        client_of(country)
        .get(reverse("maps:run", args=[country.slug, run.pk]) + "?layer=lpd.report_1")
        .content.decode()
    )

    assert reverse("maps:picture", args=[country.slug, run.pk, "lpd.report_1"]) in page
    assert '<option value="lpd.report_1" selected>' in page
    assert page.count("data-legend=") > 15
    assert "style=" not in page


def test_legend_and_figures_say_the_same_areas(country: Workspace, run: Run) -> None:
    page = client_of(country).get(reverse("maps:run", args=[country.slug, run.pk])).content.decode()
    figures = {row["id"]: row["value"] for row in run.result.summary["figures"]}
    area = figures["sdg.condition.persistent_degradation@report_2@nation/1"]

    assert f"{area:,.0f} km²" in page


def test_a_tile_shows_the_classes_in_the_colours_of_the_legend(country: Workspace, run: Run) -> None:
    answer = client_of(country).get(tile_at(run) + "?patterns=no")

    image = Image.open(io.BytesIO(answer.content)).convert("RGBA")
    assert image.size == (256, 256)
    colours = {colour[:3] for _count, colour in image.getcolors() if colour[3]}
    assert (0xF7, 0xF7, 0xF7) in colours
    assert colours <= {
        (0x76, 0x2A, 0x83),
        (0xAF, 0x8D, 0xC3),
        (0xE7, 0xD4, 0xE8),
        (0xF7, 0xF7, 0xF7),
        (0xD9, 0xF0, 0xD3),
        (0x7F, 0xBF, 0x7B),
        (0x1B, 0x78, 0x37),
        (0xD3, 0xD7, 0xDB),
    }


def test_a_tile_far_away_is_clear(country: Workspace, run: Run) -> None:
    image = Image.open(io.BytesIO(client_of(country).get(tile_at(run, lon=100.0)).content)).convert("RGBA")

    assert image.getextrema()[3] == (0, 0)


def test_a_tile_known_to_the_browser_is_not_sent_again(country: Workspace, run: Run) -> None:
    client = client_of(country)
    first = client.get(tile_at(run))

    again = client.get(tile_at(run), headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert "private" in first["Cache-Control"]


@pytest.mark.parametrize("key", ["nowhere", "..%2f..%2fsecret", "..", "sdg.baseline%00", "slope.baseline"])
def test_a_layer_that_is_none_is_not_found(country: Workspace, run: Run, key: str) -> None:  # A23
    place = tile_at(run).replace(KEY, key)

    assert client_of(country).get(place).status_code == 404


@pytest.mark.parametrize("place", ["99/0/0", "3/8/0", "0/0/1"])
def test_a_tile_that_is_none_is_not_found(country: Workspace, run: Run, place: str) -> None:
    address = reverse("maps:tile", args=[country.slug, run.pk, KEY, (0, 0, 0)]).replace("/0/0/0", f"/{place}")

    assert client_of(country).get(address).status_code == 404


def test_tiles_pictures_and_files_of_another_country_are_not_found(country: Workspace, run: Run) -> None:  # A02
    other = make_country("other")
    client = client_of(other)
    ours = [
        tile_at(run),
        reverse("maps:picture", args=[country.slug, run.pk, KEY]),
        reverse("runs:file", args=[country.slug, run.pk, "summary.json"]),
        reverse("maps:outlines", args=[country.slug]),
        reverse("recodes:shapes", args=[country.slug]),
    ]
    through_theirs = [address.replace(f"/w/{country.slug}/", "/w/other/") for address in ours[:3]]

    assert {client.get(address).status_code for address in (*ours, *through_theirs)} == {404}


def test_a_visitor_sees_the_map_of_a_shown_run_alone(country: Workspace, run: Run) -> None:
    country.is_public = True
    country.save()
    assert Client().get(tile_at(run)).status_code == 404

    run.is_shown = True
    run.save()

    assert Client().get(tile_at(run)).status_code == 200


def test_a_picture_is_drawn_with_the_outline(country: Workspace, run: Run) -> None:
    answer = client_of(country).get(reverse("maps:picture", args=[country.slug, run.pk, KEY]))

    assert Image.open(io.BytesIO(answer.content)).size[0] > 500
    assert answer["Content-Type"] == "image/png"


def test_outlines_hold_the_country_and_its_zones(country: Workspace, run: Run) -> None:
    found = client_of(country).get(reverse("maps:outlines", args=[country.slug])).json()["features"]

    assert {each["properties"]["group"] for each in found} == {"nation", "districts"}


def test_a_drawn_area_holds_what_the_command_line_counts(country: Workspace, run: Run) -> None:
    workspace = load_workspace(run.home)
    zones = read_polygons(workspace.zones[0].path, name_field="name")
    one = replace(zones, geometries=zones.geometries[:1], names=zones.names[:1], codes=zones.codes[:1])
    expected = [row for row in polygon_rows(run.result, workspace, one) if row.zone != "outside"]
    import shapely

    answer = client_of(country).post(
        reverse("maps:area", args=[country.slug, run.pk]), {"shape": shapely.to_geojson(one.geometries[0])}
    )

    rows = answer.context["found"].rows
    assert [row.degraded_ha for row in rows] == pytest.approx([row.degraded_km2 * 100 for row in expected])
    assert [row.land_ha for row in rows] == pytest.approx([row.land_km2 * 100 for row in expected])


def test_a_box_is_an_area_too(country: Workspace, run: Run) -> None:
    box = {"west": "-30.5", "south": "12.5", "east": "-30", "north": "13"}

    answer = client_of(country).post(reverse("maps:area", args=[country.slug, run.pk]), box)

    assert answer.context["found"].area_ha == pytest.approx(300_600, rel=0.01)  # half a degree square at 12.75 N


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Draw an area"),
        ({"shape": "{"}, "is no GeoJSON"),
        ({"shape": '{"type":"Polygon","coordinates":[[[0,0],[1,1],[2,2],[0,0]]]}'}, "no area"),
        ({"shape": '{"type":"Polygon","coordinates":[[[0,0],[1e400,1],[2,2],[0,0]]]}'}, "not a number"),
        ({"west": "2", "south": "1", "east": "1", "north": "2"}, "West must lie west"),
    ],
)
def test_an_area_that_is_none_gets_one_line(country: Workspace, run: Run, given: dict[str, str], said: str) -> None:
    answer = client_of(country).post(reverse("maps:area", args=[country.slug, run.pk]), given)

    assert said in answer.content.decode()
    assert answer.status_code == 200


def test_a_place_is_explained_and_one_outside_is_said_to_be(country: Workspace, run: Run) -> None:
    client, address = client_of(country), reverse("maps:explain", args=[country.slug, run.pk])

    inside = client.get(address, {"lon": "-30", "lat": "13"}, headers={"X-Part": "yes"}).content.decode()
    outside = client.get(address, {"lon": "10", "lat": "50"}).content.decode()

    assert "One-out-all-out" in inside
    assert "<html" not in inside
    assert "lies outside the area" in outside


@pytest.mark.parametrize("name", ["../../landbalance.toml", "state/tables.npz", "nowhere", "layers/../manifest.json"])
def test_only_named_products_are_handed_out(country: Workspace, run: Run, name: str) -> None:  # A23
    address = reverse("runs:file", args=[country.slug, run.pk, "X"]).replace("X", name)

    assert client_of(country).get(address).status_code == 404


def test_the_report_runs_nothing(country: Workspace, run: Run) -> None:
    answer = client_of(country).get(reverse("runs:file", args=[country.slug, run.pk, "report.html"]))

    assert "script-src" not in answer["Content-Security-Policy"]
    assert "sandbox" in answer["Content-Security-Policy"]
    answer.close()


def test_two_runs_lie_side_by_side(country: Workspace, run: Run) -> None:
    page = client_of(country).get(reverse("runs:compare", args=[country.slug]), {"a": run.pk, "b": run.pk})

    assert b"Nothing: both were made from the same inputs" in page.content


def test_a_run_is_asked_for_watched_and_cancelled(country: Workspace) -> None:
    client = client_of(country)
    place = client.post(reverse("runs:ask", args=[country.slug]), {"title": "First", "profile": ""})["Location"]
    watched = client.get(place).content.decode()
    assert "hx-get" in watched
    assert "No worker is running" in watched

    client.post(place + "cancel/")

    assert Run.objects.get(title="First").status == Status.CANCELLED
    assert "HX-Refresh" in client.get(place + "state/").headers


def test_a_finance_officer_starts_no_run(country: Workspace) -> None:
    assert client_of(country, Role.FINANCE).get(reverse("runs:ask", args=[country.slug])).status_code == 403


def test_a_file_is_sent_by_form_or_in_parts(country: Workspace) -> None:
    client = client_of(country)
    whole = client.post(reverse("layers:send", args=[country.slug]), {"file": SimpleUploadedFile("a.tif", b"II*\0abc")})
    assert whole["Location"].startswith(f"/w/{country.slug}/layers/uploads/")

    begun = client.post(
        reverse("layers:send", args=[country.slug]), {"name": "b.tif", "size": "10"}, headers={"X-Part": "yes"}
    ).json()
    part = {"content_type": "application/octet-stream"}
    client.post(begun["part"], b"12345", headers={"Upload-Offset": "0"}, **part)
    wrong = client.post(begun["part"], b"xxxxx", headers={"Upload-Offset": "0"}, **part)
    last = client.post(begun["part"], b"67890", headers={"Upload-Offset": "5"}, **part)

    assert (wrong.status_code, wrong.json()["received"]) == (409, 5)
    assert last.json() == {"received": 10, "size": 10, "status": "queued"}
    assert Upload.objects.get(name="b.tif").part.read_bytes() == b"1234567890"


def test_a_recode_is_proposed_from_an_upload_and_decided(country: Workspace, run: Run) -> None:
    shape = {"type": "Polygon", "coordinates": [[[-30.5, 12.5], [-30, 12.5], [-30, 13], [-30.5, 13], [-30.5, 12.5]]]}
    given = {
        "place": "North hill", "degraded_to": "0", "stable_to": "none", "improved_to": "none", "periods": ["report_2"],
        "process": "clearing", "basis": "visit", "upload": SimpleUploadedFile("a.geojson", json.dumps(shape).encode()),
    }  # fmt: skip
    answer = client_of(country, Role.CIVIL_SOCIETY).post(reverse("recodes:propose", args=[country.slug]), given)
    recode = Recode.objects.get()
    assert answer["Location"] == recode.get_absolute_url()

    keeper = client_of(country, Role.FOCAL_POINT)
    assert b"Land that would change its class" in keeper.get(recode.get_absolute_url()).content
    keeper.post(recode.get_absolute_url() + "decide/", {"decision": "accept", "reason": "seen", "expected": "1"})

    recode.refresh_from_db()
    assert recode.decision == "accepted"
    assert (
        keeper.get(reverse("recodes:shapes", args=[country.slug])).json()["features"][0]["properties"]["name"]
        == "North hill"
    )


@pytest.mark.parametrize(
    ("name", "most"), [("maps:index", 14), ("runs:index", 16), ("layers:index", 14), ("recodes:index", 12)]
)
def test_pages_ask_the_database_little(
    country: Workspace, run: Run, name: str, most: int, django_assert_max_num_queries: object
) -> None:
    client = client_of(country)
    client.get(reverse(name, args=[country.slug]))

    with django_assert_max_num_queries(most):  # type: ignore[operator]
        client.get(reverse(name, args=[country.slug]))


def test_a_tile_asks_the_database_little(country: Workspace, run: Run, django_assert_max_num_queries: object) -> None:
    client = client_of(country)
    client.get(tile_at(run))

    with django_assert_max_num_queries(6):  # type: ignore[operator]
        client.get(tile_at(run, zoom=8))
