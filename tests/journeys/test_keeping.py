"""What is written stays written: killed writers (F02), backups while writing (F08), what the doctor finds (F22)."""

import json
import os
import signal
import tarfile
import time
from pathlib import Path

import pytest
from keeping import STATE, WRITER, Place, copied, fresh_database, make_place

from landbalance.core.errors import InputError
from landbalance.io.backup_archive import unpack

pytestmark = pytest.mark.database


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Place:
    return make_place(tmp_path_factory.mktemp("template") / "home")


@pytest.fixture
def place(template: Place, tmp_path: Path) -> Place:
    return copied(template, tmp_path / "home")


def kill_writers(place: Place, times: int) -> list[str]:
    """Kill a writer again and again at odd moments, and return what it said was saved."""
    said: list[str] = []
    for number in range(times):
        writer = place.start(WRITER, f"w{number}")
        said.append(writer.stdout.readline().strip())  # it writes now
        time.sleep(0.02 + 0.037 * (number % 11))
        os.kill(writer.pid, signal.SIGKILL)
        out, _ = writer.communicate()
        said += [
            line for line in out.splitlines() if ("-" in line and out.endswith("\n")) or line != out.splitlines()[-1]
        ]
    return [line for line in said if line]


def check_nothing_lost(place: Place, said: list[str]) -> None:
    state = place.ask(STATE)
    assert set(said) - set(state["practices"]) == set()
    assert state["practices"] == state["versions"] == state["acts"]
    assert (state["broken"], state["whole"]) == ("", "ok")


def test_a_killed_writer_loses_nothing_it_said_was_saved(place: Place) -> None:
    said = kill_writers(place, 3)

    assert len(said) >= 3
    check_nothing_lost(place, said)


@pytest.mark.deep
def test_forty_killed_writers_lose_nothing(place: Place) -> None:
    said = kill_writers(place, 40)

    check_nothing_lost(place, said)
    print(f"40 kills, {len(said)} acknowledged rows, 0 lost, 0 half transactions")


def test_a_backup_while_writing_is_one_moment_and_restores_whole(place: Place, tmp_path: Path) -> None:
    writer = place.start(WRITER, "w")
    said = [writer.stdout.readline().strip() for _ in range(20)]
    try:
        place.run("backup", str(tmp_path / "b.tar"), "-w", str(place.home))
    finally:
        writer.kill()
        writer.communicate()

    back = restored(place, tmp_path / "b.tar", tmp_path / "back")

    state = back.ask(STATE)
    assert set(said) <= set(state["practices"])
    assert state["practices"] == state["versions"] == state["acts"]
    assert (state["broken"], state["whole"]) == ("", "ok")
    assert "error" not in back.run("doctor", "-w", str(back.home)).stdout
    assert (back.home / "secret.key").read_text() == (place.home / "secret.key").read_text()


def restored(place: Place, archive: Path, home: Path) -> Place:
    """Restore an archive into an empty place."""
    address = fresh_database()
    environment = {**place.environment, "LANDBALANCE_HOME": str(home)}
    if address:
        environment["LANDBALANCE_DATABASE"] = address
    back = Place(home, environment)
    back.run("restore", str(archive), "-w", str(home), *(["--database", address] if address else []))
    return back


def test_an_archive_is_safe_and_a_bad_one_restores_nothing(place: Place, tmp_path: Path) -> None:
    archive = tmp_path / "b.tar"
    place.run("backup", str(archive), "-w", str(place.home))
    assert archive.stat().st_mode & 0o077 == 0
    assert "is there already" in place.run("backup", str(archive), "-w", str(place.home), fails=True).stderr
    content = archive.read_bytes()
    changed, cut, climbing = tmp_path / "changed.tar", tmp_path / "cut.tar", tmp_path / "climbing.tar"
    at = content.index(b"[installation]")
    changed.write_bytes(content[:at] + b"[INSTALLATION]" + content[at + 14 :])
    cut.write_bytes(content[: len(content) // 2])
    with tarfile.open(archive) as old, tarfile.open(climbing, "w") as new:
        for member in old:
            if member.name == "secret.key":
                member.name = "../secret.key"
            new.addfile(member, old.extractfile(member))

    for path in (changed, cut, climbing):
        with pytest.raises(InputError, match="is no whole backup"):
            unpack(path, tmp_path / "back")
        assert not (tmp_path / "back").exists()
    with pytest.raises(InputError, match="is not empty"):
        unpack(archive, place.home)
    assert not (tmp_path / "secret.key").exists()
    assert [path.name for path in tmp_path.iterdir() if ".part" in path.name] == []


def findings(place: Place, *words: str) -> list[tuple[str, str, str]]:
    ended = place.run("doctor", "--json", "-w", str(place.home), *words, fails=True)
    return [(each["level"], each["topic"], each["text"]) for each in json.loads(ended.stdout)]


def test_the_doctor_finds_and_mends(place: Place) -> None:
    part = place.home / "workspaces" / "alpha" / ".status.abc.part.tif"
    part.write_bytes(b"half")
    os.utime(part, (0, 0))
    fresh = part.with_name(".now.abc.part.tif")
    fresh.write_bytes(b"being written")
    (place.home / "secret.key").chmod(0o644)
    new = place.home / "workspaces" / "beta"
    new.mkdir()
    (new / "landbalance.toml").write_text('[workspace]\nformat = 1\ncountry = "ZZB"\ninvented = true\n')

    text = str(findings(place))
    assert ".status.abc.part.tif was never finished" in text
    assert "can read secret.key" in text
    assert "beta is not known" in text

    after = findings(place, "--repair")
    assert {level for level, _, _ in after} == {"fine"}
    assert not part.exists()
    assert fresh.exists()
    assert (place.home / "secret.key").stat().st_mode & 0o077 == 0


def test_the_doctor_names_what_only_a_person_can_put_right(place: Place) -> None:
    place.ask(
        "from landbalance.registry.audit.models import AuditEvent\n"
        "AuditEvent.objects.filter(pk=AuditEvent.objects.first().pk).update(act='nothing')\nprint(json.dumps(1))"
    ) if place.ask(FIRST_ACT) else None
    (place.home / "workspaces" / "alpha" / "landbalance.toml").write_text("[workspace")
    (place.home / "landbalance.toml").write_text('[installation]\nformat = 1\nhosts = ["*"]\n')

    found = findings(place)

    errors = " ".join(text for level, _, text in found if level == "error")
    assert "broken at row" in errors
    assert "landbalance.toml" in errors
    assert "without https" in errors
    assert "hosts holds *" in errors
    assert place.run("doctor", "-w", str(place.home), fails=True).returncode == 1


FIRST_ACT = """
from landbalance.registry.audit.services import record
record(None, "test.act", "x")
print(json.dumps(True))
"""


def test_a_server_for_others_is_clean_by_the_book(place: Place) -> None:
    (place.home / "landbalance.toml").write_text(
        '[installation]\nformat = 1\nhosts = ["ldn.example"]\nhttps = true\nrequire_mfa = true\n'
    )
    (place.home / "landbalance.toml").chmod(0o600)

    server = [(level, text) for level, topic, text in findings(place) if topic == "server"]

    assert server == []
