"""Layers: files sent in parts, read by a worker, registered; one of two is in use; files of the server."""

import io
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pytest_django import Settings
from rasterio.transform import from_origin

from country import settle
from landbalance.core.errors import AccessError, InputError, NotFoundError, RuleError
from landbalance.io.workspace import load_workspace
from landbalance.registry.layers import queries, services
from landbalance.registry.layers.models import StoredLayer, Upload
from landbalance.registry.leases import Status
from landbalance.registry.runs import worker
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def country(assessed_demo: Path, tmp_path: Path, settings: Settings) -> Workspace:
    return settle(assessed_demo, tmp_path, settings)


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    """Return a land-cover raster over the invented country, with enough noise to need several parts."""
    path = tmp_path / "cover.tif"
    values = np.random.default_rng(1).integers(1, 8, (3, 300, 300)).astype(np.uint8)
    profile = {"crs": "EPSG:4326", "transform": from_origin(-31.5, 14.2, 0.01, 0.01), "nodata": 0}
    with rasterio.open(path, "w", driver="GTiff", width=300, height=300, count=3, dtype="uint8", **profile) as file:
        file.write(values)
    return path.read_bytes()


def send(country: Workspace, content: bytes, parts: int = 1, name: str = "cover.tif") -> Upload:
    member = make_member(country, Role.TECHNICIAN)
    upload = services.begin_upload(member, country, name=name, size_bytes=len(content))
    edges = np.linspace(0, len(content), parts + 1).astype(int).tolist()
    for start, end in pairwise(edges):
        upload = services.receive(member, upload, start, io.BytesIO(content[start:end]), end - start)
    return upload


def read(upload: Upload) -> Upload:
    worker.work(threading.Event(), once=True)
    upload.refresh_from_db()
    return upload


def test_a_file_sent_in_parts_arrives_as_it_was(country: Workspace, content: bytes) -> None:  # F17
    upload = send(country, content, parts=10)

    assert upload.status == Status.QUEUED
    assert upload.part.read_bytes() == content


@pytest.mark.parametrize("cut", [0.0, 0.1, 0.37, 0.5, 0.99])
def test_a_cut_part_goes_on_where_it_stopped(country: Workspace, content: bytes, cut: float) -> None:  # F17
    member = make_member(country, Role.TECHNICIAN)
    upload = services.begin_upload(member, country, name="a.tif", size_bytes=len(content))

    upload = services.receive(member, upload, 0, io.BytesIO(content[: int(cut * len(content))]), len(content))
    rest = content[upload.received_bytes :]
    upload = services.receive(member, upload, upload.received_bytes, io.BytesIO(rest), len(rest))

    assert upload.part.read_bytes() == content


