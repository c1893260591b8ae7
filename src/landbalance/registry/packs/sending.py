"""A pack that is sent in pieces over a line that breaks: begun, gone on with after a cut, taken in when it is whole.

What is known of it lies beside its bytes in the folder of the workspace, and how much has come is how large that file
is: a server that is started anew goes on. Who sends the same file again finds it where it was left.
"""

import json
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings

from landbalance.core.errors import InputError, NotFoundError, RuleError
from landbalance.io.files import write_text
from landbalance.io.packs.carry import ENDING
from landbalance.io.parts import write_part
from landbalance.registry.access import require
from landbalance.registry.layers.models import ROOM
from landbalance.registry.packs.services import BUILD, ask_for_archive
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User

PIECE_BYTES = 1 << 20  # what a cut costs at most
KEPT_S = 14 * 86400.0  # after its last piece
MOST_OPEN = 5  # of a workspace
SPARE = 2.2  # times its size that must be free: as it was sent, unpacked, and air


@dataclass(frozen=True)
class Sending:
    """A pack that is on its way."""

    pk: UUID
    folder: Path
    name: str
    size_bytes: int
    sender: int
    page: str = ""  # of the work that takes it in, once it is whole

    @property
    def part(self) -> Path:
        """Return where the bytes that have come are kept."""
        return self.folder / f"pack-{self.pk}.part"

    @property
    def note(self) -> Path:
        """Return where it is noted what it is."""
        return self.folder / f"pack-{self.pk}.json"

    @property
    def received_bytes(self) -> int:
        """Return how much has come."""
        return self.size_bytes if self.page else self.part.stat().st_size

    def write_note(self) -> None:
        """Note what it is."""
        said = {"name": self.name, "size": self.size_bytes, "sender": self.sender, "page": self.page}
        write_text(self.note, json.dumps(said))


def begin_sending(actor: "User", workspace: Workspace, *, name: str, size_bytes: int, mark: str) -> Sending:
    """Make room for a pack, or find the one that was begun.

    Parameters
    ----------
    actor, workspace
        Who, and where.
    name : str
        What the sender calls the file.
    size_bytes : int
    mark : str
        What tells this file from another of the same name and size, such as when it was changed last.

    Raises
    ------
    AccessError
        If the actor may not take packs in.
    InputError, RuleError
        If it is no pack, too large, the disk too full, or too many others are on their way.
    """
    require(actor, BUILD, workspace)
    most = settings.INSTALLATION.table.max_pack_mb << 20
    if not name.lower().endswith(ENDING):
        raise InputError("{name} is no pack", name=name[:80], hint="its name ends with {ending}", ending=ENDING)
    if not 0 < size_bytes <= most:
        raise InputError(
            "{name} has {size:.1f} MB; at most {most} are taken", name=name[:80], size=size_bytes / 2**20,
            most=most >> 20, hint="put it into the folder incoming of the server, and take it in from there",
        )  # fmt: skip
    folder = folder_of(workspace, settings.INSTALLATION) / ROOM
    folder.mkdir(parents=True, exist_ok=True)
    pk = uuid5(NAMESPACE_URL, f"{workspace.pk}/{actor.pk}/{name}/{size_bytes}/{mark[:40]}")
    sending = Sending(pk, folder, name[-120:], size_bytes, actor.pk)
    if sending.note.is_file() and sending.part.is_file():
        return sending
    _check_room(folder, size_bytes, name)
    sending.part.touch()
    sending.write_note()
    return sending


def find_sending(actor: "User", workspace: Workspace, pk: UUID) -> Sending:
    """Return a pack that the actor is sending.

    Raises
    ------
    AccessError
        If the actor may not take packs in.
    NotFoundError
        If the actor sends no such pack.
    """
    require(actor, BUILD, workspace)
    folder = folder_of(workspace, settings.INSTALLATION) / ROOM
    found = _noted(folder / f"pack-{pk}.json")
    if found is None or found.sender != actor.pk:
        raise NotFoundError("this pack is not on its way", hint="send it again")
    return found


