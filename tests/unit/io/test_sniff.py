"""What is opened at all."""

from pathlib import Path

import pytest

from landbalance.core.errors import InputError
from landbalance.io.bands import open_bands
from landbalance.io.sniff import Format, sniff


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (b"II*\0....", Format.GEOTIFF),
        (b"MM\0+....", Format.GEOTIFF),
        (b"\x89HDF\r\n", Format.NETCDF4),
        (b"CDF\x01", Format.NETCDF3),
    ],
)
def test_format_is_told_by_the_first_bytes(tmp_path: Path, start: bytes, found: Format) -> None:
    path = tmp_path / "file.any"
    path.write_bytes(start)

    assert sniff(str(path)) is found


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"<VRTDataset rasterXSize='1' rasterYSize='1'></VRTDataset>", "VRT"),
        (b"not a raster", "is none of"),
        (b"II*\0", "cannot be opened"),
        (b"\x89HDF\r\n\x1a\n", "cannot be opened"),
    ],
)
def test_other_files_are_refused_in_one_line(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "layer.tif"
    path.write_bytes(content)

    with pytest.raises(InputError, match=said) as caught:
        open_bands(str(path))
    assert "layer.tif" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "path",
    ["file:///etc/passwd", "/vsicurl/https://example.org/a.tif", "ftp://example.org/a.tif", "/vsizip/a.zip/a.tif"],
)
def test_other_doors_are_refused(path: str) -> None:
    with pytest.raises(InputError, match="no address that is read"):
        sniff(path)


def test_missing_files_and_plain_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        sniff(str(tmp_path / "none.tif"))
    with pytest.raises(InputError, match="no Zarr store"):
        sniff(str(tmp_path))
