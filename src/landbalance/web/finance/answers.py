"""Files of finance as answers, and files that people send as pieces."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse

from landbalance.core.words import words_of
from landbalance.io.quarantine import Ingested, Limits, ingest
from landbalance.registry.spoken import spoken_text
from landbalance.web.targets.uploads import on_disk

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

TABLE = Limits(memory_bytes=2 << 30, file_bytes=1 << 30, seconds=60, workbook_bytes=50_000_000, rows=50_000)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file_answer(body: bytes, name: str, kind: str) -> HttpResponse:
    """Return a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(body, content_type=kind, headers=headers)


def spoken_reasons(counted: Iterable[tuple[str, int]], notes: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Return reasons of an import and their counts in the reader's language, as far as its notes know the sentences."""
    known = {str(said): said for said in (words_of(note["why"]) for note in notes)}
    return [(spoken_text(known.get(why, why)), count) for why, count in counted]


@contextmanager
def read_apart(sent: "UploadedFile[Any]") -> Iterator[tuple[Ingested, Path]]:
    """Let the quarantined child read a table; hand out what it holds, and a folder for as long as it is needed.

    Raises
    ------
    InputError
        If it is no table, is damaged or breaks a limit.
    """
    with on_disk(sent) as path:
        yield ingest(path, path.parent, name=str(sent.name), want="rows", limits=TABLE), path.parent
