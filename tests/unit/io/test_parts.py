"""Parts of a file: whole and in order, or as if they had never come."""

import base64
import hashlib
import io
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.core.errors import InputError, RuleError
from landbalance.io.parts import write_part

CONTENT = bytes(range(256)) * 1000


def digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "a.part").write_bytes(CONTENT[:1000])
    return tmp_path / "a.part"


@given(cuts=st.lists(st.integers(0, len(CONTENT)), max_size=6))
def test_parts_put_together_are_the_file(cuts: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.mktemp("parts") / "a.part"
    place.touch()
    edges = [0, *sorted(cuts), len(CONTENT)]

    for first, last in pairwise(edges):
        part = CONTENT[first:last]
        assert write_part(place, first, io.BytesIO(part), len(part), digest(part)) == len(part)

    assert place.read_bytes() == CONTENT


def test_a_part_that_was_changed_leaves_nothing_behind(place: Path) -> None:
    with pytest.raises(RuleError, match="cut or changed"):
        write_part(place, 1000, io.BytesIO(b"x" * 500), 500, digest(CONTENT[1000:1500]))

    assert place.read_bytes() == CONTENT[:1000]


def test_a_part_that_was_cut_leaves_nothing_behind(place: Path) -> None:
    with pytest.raises(RuleError, match="cut or changed"):
        write_part(place, 1000, io.BytesIO(CONTENT[1000:1200]), 500, digest(CONTENT[1000:1500]))

    assert place.read_bytes() == CONTENT[:1000]


class Broken(io.RawIOBase):
    """Gives some bytes, and then the line breaks."""

    def __init__(self) -> None:
        self.given = False

    def read(self, size: int = -1) -> bytes:
        if self.given:
            raise ConnectionResetError(104, "Connection reset by peer")
        self.given = True
        return b"x" * min(size, 100)


def test_a_line_that_breaks_leaves_nothing_behind(place: Path) -> None:
    with pytest.raises(InputError):
        write_part(place, 1000, Broken(), 500)  # type: ignore[arg-type]

    assert place.read_bytes() == CONTENT[:1000]


def test_without_a_checksum_what_came_is_kept(place: Path) -> None:
    assert write_part(place, 1000, io.BytesIO(CONTENT[1000:1200]), 500) == 200
    assert place.read_bytes() == CONTENT[:1200]


@pytest.mark.parametrize("text", ["x", "sha-256=:abc:", "md5=:" + "A" * 43 + "=:", "sha-256=:" + "-" * 43 + "=:"])
def test_a_checksum_that_is_none_is_refused(text: str, place: Path) -> None:
    with pytest.raises(InputError, match="no checksum"):
        write_part(place, 1000, io.BytesIO(b"1"), 1, text)


def test_a_full_disk_is_told_and_leaves_nothing_behind(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        write_part(place, 1000, Full(), 10)

    assert place.read_bytes() == CONTENT[:1000]
