"""Packs and what sources give as archives: only plain files below a folder come out."""

from pathlib import Path

from landbalance.core.errors import InputError
from landbalance.core.tables import toml_table
from landbalance.io import archives
from landbalance.io.archives import Most
from landbalance.io.packs.line import full_disk


def unpack(archive: Path, folder: Path, *, member: str = "", most_ratio: int | None = None) -> list[Path]:
    """Take the files of a zip, tar or tar.gz out into a folder, and return their paths.

    Parameters
    ----------
    archive : Path
    folder : Path
        Made if it is not there.
    member : str
        The one file to take; all when empty.
    most_ratio : int, optional
        How many times larger than the archive its content may be.

    Raises
    ------
    InputError
        If it is none of these, names places outside, holds links or devices, a name twice, or too much.
    """
    limits = toml_table("pack")["limits"]
    most = Most(limits["entries"], None, most_ratio or limits["ratio"], archives=True)
    made: list[Path] = []
    try:
        with archives.opened(archive, archive.name, most) as entries:
            for entry in entries:
                if member and entry.name != member:
                    continue
                place = folder / entry.name
                place.parent.mkdir(parents=True, exist_ok=True)
                made.append(entry.copy(place))
    except OSError as error:
        raise full_disk(error, folder) from error
    if member and not made:
        raise InputError("{archive} holds no {member}", archive=archive.name, member=member,
                         hint="fetch it again, or ask who gave it to you")  # fmt: skip
    return made


def gunzip(packed: Path, place: Path) -> Path:
    """Unpack a gzip file, no more than the allowed ratio.

    Raises
    ------
    InputError
        If it is none, or too much comes out.
    """
    try:
        return archives.gunzip(packed, place, toml_table("pack")["limits"]["ratio"])
    except OSError as error:
        raise full_disk(error, place) from error
