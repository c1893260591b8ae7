"""What killed processes leave is found and removed; what can be taken up, and what is being written, stays."""

import os
import time
from pathlib import Path

import pytest

from landbalance.core.errors import RuleError
from landbalance.engine.leftovers import leftovers, remove_leftovers
from landbalance.engine.part import Part, only_one

OLD = time.time() - 86_400


def old(path: Path, content: str = "x") -> Path:
    """Make a file that has not been touched for a day."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    os.utime(path, (OLD, OLD))
    os.utime(path.parent, (OLD, OLD))
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a workspace with a finished run, one to take up, one that none can take up, and temporary files."""
    old(tmp_path / "landbalance.toml")
    old(tmp_path / "runs" / "20260101T000000Z-unccd-2026" / "manifest.json")
    alive = Part(tmp_path / "runs" / ".alive.part", "alive", "identity", "2026-01-01T00:00:00+00:00")
    alive.journal().close()
    old(alive.folder / "layers" / ".sdg.abc.part.tif")
    old(tmp_path / "runs" / ".dead.part" / ".scratch" / "journal", "no journal")
    old(tmp_path / "runs" / ".dead.part" / "layers" / ".sdg.abc.part.tif")
    old(tmp_path / "data" / ".ndvi.abc.part.tif")
    old(tmp_path / ".cache" / "estimate-abc" / "run" / "x")
    for folder in sorted(tmp_path.rglob("*"), reverse=True):
        os.utime(folder, (OLD, OLD))
    return tmp_path


def named(home: Path, found: list[Path]) -> set[str]:
    return {str(path.relative_to(home)) for path in found}


def test_leftovers_are_removed_and_nothing_else(home: Path) -> None:
    before = {path for path in home.rglob("*") if path.is_file()}

    found = remove_leftovers(home)

    assert named(home, found) == {
        "runs/.alive.part/layers/.sdg.abc.part.tif",
        "runs/.dead.part",
        "data/.ndvi.abc.part.tif",
        ".cache/estimate-abc",
    }
    left = {path for path in home.rglob("*") if path.is_file()} - {home / ".cache" / "lock"}
    assert left == {path for path in before if not any(path == one or one in path.parents for one in found)}
    assert leftovers(home) == []


def test_what_is_being_written_stays(home: Path) -> None:
    (home / "data" / ".soc.def.part.tif").write_text("half")

    assert "data/.soc.def.part.tif" not in named(home, leftovers(home))
    assert "data/.soc.def.part.tif" in named(home, leftovers(home, untouched_seconds=0))


def test_nothing_is_removed_while_a_run_is_under_way(home: Path) -> None:
    with only_one(home), pytest.raises(RuleError, match="being assessed by another process"):
        remove_leftovers(home)
