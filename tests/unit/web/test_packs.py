"""Packs as pages: planned, built over public services on 127.0.0.1, looked at, carried, taken into use, compared."""

import shutil
import zipfile
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from landbalance.core.errors import InputError
from landbalance.core.progress import NoProgress
from landbalance.engine import pack_work
from landbalance.io.packs import order as order_module
from landbalance.io.packs.gate import Gate
from landbalance.io.packs.line import Line
from landbalance.io.packs.manifest import PackLayer, read_pack
from landbalance.io.register import init_workspace
from landbalance.io.workspace import load_workspace
from landbalance.registry.jobs.models import Job
from landbalance.registry.layers.models import StoredLayer
from landbalance.registry.leases import Status
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member
from public_services import Bench, Local, serving
from testland import CODE, registry, services

pytestmark = pytest.mark.django_db
ROOM = "/w/tl/packs/"
ASKED = {"iso3": CODE, "size": "standard", "years": "2015-2016", "roles": ["boundaries", "land_cover", "soc"]}


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with serving(services()) as state:
        yield state


@pytest.fixture
def public(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Lead the work of packs to the bench; nothing else can be reached."""
    monkeypatch.setattr(pack_work, "Line", partial(Line, backend=Local(bench), sleep=lambda seconds: None))
    monkeypatch.setattr(pack_work, "Order", partial(order_module.Order, registry=registry(2)))
    return bench


@pytest.fixture
def country(home: Path) -> Workspace:
    folder = init_workspace("tl", CODE, start=home, invented=True)
    outline = folder / "own.geojson"
    ring = "[[20,9],[22,9],[22,11],[20,11],[20,9]]"
    outline.write_text(f'{{"type":"Polygon","coordinates":[{ring}]}}')
    text = (folder / "landbalance.toml").read_text()
    (folder / "landbalance.toml").write_text(text.replace('boundary = ""', 'boundary = "own.geojson"'))
    return make_country("tl", country=CODE, folder="workspaces/tl")


@pytest.fixture
def technician(client: Client, country: Workspace) -> Client:
    client.force_login(make_member(country, Role.TECHNICIAN))
    return client


def done(job: Job) -> Job:
    """Do a piece of work here, as its child would."""
    function = {"packs.build": pack_work.build, "packs.export": pack_work.export, "packs.import": pack_work.take_in,
                "packs.compare": pack_work.differ}[job.kind]  # fmt: skip
    shutil.rmtree(job.out, ignore_errors=True)
    job.out.mkdir(parents=True)
    assert job.take_answer(function(job.task(), NoProgress()))
    return job


def asked(client: Client, path: str, **fields: object) -> Job:
    """Send a form that leads to a piece of work."""
    answer = client.post(ROOM + path, fields)
    assert answer.status_code == 302, answer.content.decode()
    return Job.objects.get(pk=answer["Location"].rstrip("/").rsplit("/", 1)[1])


def text_of(client: Client, path: str) -> str:
    return client.get(ROOM + path).content.decode()


def built(client: Client) -> str:
    return str(done(asked(client, "plan/", **ASKED, is_own="on")).answer["pack"])


def test_a_plan_tells_sources_bytes_times_licences_and_gaps(technician: Client) -> None:
    text = text_of(technician, "plan/?iso3=KEN&size=standard")

    assert "Time at 2 Mbit/s" in text
    assert "Time at 50 Mbit/s" in text
    assert "ESA CCI" in text
    assert "CC-BY" in text
    assert "2021-2023" in text
    assert "needs a login" in text
    assert "What is not sure about the sources" in text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("iso3", "XXX", "XXX"), ("years", "1800-1700", "names no years"), ("until", "much", "200MB"),
     ("between", "night", "22:00-06:00")],
)  # fmt: skip
def test_what_makes_no_sense_is_told_beside_its_field(technician: Client, field: str, value: str, said: str) -> None:
    answer = technician.post(ROOM + "plan/", {"iso3": "KEN", "size": "minimal", field: value})

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Job.objects.exists()


def test_a_pack_is_built_and_shown_with_gaps_and_licences(technician: Client, public: Bench) -> None:
    job = asked(technician, "plan/", **ASKED, is_own="on")
    name = done(job).answer["pack"]

    assert f"Open {name}" in text_of(technician, f"work/{job.pk}/")
    text = text_of(technician, f"p/{name}/")
    assert "Copernicus Climate Change Service" in text
    assert "2015/2016" in text
    assert "What is missing, and what to do" in text
    assert technician.get(f"{ROOM}p/{name}/files/LICENCES.md").status_code == 200
    assert technician.get(f"{ROOM}p/{name}/files/pack.toml").status_code == 404
    assert public.hosts() <= {host for each in registry(2).values() for host in each.hosts} | {
        "planetarycomputer.microsoft.com"
    }


def test_a_mirror_of_the_server_that_is_not_believed_is_told_on_the_page(
    technician: Client, public: Bench, home: Path
) -> None:
    key = "ed25519:" + "A" * 43 + "="
    place = (home / "stick").as_uri()
    (home / "mirrors.toml").write_text(f'[mirror]\n"https://" = ["{place}"]\n[key]\n"{place}" = "{key}"\n')

    job = done(asked(technician, "plan/", **ASKED, is_own="on"))

    text = text_of(technician, f"work/{job.pk}/")
    assert "there is no mirror with a signed list at stick" in text
    assert str(home) not in text


def test_a_build_pauses_at_its_limit_and_goes_on(technician: Client, public: Bench) -> None:
    job = done(asked(technician, "plan/", **ASKED, is_own="on", until="1KB"))
    text = text_of(technician, f"work/{job.pk}/")
    assert "Paused" in text
    assert "Go on" in text
    Job.objects.filter(pk=job.pk).update(options=job.options | {"until": ""})

    again = asked(technician, f"work/{job.pk}/go-on/")

    assert again.pk != job.pk
    assert done(again).answer["state"] == "whole"


def test_a_build_is_paused_by_hand_and_thrown_away(technician: Client, public: Bench, home: Path) -> None:
    job = done(asked(technician, "plan/", **ASKED, is_own="on", until="1KB"))
    waiting = asked(technician, f"work/{job.pk}/go-on/")
    begun = next((home / "workspaces/tl/packs").glob(".ZZT-*.part")).name[1:-5]
    technician.post(f"{ROOM}begun/{begun}/drop/")
    assert "is being built" in text_of(technician, "")

    technician.post(f"{ROOM}work/{waiting.pk}/pause/")
    technician.post(f"{ROOM}begun/{begun}/drop/")

    waiting.refresh_from_db()
    assert waiting.status == Status.CANCELLED
    assert not list((home / "workspaces/tl/packs").iterdir())


def test_another_pack_waits_until_the_one_begun_is_done(technician: Client, public: Bench) -> None:
    done(asked(technician, "plan/", **ASKED, is_own="on", until="1KB"))

    answer = technician.post(ROOM + "plan/", {**ASKED, "is_own": "on", "years": "2001"})

    assert "was begun as another pack" in answer.content.decode()


def test_outside_its_hours_a_build_gives_its_worker_back(
    technician: Client, public: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    noon = datetime(2026, 1, 1, 12, 0)
    monkeypatch.setattr(pack_work, "Gate", partial(Gate, now=lambda: noon))
    job = asked(technician, "plan/", **ASKED, is_own="on", between="22:00-06:00")

    answer = pack_work.build(job.task(), NoProgress())

    assert answer == {"is_busy": True, "wait_s": 36000.0}
    assert "Only between 22:00-06:00" in text_of(technician, f"work/{job.pk}/")


def test_layers_are_taken_into_use_and_the_old_one_kept(
    technician: Client, country: Workspace, public: Bench, home: Path
) -> None:
    name = built(technician)
    taken = {"layer": ["boundary", "land_cover:esa_cci_pc", "soc:soilgrids_ocs"]}

    assert technician.post(f"{ROOM}p/{name}/take/", taken).status_code == 302
    technician.post(f"{ROOM}p/{name}/take/", {"layer": ["soc:soilgrids_ocs"]})

    found = load_workspace(home / "workspaces/tl")
    assert {layer.role for layer in found.layers} == {"land_cover", "soc"}
    assert [each.role for each in StoredLayer.objects.all()] == ["soc"]
    answer = technician.post(f"{ROOM}p/{name}/drop/", follow=True)
    assert "is read from" in answer.content.decode()
    assert "was chosen" in technician.post(f"{ROOM}p/{name}/take/", {}, follow=True).content.decode()


def test_a_layer_is_held_against_a_national_one_and_replaced(
    technician: Client, country: Workspace, public: Bench, home: Path
) -> None:
    name = built(technician)
    technician.post(f"{ROOM}p/{name}/take/", {"layer": ["boundary", "land_cover:esa_cci_pc"]})
    own = home / "workspaces/tl/data/own.tif"
    shutil.copyfile(home / f"workspaces/tl/packs/{name}/layers/land_cover/esa_cci_pc/2016.tif", own)
    table = {"role": "land_cover", "path": str(own), "legend": "esa_cci", "years": [2015], "title": "Survey"}
    stored = StoredLayer.objects.create(workspace=country, role="land_cover", title="Survey", tables=[table])

    job = asked(technician, "compare/", first="used:land_cover", second=f"beside:{stored.pk}", year="2015")
    text = text_of(technician, f"compare/{done(job).pk}/")

    assert text.count("map-thumb") == 3
    assert "Class by class" in text
    assert "Use the layer kept beside from now on" in text
    assert technician.get(f"/w/tl/jobs/{job.pk}/files/difference.png").status_code == 200
    technician.post(f"/w/tl/layers/stored/{stored.pk}/use/")
    assert load_workspace(home / "workspaces/tl").layer("land_cover").title == "Survey"


def test_values_are_compared_with_statistics(technician: Client, public: Bench, home: Path) -> None:
    name = built(technician)
    technician.post(f"{ROOM}p/{name}/take/", {"layer": ["soc:soilgrids_ocs"]})

    job = asked(technician, "compare/", first="used:soc", second=f"{name}:soc:soilgrids_ocs")
    text = text_of(technician, f"compare/{done(job).pk}/")

    assert "Statistics by area" in text
    assert "Root of the mean square" in text


def test_layers_of_two_kinds_are_not_compared(technician: Client, public: Bench) -> None:
    name = built(technician)

    answer = technician.post(
        ROOM + "compare/", {"first": f"{name}:soc:soilgrids_ocs", "second": f"{name}:land_cover:esa_cci_pc"}
    )

    assert "cannot be compared" in answer.content.decode()


def with_private_layer(folder: Path) -> None:
    from landbalance.io.packs.carry import add_layer

    layer = PackLayer(role="soil", source="own", path="own", sha256="", bytes=0, licence="ours", citation="ours",
                      share=False, quantity="class")  # fmt: skip
    add_layer(folder, layer, next(folder.glob("layers/soc/*/*.tif")))


def test_a_pack_goes_out_without_private_layers_and_in_elsewhere(technician: Client, public: Bench, home: Path) -> None:
    name = built(technician)
    with_private_layer(home / f"workspaces/tl/packs/{name}")
    assert "private" in text_of(technician, f"p/{name}/")

    job = done(asked(technician, f"p/{name}/export/"))
    file = b"".join(technician.get(f"/w/tl/jobs/{job.pk}/files/{name}.lbpack"))
    (home / "workspaces/tl/packs" / name).rename(home / "away")
    sent = done(asked(technician, "import/", file=SimpleUploadedFile(f"{name}.lbpack", file)))

    assert not [each for each in zipfile.ZipFile(BytesIO(file)).namelist() if "private" in each]
    assert sent.answer["pack"] == name
    assert not Path(sent.options["archive"]).exists()
    assert "soil" not in {layer.role for layer in read_pack(home / "workspaces/tl/packs" / name).layer}


def test_a_pack_is_taken_in_from_a_folder_of_the_server(technician: Client, public: Bench, home: Path) -> None:
    name = built(technician)
    (home / "incoming").mkdir(exist_ok=True)
    (home / "workspaces/tl/packs" / name).rename(home / "incoming" / name)
    (home / "incoming/out").symlink_to("/etc")

    assert f"incoming/{name}" in text_of(technician, "import/")
    assert done(asked(technician, "import/", place=f"incoming/{name}")).answer["pack"] == name
    assert technician.post(ROOM + "import/", {"place": "incoming/../../etc"}, follow=True).status_code == 200


def test_a_pack_that_is_there_is_not_taken_in_again(technician: Client, public: Bench, home: Path) -> None:
    name = built(technician)
    shutil.copytree(home / "workspaces/tl/packs" / name, home / "incoming" / name)
    job = asked(technician, "import/", place=f"incoming/{name}")

    with pytest.raises(InputError, match="exists already") as refused:
        pack_work.take_in(job.task(), NoProgress())

    assert refused.value.fields == {"folder": name}


def test_what_is_no_pack_is_refused(technician: Client) -> None:
    answer = technician.post(ROOM + "import/", {"file": SimpleUploadedFile("a.zip", b"PK")}, follow=True)

    assert "is no pack" in answer.content.decode()


def test_programs_read_packs(technician: Client, public: Bench) -> None:
    name = built(technician)

    listed = technician.get("/api/workspaces/tl/packs").json()
    one = technician.get(f"/api/workspaces/tl/packs/{name}").json()

    assert [each["name"] for each in listed["items"]] == [name]
    assert {layer["role"] for layer in one["layer"]} == {"boundaries", "land_cover", "soc"}
    assert all(layer["licence"] for layer in one["layer"])


@pytest.mark.parametrize("role", [Role.STATISTICS_OFFICE, Role.REVIEWER])
def test_some_see_packs_and_build_none(client: Client, country: Workspace, role: str) -> None:
    client.force_login(make_member(country, role))

    assert client.get(ROOM).status_code == 200
    assert client.post(ROOM + "plan/", {"iso3": "KEN", "size": "minimal"}).status_code == 403
    assert client.get(ROOM + "import/").status_code == 403
