"""Packs sent in pieces: gone on with after a cut, checked piece by piece, and nobody else's."""

import json
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from landbalance.core.progress import NoProgress
from landbalance.engine import pack_work
from landbalance.io.packs.carry import export_pack
from landbalance.registry.accounts.models import User
from landbalance.registry.jobs.models import Job
from landbalance.registry.packs import sending
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member
from rooms import World
from rooms.packs import NAME, fill
from unit.io.test_parts import digest

pytestmark = pytest.mark.django_db
PATH = "/w/tl/packs/import/"
PIECE = 1000


@pytest.fixture
def country(home: Path) -> Workspace:
    return make_country("tl", country="ZZB", folder="workspaces/tl")


@pytest.fixture
def technician(client: Client, country: Workspace) -> Client:
    client.force_login(make_member(country, Role.TECHNICIAN))
    return client


@pytest.fixture
def pack(country: Workspace, home: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Return the file of a small pack that is not in the workspace any more."""
    fill(World(country, make_member(country)))
    folder = home / "workspaces/tl/packs" / NAME
    file = export_pack(folder, tmp_path_factory.mktemp("stick"), is_shareable=False)
    shutil.rmtree(folder)
    Job.objects.all().delete()
    return file.read_bytes()


def begun(client: Client, size: int, name: str = f"{NAME}.lbpack", mark: str = "1") -> Any:
    answer = client.post(PATH, {"name": name, "size": size, "mark": mark}, headers={"X-Part": "yes"})
    return answer.json() if answer.status_code == 200 else answer


def send(client: Client, place: str, at: int, content: bytes, stated: str | None = None) -> Any:
    headers = {"Upload-Offset": str(at), "Content-Digest": digest(content) if stated is None else stated}
    return client.post(place, content, content_type="application/octet-stream", headers=headers)


def test_a_pack_comes_in_pieces_and_is_taken_in(technician: Client, pack: bytes, home: Path) -> None:
    place = begun(technician, len(pack))["part"]
    at = 0
    while at < len(pack):
        said = send(technician, place, at, pack[at : at + PIECE]).json()
        at = said["received"]

    job = Job.objects.get()
    answer = pack_work.take_in(job.task(), NoProgress())

    assert said["page"] == job.get_absolute_url()
    assert answer["pack"] == NAME
    assert not list((home / "workspaces/tl/.uploads").glob("*.lbpack"))
    assert technician.get(place).json()["page"] == job.get_absolute_url()  # for one who did not hear it


def test_after_a_cut_the_same_file_goes_on_where_it_stopped(technician: Client, pack: bytes) -> None:
    place = begun(technician, len(pack))["part"]
    send(technician, place, 0, pack[:PIECE])

    again = begun(technician, len(pack))["part"]

    assert again == place
    assert technician.get(again).json() == {"received": PIECE, "size": len(pack), "status": "receiving"}
    assert f"{NAME}.lbpack" in technician.get(PATH).content.decode()


def test_another_file_of_that_name_is_begun_anew(technician: Client, pack: bytes) -> None:
    assert begun(technician, len(pack), mark="1")["part"] != begun(technician, len(pack), mark="2")["part"]


@pytest.mark.parametrize("stated", [digest(b"other"), "nonsense"])
def test_a_piece_that_was_changed_is_not_kept(technician: Client, pack: bytes, stated: str) -> None:
    place = begun(technician, len(pack))["part"]

    answer = send(technician, place, 0, pack[:PIECE], stated)

    assert answer.status_code == 409
    assert answer.json()["received"] == 0


@pytest.mark.parametrize("at", [1, 5000])
def test_a_piece_that_does_not_follow_is_refused_with_where_to_go_on(technician: Client, pack: bytes, at: int) -> None:
    place = begun(technician, len(pack))["part"]

    answer = send(technician, place, at, pack[:PIECE])

    assert (answer.status_code, answer.json()["received"]) == (409, 0)


def test_a_piece_over_the_size_that_was_announced_is_refused(technician: Client, pack: bytes) -> None:
    place = begun(technician, 100)["part"]

    assert send(technician, place, 0, pack[:PIECE]).status_code == 409


@pytest.mark.parametrize("headers", [{}, {"Upload-Offset": "-1"}, {"Upload-Offset": "x"}])
def test_a_piece_that_makes_no_sense_is_refused(technician: Client, pack: bytes, headers: dict[str, str]) -> None:
    place = begun(technician, len(pack))["part"]

    assert technician.post(place, b"1", content_type="application/octet-stream", headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("name", "size", "said"),
    [("a.zip", 10, "no pack"), (f"{NAME}.lbpack", 0, "are taken"), (f"{NAME}.lbpack", 30 << 30, "are taken")],
)
def test_what_is_no_pack_or_too_large_is_refused_before_a_byte_is_sent(
    technician: Client, name: str, size: int, said: str
) -> None:
    answer = begun(technician, size, name)

    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_a_disk_too_full_is_told_before_a_byte_is_sent(technician: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "SPARE", 1e12)

    assert "too full" in begun(technician, 1000).json()["error"]


def test_so_many_packs_are_on_their_way_and_no_more(technician: Client) -> None:
    for number in range(sending.MOST_OPEN):
        assert "part" in begun(technician, 1000, mark=str(number))

    assert "on their way already" in begun(technician, 1000, mark="x").json()["error"]


def test_what_nobody_goes_on_with_is_thrown_away(technician: Client, home: Path) -> None:
    begun(technician, 1000, mark="old")
    room = home / "workspaces/tl/.uploads"
    for path in room.iterdir():
        os.utime(path, (time.time() - sending.KEPT_S - 10,) * 2)

    begun(technician, 1000, mark="new")

    assert len(list(room.glob("pack-*.json"))) == len(list(room.glob("pack-*.part"))) == 1


def test_a_piece_for_the_pack_of_another_is_not_taken(
    technician: Client, country: Workspace, pack: bytes, client: Client
) -> None:
    place = begun(technician, len(pack))["part"]
    client.force_login(make_member(country, Role.TECHNICIAN))

    assert send(client, place, 0, pack[:PIECE]).status_code == 404
    assert begun(client, len(pack))["part"] != place


def test_what_has_come_is_thrown_away_by_who_sends_it_alone(
    technician: Client, country: Workspace, pack: bytes, home: Path, client: Client
) -> None:
    sender = client.session["_auth_user_id"]
    place = begun(technician, len(pack))["part"]
    send(technician, place, 0, pack[:PIECE])
    client.force_login(make_member(country, Role.TECHNICIAN))
    assert client.post(place + "drop/").status_code == 404

    client.force_login(User.objects.get(pk=sender))
    answer = client.post(place + "drop/")

    assert answer.status_code == 302
    pk = place.rstrip("/").rpartition("/")[2]
    assert not list((home / "workspaces/tl/.uploads").glob(f"pack-{pk}*"))


def test_a_note_that_was_damaged_is_no_pack_on_its_way(technician: Client, home: Path) -> None:
    place = begun(technician, 1000)["part"]
    note = next((home / "workspaces/tl/.uploads").glob("pack-*.json"))
    note.write_text(json.dumps({"name": "x"}))

    assert technician.get(place).status_code == 404
