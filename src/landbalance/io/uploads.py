"""Files that people attach: told by what is in them, kept under their digest, photos without their place when shown."""

import hashlib
import io
import re
import unicodedata
from pathlib import Path
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

from landbalance.core.errors import InputError
from landbalance.io.archives import check_archive
from landbalance.io.files import write_bytes

MAX_PIXELS = 100_000_000
MAX_BYTES = 50 << 20
IMAGES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
INLINE = frozenset({*IMAGES.values()})  # shown in a page; all else is handed over to be saved
OFFICE = {
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
ACTIVE = re.compile(rb"<\s*(?:!doctype\s+html|html|svg|script|iframe|body)|<\?xml", re.IGNORECASE)


def kind_of(content: bytes, name: str = "the file") -> str:
    """Return the media type of a file from its content; its name is not believed.

    Raises
    ------
    InputError
        If it is empty, too large, or an archive or picture that is refused.
    """
    if not content:
        raise InputError("{name} is empty", name=name, hint="choose another file")
    if len(content) > MAX_BYTES:
        raise InputError("{name} is too large", name=name, hint="at most {limit} MB", limit=MAX_BYTES >> 20)
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(b"PK\x03\x04"):
        names = check_archive(io.BytesIO(content), name)
        return next(
            (kind for head, kind in OFFICE.items() if any(each.startswith(head) for each in names)), "application/zip"
        )
    if picture := _picture_kind(content, name):
        return picture
    if b"\0" in content[:4096]:
        return "application/octet-stream"
    if ACTIVE.search(content[:4096]):
        return "application/octet-stream"  # pages, drawings and XML are kept, and only ever handed over
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return "text/plain"


def safe_name(name: str) -> str:
    r"""Return a file name without folders, control characters and tricks.

    Examples
    --------
    >>> safe_name("../../etc/passwd"), safe_name("a\u202egnp.exe"), safe_name("")
    ('passwd', 'agnp.exe', 'file')
    """
    last = re.split(r"[/\\\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(char for char in last if char.isprintable() and unicodedata.category(char) not in ("Cf", "Cs"))
    return kept.strip(" .")[-120:] or "file"


def keep(content: bytes, root: Path) -> str:
    """Keep a file under its digest and return the digest; the same content is kept once."""
    digest = hashlib.sha256(content).hexdigest()
    place = place_of(root, digest)
    if not place.exists():
        write_bytes(place, content)
    return digest


def place_of(root: Path, digest: str) -> Path:
    """Return where a file is kept.

    Raises
    ------
    InputError
        If that is no digest.
    """
    if not re.fullmatch(r"[0-9a-f]{64}", digest):
        raise InputError("that is no digest", hint="use the link on the page")
    return root / digest[:2] / digest


def without_place(content: bytes) -> bytes:
    """Return a picture without what the camera wrote into it (where, when, with what), turned as it is meant to be."""
    with Image.open(io.BytesIO(content)) as picture:
        kind = picture.format or "PNG"
        turned = ImageOps.exif_transpose(picture)
        plain = Image.new(turned.mode, turned.size)
        if turned.mode == "P" and (palette := turned.getpalette()):
            plain.putpalette(palette)
        plain.paste(turned)
        out = io.BytesIO()
        plain.save(out, kind, quality=90)
        return out.getvalue()


def _picture_kind(content: bytes, name: str) -> str:
    """Return the media type of a picture; empty for anything else."""
    source: IO[bytes] = io.BytesIO(content)
    try:
        with Image.open(source, formats=list(IMAGES)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise InputError(
                    "{name} has too many pixels", name=name, hint="at most {max_pixels}", max_pixels=MAX_PIXELS
                )
            kind = str(picture.format)
            picture.verify()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise InputError(
            "{name} has too many pixels", name=name, hint="at most {max_pixels}", max_pixels=MAX_PIXELS
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        return ""
    return IMAGES[kind]