def receive_piece(
    actor: "User", workspace: Workspace, sending: Sending, offset: int, source: BinaryIO, *, length: int,
    digest: str = "",
) -> Sending:  # fmt: skip
    """Take the next piece of a pack; when all has come, let a worker take it in.

    Parameters
    ----------
    actor, workspace, sending
        Who, where and what.
    offset : int
        Where the piece belongs; it is refused unless it follows what has come.
    source : file
        Read up to `length` bytes.
    length : int
        How many are announced.
    digest : str
        Checksum of the piece, as `landbalance.io.parts.write_part` takes it.

    Returns
    -------
    Sending
        With the page of the work that takes it in, once it is whole.

    Raises
    ------
    AccessError
        If the actor may not take packs in.
    InputError, RuleError
        If the piece does not follow, was changed on its way, or cannot be kept.
    """
    require(actor, BUILD, workspace)
    have = sending.received_bytes
    if offset != have or offset + length > sending.size_bytes:
        raise RuleError("byte {offset} of {name} does not follow byte {have}", offset=offset, name=sending.name,
                        have=have, hint="go on from there")  # fmt: skip
    write_part(sending.part, offset, source, length, digest)
    if sending.received_bytes < sending.size_bytes:
        return sending
    whole = sending.part.with_suffix(ENDING)
    sending.part.rename(whole)
    done = replace(sending, page=ask_for_archive(actor, workspace, whole, sending.name).get_absolute_url())
    done.write_note()  # for one who did not hear the answer
    return done


def drop_sending(actor: "User", workspace: Workspace, sending: Sending) -> None:
    """Throw away what has come of a pack.

    Raises
    ------
    AccessError
        If the actor may not take packs in.
    """
    require(actor, BUILD, workspace)
    sending.note.unlink(missing_ok=True)
    sending.part.unlink(missing_ok=True)


def sendings_of(actor: "User", workspace: Workspace) -> list[Sending]:
    """Return the packs that the actor is sending.

    Raises
    ------
    AccessError
        If the actor may not take packs in.
    """
    require(actor, BUILD, workspace)
    folder = folder_of(workspace, settings.INSTALLATION) / ROOM
    found = [_noted(note) for note in sorted(folder.glob("pack-*.json"))]
    return [each for each in found if each is not None and each.sender == actor.pk and not each.page]


def _noted(note: Path) -> Sending | None:
    """Return what is noted of a pack on its way; None where there is none."""
    with suppress(OSError, ValueError, KeyError):
        said = json.loads(note.read_text(encoding="utf-8"))
        pk = UUID(note.stem.removeprefix("pack-"))
        found = Sending(pk, note.parent, str(said["name"]), int(said["size"]), int(said["sender"]), str(said["page"]))
        return found if found.page or found.part.is_file() else None
    return None


def _check_room(folder: Path, size_bytes: int, name: str) -> None:
    """Refuse a pack for which there is no room; what nobody goes on with any more is thrown away first."""
    open_ones = []
    for note in folder.glob("pack-*.json"):
        found = _noted(note)
        last = note if found is None or found.page else found.part
        if found is None or time.time() - last.stat().st_mtime > KEPT_S:
            note.with_suffix(".part").unlink(missing_ok=True)
            note.unlink(missing_ok=True)
        elif not found.page:
            open_ones.append(found)
    if len(open_ones) >= MOST_OPEN:
        raise RuleError("{count} packs are on their way already", count=len(open_ones),
                        hint="finish one of them first")  # fmt: skip
    promised = sum(each.size_bytes - each.received_bytes for each in open_ones)
    if shutil.disk_usage(folder).free < SPARE * size_bytes + promised:
        raise RuleError("the disk of the server is too full for {name}", name=name[:80], hint="ask its keeper")
