"""Files from outside are told by their content; archives that would harm are refused (A07, A08, A17, A23)."""

import io
import stat
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from landbalance.core.errors import InputError
from landbalance.io.archives import Most, check_archive
from landbalance.io.uploads import OFFICE, kind_of, place_of, safe_name


def archive(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries:
            file.writestr(name, content)
    out.seek(0)
    return out


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def test_a_plain_archive_is_taken() -> None:
    assert check_archive(archive(("a/b.csv", b"1,2"), ("c.txt", b"x"))) == ("a/b.csv", "c.txt")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../x", "points out"),
        ("/etc/passwd", "points out"),
        ("a/../../x", "points out"),
        ("C:\\x", "points out"),
        ("\\\\server\\share\\x", "points out"),
        ("a\\..\\..\\x", "points out"),
    ],
)
def test_paths_that_lead_out_are_refused(name: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        check_archive(archive((name, b"x")))


def test_links_archives_in_archives_and_names_twice_are_refused() -> None:
    with pytest.raises(InputError, match="link"):
        check_archive(archive((link("x"), b"/etc/passwd")))
    with pytest.raises(InputError, match="archive within"):
        check_archive(archive(("inner.zip", archive(("x", b"x")).getvalue())))
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = archive(("x", b"1"), ("x", b"2"))
    with pytest.raises(InputError, match="twice"):
        check_archive(twice)


def test_an_archive_of_too_many_files_is_refused() -> None:
    with pytest.raises(InputError, match="11 entries, more than 10"):
        check_archive(archive(*((f"{number}", b"") for number in range(11))), most=Most(entries=10))


def test_a_bomb_is_refused_from_its_directory() -> None:
    bomb = archive(("xl/worksheets/sheet1.xml", b"0" * (64 << 20)))
    assert len(bomb.getvalue()) < 100_000

    with pytest.raises(InputError, match="unpacks from"):
        check_archive(bomb)


def test_a_directory_that_lies_is_found_out() -> None:
    content = bytearray(archive(("x", b"0" * (4 << 20))).getvalue())
    size = (4 << 20).to_bytes(4, "little")
    for start in (content.index(size), content.rindex(size)):
        content[start : start + 4] = (1000).to_bytes(4, "little")

    with pytest.raises(InputError):
        check_archive(io.BytesIO(bytes(content)))


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (2, 2)).save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (picture("PNG"), "image/png"),
        (picture("JPEG"), "image/jpeg"),
        (b"%PDF-1.7", "application/pdf"),
        (b"a,b\n1,2\n", "text/plain"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "application/octet-stream"),
        (b"\n\n<!DOCTYPE html><script>alert(1)</script>", "application/octet-stream"),
        (b"<?xml version='1.0'?><x/>", "application/octet-stream"),
        (picture("GIF"), "application/octet-stream"),
        (b"\x7fELF\0\0", "application/octet-stream"),
        (archive(("[Content_Types].xml", b"<x/>"), ("xl/workbook.xml", b"<x/>")).getvalue(), OFFICE["xl/"]),
    ],
)  # fmt: skip
def test_a_file_is_what_is_in_it(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


def test_a_picture_of_too_many_pixels_is_refused() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 10_000)).save(out, "PNG")

    with pytest.raises(InputError, match="too many pixels"):
        kind_of(out.getvalue())


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"), ("a\\b.txt", "b.txt"), ("x\0.png", "x.png"), ("\x1b[31mred.csv", "[31mred.csv"),
        ("...", "file"), ("é.pdf", "é.pdf"), ("\u202egnp.exe", "gnp.exe"),
    ],
)  # fmt: skip
def test_a_name_loses_its_tricks(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "/.."])
def test_a_file_is_found_by_its_digest_alone(digest: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        place_of(tmp_path, digest)
