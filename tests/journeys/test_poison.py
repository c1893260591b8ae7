"""A raster that its reader does not survive: it is named in one line, and nothing else is lost."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import shapely

from journeys.places import make_place
from landbalance.core.errors import InputError
from landbalance.engine.part import counted_try
from landbalance.io.apart import EndedError, apart, read_apart

BOX = shapely.box(10.05, 0.05, 10.45, 0.45)
CRASH = """\
import os, rasterio, rasterio.io

class Reader(rasterio.io.DatasetReader):
    def read(self, *words, **options):
        if self.name.endswith("poison.tif"):
            os.abort()
        return super().read(*words, **options)

opened = rasterio.open

def open_poison(name, *words, **options):
    if str(name).endswith("poison.tif") and (words or ("r",))[0] == "r":
        return Reader(rasterio._path._parse_path(str(name)))
    return opened(name, *words, **options)

rasterio.open = open_poison
"""
RUNFILE = '[[run]]\nworkspace = "countries/*"\n'


@pytest.fixture
def crashing(tmp_path: Path) -> dict[str, str]:
    """Return the surroundings of a process in which reading poison.tif aborts, as a fault inside GDAL would."""
    folder = tmp_path / "crash"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(CRASH)
    return {**os.environ, "PYTHONPATH": str(folder)}


def country(folder: Path, *, poisoned: bool) -> Path:
    """Return a small country, one of its layers poison."""
    home = make_place(folder, [BOX], west=10, north=0.5, cell=0.01, shape=(50, 50))
    if poisoned:
        (home / "soc.tif").rename(home / "poison.tif")
        settings = home / "landbalance.toml"
        settings.write_text(settings.read_text().replace("soc.tif", "poison.tif"))
    return home


def call(surroundings: dict[str, str], *words: object) -> "subprocess.CompletedProcess[str]":
    """Call the command line."""
    command = [sys.executable, "-m", "landbalance", *map(str, words)]
    return subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False)


def test_the_check_and_the_register_survive_and_name_the_file(tmp_path: Path, crashing: dict[str, str]) -> None:
    home = country(tmp_path / "home", poisoned=True)

    checked = call(crashing, "data", "check", "-w", home, "--quiet")
    added = call(crashing, "data", "add", home / "poison.tif", "--role", "soil", "-w", home)

    for done in (checked, added):
        assert done.returncode == 1, done.stderr
        assert "poison.tif ends the program that reads it (SIGABRT)" in done.stderr
    assert "soil" not in (home / "landbalance.toml").read_text()


def test_a_run_is_refused_after_two_silent_ends_by_the_name_of_the_file(
    tmp_path: Path, crashing: dict[str, str]
) -> None:
    home = country(tmp_path / "home", poisoned=True)

    tries = [call(crashing, "assess", home, "--quiet", "--threads", "2") for _ in range(3)]

    assert [done.returncode for done in tries] == [-6, -6, 1]
    assert "poison.tif ends the program that reads it (SIGABRT)" in tries[-1].stderr
    assert not list((home / "runs").glob("[!.]*"))


@pytest.mark.deep
def test_one_poisoned_country_of_a_batch_stops_no_other(tmp_path: Path, crashing: dict[str, str]) -> None:
    for name, poisoned in (("a", False), ("b", True), ("c", False)):
        country(tmp_path / "countries" / name, poisoned=poisoned)
    (tmp_path / "july.toml").write_text(RUNFILE)

    done = call(crashing, "batch", tmp_path / "july.toml", "--threads", "1")

    rows = json.loads((tmp_path / "july" / "batch.json").read_text())["entries"]
    assert [row["status"] for row in rows] == ["finished", "failed", "finished"], done.stderr
    assert "poison.tif ends the program that reads it" in rows[1]["error"]
    assert done.returncode == 1


def test_tries_that_end_without_a_word_are_counted_until_one_ends_in_order(tmp_path: Path) -> None:
    script = (
        f"import os, pathlib; from landbalance.engine.part import counted_try as t; w = pathlib.Path({str(tmp_path)!r})"
    )
    dies = f"{script}\nwith t(w):\n    os.abort()"
    for _ in range(2):
        assert subprocess.run([sys.executable, "-c", dies], check=False).returncode == -6

    with counted_try(tmp_path) as silent, suppress(KeyboardInterrupt):
        raise KeyboardInterrupt

    assert silent == 2
    with counted_try(tmp_path) as silent:
        assert silent == 0


def test_a_process_that_dies_is_told_even_if_no_file_is_to_blame() -> None:
    with pytest.raises(EndedError, match="SIGKILL"):
        list(apart(signal.raise_signal, signal.SIGKILL))
    with pytest.raises(InputError, match="none of the files does it again"):
        read_apart(signal.raise_signal, signal.SIGKILL, files=list)
