"""Tell the format of a raster from its first bytes, so that no other reader is ever tried on it."""

from enum import Enum
from pathlib import Path

from landbalance.core.addresses import is_remote
from landbalance.core.errors import InputError, NotFoundError


class Format(Enum):
    """Raster formats that are read."""

    GEOTIFF = "GeoTIFF"
    NETCDF4 = "NetCDF-4"
    NETCDF3 = "NetCDF"
    ZARR = "Zarr"


MAGIC = {
    b"II*\0": Format.GEOTIFF,
    b"MM\0*": Format.GEOTIFF,
    b"II+\0": Format.GEOTIFF,
    b"MM\0+": Format.GEOTIFF,
    b"\x89HDF": Format.NETCDF4,
    b"CDF\x01": Format.NETCDF3,
    b"CDF\x02": Format.NETCDF3,
}
ZARR_FILES = ("zarr.json", ".zgroup", ".zmetadata", ".zarray")


def sniff(path: str) -> Format:
    """Return the format of a raster file or folder, here or on a server.

    Raises
    ------
    InputError
        If there is nothing, or nothing this program reads. A VRT is refused: it can point at any other file.
    NotFoundError, SourceError
        If it is on a server, and not found or not to be read there.
    """
    if is_remote(path):
        return _sniff_remote(path)
    if "://" in path or path.startswith("/vsi"):
        raise InputError("{path} is no address that is read", path=path, hint="use http://, https:// or s3://")
    place = Path(path)
    if place.is_dir():
        if any((place / name).is_file() for name in ZARR_FILES):
            return Format.ZARR
        raise InputError("{path} is a folder, and no Zarr store", path=path, hint="name one raster file")
    try:
        with place.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError as error:
        raise InputError("{path} does not exist", path=path, hint="check the path of the layer") from error
    except OSError as error:
        raise InputError("{path} cannot be opened ({why})", path=path, why=error.strerror) from error
    return _format(path, start)


def _sniff_remote(path: str) -> Format:
    """Return the format of a file on a server; what is not found may be the folder of a Zarr store."""
    from landbalance.io.remote import look_at

    names = [f"{path.rstrip('/')}/{name}" for name in ZARR_FILES]
    tries = [*names, path] if path.rstrip("/").endswith(".zarr") else [path, *names]
    for name in tries:
        try:
            found = look_at(name)
        except NotFoundError:
            continue
        return _format(path, found.start) if name == path else Format.ZARR
    raise NotFoundError("{path} does not exist", path=path, hint="check the address of the layer")


def _format(path: str, start: bytes) -> Format:
    """Return the format that begins with these bytes."""
    found = next((kind for magic, kind in MAGIC.items() if start.startswith(magic)), None)
    if found is None:
        raise _refusal(path, start)
    return found


def _refusal(path: str, start: bytes) -> InputError:
    """Return the error for a file that is not read."""
    if not start:
        return InputError("{path} is empty", path=path, hint="fetch it again")
    if start.lstrip().startswith(b"<"):
        return InputError(
            "{path} is text that points at other files (VRT)", path=path, hint="convert it to a GeoTIFF first"
        )
    kinds = ", ".join(kind.value for kind in Format)
    return InputError("{path} is none of {kinds}", path=path, kinds=kinds, hint="convert it to a GeoTIFF first")
