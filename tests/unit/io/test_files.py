"""Whole files or none."""

import hashlib
from pathlib import Path

import pytest

from landbalance.core.errors import InputError
from landbalance.io.files import sha256, whole_file, write_bytes, write_text


def fail_half_way(path: Path) -> None:
    with whole_file(path) as temporary:
        temporary.write_bytes(b"half")
        raise ValueError("broken")


def test_text_is_written_with_line_feeds(tmp_path: Path) -> None:
    write_text(tmp_path / "new" / "a.txt", "één\ntwee\n")

    assert (tmp_path / "new" / "a.txt").read_bytes() == "één\ntwee\n".encode()


def test_a_failure_keeps_the_old_file_and_no_trace(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a.txt", b"old")

    with pytest.raises(ValueError, match="broken"):
        fail_half_way(tmp_path / "a.txt")

    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.txt", b"old")]


def test_an_unwritable_place_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(InputError, match=r"a\.txt cannot be written"):
        write_text(tmp_path / "file" / "a.txt", "")


def test_checksum_of_a_file_is_its_sha256(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")

    assert sha256(tmp_path / "a") == hashlib.sha256(b"abc").hexdigest()


def test_checksum_of_a_folder_changes_with_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    before = sha256(tmp_path)
    (tmp_path / "a").rename(tmp_path / "b")
    renamed = sha256(tmp_path)
    (tmp_path / "b").write_bytes(b"abd")

    assert len({before, renamed, sha256(tmp_path)}) == 3


def test_checksum_of_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        sha256(tmp_path / "none")
