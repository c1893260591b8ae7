"""The first administrator: a key on the machine itself lets one person in, once, to choose name and password."""

import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from django.db import transaction

from landbalance.core.errors import NotFoundError
from landbalance.registry.accounts.models import User
from landbalance.registry.accounts.services import has_administrator, make_user

FILE = "first.key"


def first_key(home: Path) -> str | None:
    """Return the key for the first administrator, made where none is there; None once there is an administrator."""
    place = home / FILE
    if has_administrator():
        place.unlink(missing_ok=True)
        return None
    with suppress(FileExistsError):
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(24))
    return place.read_text(encoding="ascii").strip()


def is_first_key(home: Path, key: str) -> bool:
    """Return whether a key lets the first administrator in now."""
    place = home / FILE
    if not place.is_file() or has_administrator():
        return False
    return hmac.compare_digest(place.read_bytes().strip(), key.encode())


@transaction.atomic
def use_first_key(home: Path, key: str, *, username: str, email: str, password: str) -> User:
    """Make the first administrator; the key is worthless afterwards.

    Raises
    ------
    NotFoundError
        If the key is not the one, or there is an administrator already.
    InputError
        If the name is taken or the password too weak.
    """
    if not is_first_key(home, key):
        raise NotFoundError("this key lets nobody in", hint="start landbalance serve again; it prints the right one")
    user = make_user(username, email=email, password=password, is_administrator=True)
    (home / FILE).unlink(missing_ok=True)
    return user
