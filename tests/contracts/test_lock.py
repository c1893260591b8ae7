"""The lock holds everything the project asks for, each file by its hash, and no host."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINNED = {name.lower().replace("_", "-") for name in re.findall(r"^([\w.-]+)==", LOCK, re.MULTILINE)}


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]

    names = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in wanted}

    assert names - PINNED == set()


def test_every_pin_has_a_hash() -> None:
    pins = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]

    assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []


def test_no_registry_host_is_named() -> None:
    assert not re.search(r"https?://|--index|--find-links", LOCK)