def test_bytes_that_do_not_follow_are_refused(country: Workspace, content: bytes) -> None:
    member = make_member(country, Role.TECHNICIAN)
    upload = services.begin_upload(member, country, name="a.tif", size_bytes=len(content))

    with pytest.raises(RuleError, match=r"byte 10 of a\.tif does not follow byte 0"):
        services.receive(member, upload, 10, io.BytesIO(content), 5)
    with pytest.raises(RuleError):
        services.receive(member, upload, 0, io.BytesIO(content + b"x"), len(content) + 1)


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [("a.tif", 10**13, "at most"), ("a.exe", 10, "is no map that is read"), ("a.tif", 0, "at most")],
)
def test_what_is_too_large_or_no_map_is_refused_before_it_is_sent(
    country: Workspace, name: str, size: int, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        services.begin_upload(make_member(country, Role.TECHNICIAN), country, name=name, size_bytes=size)


def test_a_read_file_says_what_it_holds_and_becomes_a_layer(country: Workspace, content: bytes) -> None:
    upload = read(send(country, content))
    assert (upload.status, upload.report["facts"]["bands"]) == (Status.READY, 3)

    services.register_upload(
        make_member(country, Role.TECHNICIAN), upload, is_used=True, role="land_cover", years=[2000, 2015, 2023],
        legend="unccd", title="National map", source="Ministry",
    )  # fmt: skip

    layer = load_workspace(upload.home).layer("land_cover")
    assert layer is not None
    assert (layer.title, layer.years) == ("National map", (2000, 2015, 2023))
    assert Path(layer.slices[0].path) == upload.made_path
    assert not upload.part.exists()


def test_the_layer_in_use_is_kept_beside_and_comes_back(country: Workspace, content: bytes) -> None:
    upload = read(send(country, content))
    before = load_workspace(upload.home).layer("land_cover")
    member = make_member(country, Role.TECHNICIAN)
    services.register_upload(
        member, upload, is_used=True, role="land_cover", years=[2000, 2015, 2023], legend="unccd", title="National"
    )
    [kept] = StoredLayer.objects.filter(workspace=country)

    services.use_stored(member, kept)

    assert load_workspace(upload.home).layer("land_cover") == before
    assert [each.title for each in StoredLayer.objects.filter(workspace=country)] == ["National"]


def test_a_layer_kept_beside_changes_nothing(country: Workspace, content: bytes) -> None:
    upload = read(send(country, content))
    before = load_workspace(upload.home).layers

    services.register_upload(
        make_member(country, Role.TECHNICIAN), upload, is_used=False, role="land_cover", years=[2000, 2015, 2023],
        legend="unccd",
    )  # fmt: skip

    assert load_workspace(upload.home).layers == before
    assert StoredLayer.objects.count() == 1


def test_a_wrong_count_of_years_is_refused_and_nothing_is_changed(country: Workspace, content: bytes) -> None:
    upload = read(send(country, content))
    before = (upload.home / "landbalance.toml").read_bytes()

    with pytest.raises(InputError, match="has 3 bands, but years names 2"):
        services.register_upload(
            make_member(country, Role.TECHNICIAN), upload, is_used=True, role="land_cover", years=[2000, 2015],
            legend="unccd",
        )  # fmt: skip

    assert (upload.home / "landbalance.toml").read_bytes() == before


def test_a_poisoned_file_fails_with_its_name(country: Workspace) -> None:
    upload = read(send(country, b"II*\0" + b"\xff" * 500, name="bad.tif"))

    assert upload.status == Status.FAILED
    assert str(upload.fault()).startswith("bad.tif cannot be opened")
    assert not upload.part.exists()


def test_zones_are_registered_with_their_names(country: Workspace) -> None:
    shape = b'{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"n":"Nord"},"geometry":{"type":'
    shape += b'"Polygon","coordinates":[[[-30.5,12.5],[-30,12.5],[-30,13],[-30.5,13],[-30.5,12.5]]]}}]}'
    upload = read(send(country, shape, name="parks.geojson"))

    services.register_upload(
        make_member(country, Role.TECHNICIAN), upload, is_used=True, role="zones", zone_id="parks", name_field="n"
    )

    assert "parks" in [zone.id for zone in load_workspace(upload.home).zones]


def test_only_writers_send_files(country: Workspace) -> None:
    for role in (Role.CIVIL_SOCIETY, Role.PUBLIC, Role.FINANCE):
        with pytest.raises(AccessError):
            services.begin_upload(make_member(country, role), country, name="a.tif", size_bytes=1)


@pytest.mark.parametrize(
    "place",
    [
        "data/../landbalance.toml",
        "../x.tif",
        "data/nowhere.tif",
        "incoming/x.tif",
        "etc/passwd",
        "data/x\0.tif",
        "data//etc/passwd",
    ],
)
def test_files_outside_the_folders_are_not_found(country: Workspace, place: str) -> None:  # A23
    with pytest.raises(NotFoundError):
        queries.find_server_file(make_member(country, Role.TECHNICIAN), country, place)


def test_a_link_that_leads_out_is_not_listed(country: Workspace, tmp_path: Path, content: bytes) -> None:
    secret = tmp_path / "secret.tif"
    secret.write_bytes(content)
    data = queries.server_roots(country)["data"]
    (data / "link.tif").symlink_to(secret)
    member = make_member(country, Role.TECHNICIAN)

    assert "data/link.tif" not in [file.place for file in queries.server_files(member, country)]
    with pytest.raises(NotFoundError):
        queries.find_server_file(member, country, "data/link.tif")


def test_a_file_of_the_server_is_used_where_it_is(country: Workspace, content: bytes) -> None:
    incoming = queries.server_roots(country)["incoming"]
    incoming.mkdir()
    (incoming / "national.tif").write_bytes(content)
    member = make_member(country, Role.TECHNICIAN)
    path = queries.find_server_file(member, country, "incoming/national.tif")

    services.register_file(
        member, country, str(path), is_used=True, role="land_cover", years=[2000, 2015, 2023], legend="unccd"
    )

    used, _stored, fault = queries.layers_of(member, country)
    assert fault is None
    assert next(each for each in used if each.role == "land_cover").files == ("national.tif",)
