"""Files that people send: put on disk for the quarantine, and never opened here."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from landbalance.io.quarantine import Limits, ingest, safe_name
from landbalance.io.shapes import Drawn

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

SMALL = Limits(memory_bytes=2 << 30, file_bytes=1 << 30, seconds=60, unpacked_bytes=200_000_000, vertices=500_000)


@contextmanager
def on_disk(sent: "UploadedFile[Any]") -> Iterator[Path]:
    """Keep what was sent in a folder of its own while it is read."""
    with tempfile.TemporaryDirectory(prefix="landbalance-upload-") as folder:
        path = Path(folder, "sent" + Path(safe_name(str(sent.name))).suffix.lower())
        with path.open("wb") as file:
            for chunk in sent.chunks():
                file.write(chunk)
        yield path


def pieces_of(sent: "UploadedFile[Any]") -> tuple[Drawn, ...]:
    """Return the areas of a file of shapes.

    Raises
    ------
    InputError
        If it holds none, or cannot be read.
    """
    with on_disk(sent) as path, tempfile.TemporaryDirectory(prefix="landbalance-upload-") as folder:
        taken = ingest(path, folder, name=str(sent.name), want="vector", limits=SMALL)
        shapes = [shapely.geometry.shape(each["geometry"]) for each in taken.features()]
        return tuple(Drawn(each, taken.notes if not number else ()) for number, each in enumerate(shapes))
