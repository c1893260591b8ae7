"""A pack from a mirror: made by a centre from what it fetched, signed, carried, built from without a line."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from journeys.pack_child import order
from journeys.test_packs import content
from landbalance.cli.app import app
from landbalance.io.packs.build import build_pack
from landbalance.io.packs.cache import Cache
from landbalance.io.packs.line import Line
from landbalance.io.packs.manifest import RECIPE, read_pack
from landbalance.io.packs.mirrors import read_mirrors
from landbalance.io.packs.public_file import Desk
from landbalance.io.packs.signing import Signer
from public_services import Bench, Local, serving
from testland import services

COMPOSITES = 2


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with serving(services()) as state:
        yield state


@pytest.fixture(scope="module")
def centre(bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a centre: a pack that was fetched, its cache, a key, and a mirror of what it fetched."""
    home = tmp_path_factory.mktemp("centre")
    pack = built(bench, home)
    run("pack", "mirror", "key", str(home / "mirror.key"))
    run("pack", "mirror", "make", str(home / "stick"), "--key", str(home / "mirror.key"), "--name", "Centre",
        "--pack", str(pack), "--cache", str(home / "cache"))  # fmt: skip
    return home


def built(bench: Bench, home: Path, told: list[str] | None = None, **options: Any) -> Path:
    """Build the small pack of Testland in a folder, by the mirrors named there."""
    line = Line(backend=Local(bench), **({"sleep": lambda seconds: None} | options))
    said = [] if told is None else told
    trusted = read_mirrors(home / "mirrors.toml")
    desk = Desk(line, Signer(line), Cache(home / "cache"), trusted=trusted, told=lambda error: said.append(str(error)))
    try:
        return build_pack(order(COMPOSITES), home / "packs", desk).folder
    finally:
        desk.close()


def run(*words: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == code, result.output
    return result.output


def trust(centre: Path, home: Path) -> str:
    """Name the stick of the centre in a folder; return the key."""
    home.mkdir(exist_ok=True)
    key = run("pack", "mirror", "key", str(home / "unused.key"))  # a key of one's own opens nothing
    said = run("pack", "mirror", "use", str(centre / "stick"), "--key", key.splitlines()[-1],
               "--mirrors", str(home / "mirrors.toml"), code=1)  # fmt: skip
    assert "not signed by the key" in said
    public = public_of(centre)
    run("pack", "mirror", "use", str(centre / "stick"), "--key", public, "--mirrors", str(home / "mirrors.toml"))
    return public


def public_of(centre: Path) -> str:
    """Return the public key of the centre."""
    from landbalance.io.packs.mirror_index import public_of, read_key

    return public_of(read_key(centre / "mirror.key"))


def test_a_pack_is_built_from_a_stick_without_a_line_and_is_the_same(
    centre: Path, bench: Bench, tmp_path: Path
) -> None:
    trust(centre, tmp_path / "village")
    before = sum(bench.connections.values())

    pack = built(bench, tmp_path / "village", is_offline=True)

    assert sum(bench.connections.values()) == before
    assert not [gap for gap in read_pack(pack).gap if gap.reason in ("offline", "failed")]
    assert content(pack) == content(next((centre / "packs").glob("ZZT-*")))


def test_the_papers_name_the_mirror_beside_the_source(centre: Path, bench: Bench, tmp_path: Path) -> None:
    trust(centre, tmp_path / "village")

    pack = built(bench, tmp_path / "village")

    rows = json.loads((pack / RECIPE).read_text(encoding="utf-8"))["requests"]
    assert rows
    for row in rows:
        assert row["url"].startswith("https://")
        assert row["mirror"] == [f"Centre ({public_of(centre)})"]
    assert all(layer.mirror and layer.source for layer in read_pack(pack).layer)


def test_a_stick_with_one_changed_part_is_let_go_and_the_pack_is_the_same(
    centre: Path, bench: Bench, tmp_path: Path
) -> None:
    import shutil

    shutil.copytree(centre / "stick", tmp_path / "stick")
    shutil.copy(centre / "mirror.key", tmp_path)
    parts = sorted((tmp_path / "stick" / "objects").glob("*/*"))
    for part in parts[::2]:
        part.write_bytes(os.urandom(part.stat().st_size))
    trust(tmp_path, tmp_path / "village")
    told: list[str] = []

    pack = built(bench, tmp_path / "village", told)
    checked = run("pack", "mirror", "check", str(tmp_path / "stick"), "--key", public_of(centre), code=1)

    assert len(told) == 1
    assert content(pack) == content(next((centre / "packs").glob("ZZT-*")))
    assert f"{len(parts[::2])} parts of the mirror are wrong" in checked


def test_commands_tell_of_mirrors(centre: Path, tmp_path: Path) -> None:
    public = trust(centre, tmp_path / "village")

    listed = run("pack", "mirror", "list", "--mirrors", str(tmp_path / "village" / "mirrors.toml"))
    checked = run("pack", "mirror", "check", str(centre / "stick"), "--key", public)
    none = run("pack", "mirror", "list", "--mirrors", str(tmp_path / "none.toml"))

    assert (centre / "stick").as_uri() in listed
    assert checked.startswith("Centre, made ")
    assert "no mirror is named" in none


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["check", "nowhere", "--key", "ed25519:" + "A" * 43 + "="], "there is no mirror with a signed list"),
        (["check", "nowhere", "--key", "abc"], "no key of a mirror"),
        (["use", "ftp://a", "--key", "abc"], "no place of a mirror"),
        (["make", "stick", "--key", "none.key", "--name", "A"], "holds no key to sign with"),
        (["make", "stick", "--key", "a.key", "--name", "A", "--pack", "KEN-1999.1"], "there is no pack"),
        (["make", "stick", "--key", "a.key", "--name", "A"], "may be passed on"),
    ],
)
def test_bad_words_get_one_clear_line(
    words: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    run("pack", "mirror", "key", "a.key")

    output = run("pack", "mirror", *words, code=1)

    assert said in output
    assert output.count("\n") == 1
