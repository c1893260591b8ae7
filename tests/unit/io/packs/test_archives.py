"""Archives and mosaics from outside: what is hostile is refused, and nothing is written elsewhere."""

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from landbalance.core.errors import InputError, SourceError
from landbalance.io.packs.archives import gunzip, unpack
from landbalance.io.packs.vrt import read_mosaic

PART = (
    '<SimpleSource><SourceFilename relativeToVRT="1">{name}</SourceFilename><SourceBand>1</SourceBand>'
    '<SrcRect xOff="0" yOff="0" xSize="10" ySize="10"/>'
    '<DstRect xOff="0" yOff="0" xSize="10" ySize="10"/></SimpleSource>'
)
VRT = (
    '{head}<VRTDataset rasterXSize="10" rasterYSize="10"{more}><GeoTransform>0, 250, 0, 0, 0, -250</GeoTransform>'
    '<VRTRasterBand dataType="Int16" band="1"{band}>{parts}</VRTRasterBand></VRTDataset>'
)
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;">]>'


def vrt(parts: str, head: str = "", more: str = "", band: str = "") -> bytes:
    return VRT.format(parts=parts, head=head, more=more, band=band).encode()


def tar(path: Path, *members: tuple[str, bytes | None, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as packed:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            if kind:
                info.type, info.linkname = kind, content.decode()
                packed.addfile(info)
            else:
                info.size = len(content)
                packed.addfile(info, io.BytesIO(content))
    return path


def test_plain_files_come_out(tmp_path: Path) -> None:
    packed = tar(tmp_path / "a.tar.gz", ("./KEN/band.tif", None, b"1" * 1000), ("KEN/summary.json", None, b"{}"))

    made = unpack(packed, tmp_path / "out")

    assert sorted(path.relative_to(tmp_path / "out").as_posix() for path in made) == [
        "KEN/band.tif",
        "KEN/summary.json",
    ]


@pytest.mark.parametrize(
    "members",
    [
        [("../x", None, b"1")],
        [("/etc/x", None, b"1")],
        [("a", tarfile.SYMTYPE, b"/etc"), ("a/passwd", None, b"1")],
        [("a", tarfile.LNKTYPE, b"/etc/passwd")],
        [("a", tarfile.CHRTYPE, b"")],
        [("a", None, b"1"), ("A", None, b"2")],
        [("c:\\x", None, b"1")],
        [("a/../../x", None, b"1")],
    ],
)
def test_hostile_members_are_refused(members: list[tuple[str, bytes | None, bytes]], tmp_path: Path) -> None:
    with pytest.raises(InputError):
        unpack(tar(tmp_path / "a.tar.gz", *members), tmp_path / "deep" / "out")

    assert not (tmp_path / "x").exists()
    assert not (tmp_path / "deep" / "x").exists()


def test_a_zip_with_a_link_is_refused(tmp_path: Path) -> None:
    info = zipfile.ZipInfo("a")
    info.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(info, "/etc/passwd")

    with pytest.raises(InputError, match="is a link"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


def test_bombs_are_stopped(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", b"\0" * (64 << 20))
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"\0" * (64 << 20)))

    with pytest.raises(InputError, match="unpacks from"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
    with pytest.raises(InputError, match="more than is allowed"):
        gunzip(tmp_path / "b.gz", tmp_path / "b")


@pytest.mark.parametrize("content", [b"", b"PK\3\4broken", b"\x1f\x8bbroken", b"<html>"])
def test_what_is_no_archive_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content)

    with pytest.raises(InputError):
        unpack(tmp_path / "a", tmp_path / "out")


def test_a_member_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no ai"):
        unpack(tar(tmp_path / "a.tar.gz", ("b", None, b"1")), tmp_path / "out", member="ai")


def test_a_mosaic_lists_its_tiles() -> None:
    mosaic = read_mosaic(vrt(PART.format(name="ocs/tileSG-011-061/tileSG-011-061_1-1.tif")), "x.vrt", "EPSG:3857")

    assert [(part.name, part.width) for part in mosaic.parts] == [("ocs/tileSG-011-061/tileSG-011-061_1-1.tif", 10)]
    assert mosaic.meeting(((-5.0, -5.0, 5.0, 5.0),)) == mosaic.parts
    assert not mosaic.meeting(((9000.0, 0.0, 9001.0, 1.0),))


@pytest.mark.parametrize(
    "content",
    [
        vrt(PART.format(name="/etc/passwd.tif")),
        vrt(PART.format(name="../../secret.tif")),
        vrt(PART.format(name="http://169.254.169.254/a.tif")),
        vrt(PART.format(name="other.vrt")),
        vrt(PART.format(name="a.tif").replace('relativeToVRT="1"', 'relativeToVRT="0"')),
        vrt(PART.format(name="a.tif"), more=' subClass="VRTWarpedDataset"'),
        vrt(PART.format(name="a.tif"), band=' subClass="VRTDerivedRasterBand"'),
        vrt(PART.format(name="a.tif").replace("SimpleSource", "KernelFilteredSource")),
        vrt(PART.format(name="a.tif").replace("<SourceBand>1</SourceBand>", "<LUT>0:1</LUT>")),
        vrt(PART.format(name="a.tif").replace('xSize="10" ySize="10"/></', 'xSize="20" ySize="20"/></')),
        vrt(PART.format(name="a.tif"), head=BOMB),
        vrt(""),
        b"<VRTDataset>",
        b"not xml",
        b"<?xml version='1.0'?>" + b" " * (9 << 20),
    ],
)
def test_hostile_mosaics_are_refused(content: bytes) -> None:
    with pytest.raises(SourceError):
        read_mosaic(content, "x.vrt", "EPSG:3857")
