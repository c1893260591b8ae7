"""The tables of `landbalance.toml` that say how an installation is served: address, database, mail, where runs go."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import Field

from landbalance.core.errors import InputError, NotFoundError
from landbalance.io.files import write_text
from landbalance.io.workspace import WORKSPACES
from landbalance.io.workspace_file import FILE_NAME, Table, read_form

SECRET = "secret.key"  # noqa: S105 - the name of the file
DATABASE = "landbalance.sqlite3"
POSTGRESQL = ("postgresql", "postgres")
HOME_VARIABLE = "LANDBALANCE_HOME"
DATABASE_VARIABLE = "LANDBALANCE_DATABASE"
PASSWORD_VARIABLE = "LANDBALANCE_DATABASE_PASSWORD_FILE"  # noqa: S105 - the name of the variable


class InstallationTable(Table):
    """How the installation presents itself and is reached."""

    format: int = 1
    title: str = "Landbalance"
    hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
    https: bool = False
    open_to_public: bool = True
    max_upload_mb: Annotated[int, Field(ge=1)] = 2048
    max_pack_mb: Annotated[int, Field(ge=1)] = 20_480
    scheduler: str = ""
    workers: Annotated[int, Field(ge=0, le=16)] = 1
    require_mfa: bool = False
    proxies: Annotated[int, Field(ge=0, le=8)] = 0
    api_per_minute: Annotated[int, Field(ge=1)] = 600


class DatabaseTable(Table):
    """Which database holds the records: an address, or nothing for the file beside this one."""

    url: str = ""
    password_file: str = ""


class MailTable(Table):
    """The server that sends invitations; without one they are shown to the person who invites."""

    host: str = ""
    port: int = 587
    sender: str = ""
    user: str = ""
    password_file: str = ""
    tls: bool = True


class InstallationFile(Table):
    """The part of the file that the platform reads."""

    model_config = Table.model_config | {"extra": "ignore"}
    installation: InstallationTable = InstallationTable()
    database: DatabaseTable = DatabaseTable()
    mail: MailTable = MailTable()


@dataclass(frozen=True)
class Database:
    """Where the records are: a file, or a PostgreSQL server."""

    path: str = ""
    host: str = ""
    port: int = 5432
    name: str = ""
    user: str = ""
    password: str = ""

    @property
    def is_file(self) -> bool:
        """Return whether the records are in a file of this machine."""
        return bool(self.path)


@dataclass(frozen=True)
class Installation:
    """One folder that is served: its settings, its database, the secret its sessions are signed with."""

    path: Path
    table: InstallationTable
    mail: MailTable
    database: Database
    secret: str

    @property
    def workspaces(self) -> Path:
        """Return the folder that holds the workspaces."""
        return self.path / WORKSPACES


def read_installation(path: Path) -> Installation:
    """Read the installation in a folder; its secret is made where there is none.

    Raises
    ------
    NotFoundError, InputError
        If there is no `landbalance.toml`, or a value in it does not fit.
    """
    form = read_form(path / FILE_NAME, InstallationFile)
    address = os.environ.get(DATABASE_VARIABLE) or form.database.url
    password_file = os.environ.get(PASSWORD_VARIABLE) or form.database.password_file
    database = parse_address(address, password_file) if address else Database(path=str(path / DATABASE))
    return Installation(path, form.installation, form.mail, database, secret_of(path))


def find_installation(start: Path) -> Path:
    """Return the installation at or above a folder: two folders up from a workspace under `workspaces`.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).exists():
            holder = folder.parent.parent
            inside = folder.parent.name == WORKSPACES and (holder / FILE_NAME).exists()
            return holder if inside else folder
    raise NotFoundError(
        "there is no {name} in {here} or above it",
        name=FILE_NAME,
        here=start,
        hint="start landbalance serve in the folder that is to hold it, or name one with -w PATH",
    )


def make_installation(path: Path, title: str = "Landbalance") -> None:
    """Write the `landbalance.toml` of a new installation, and the folder for its workspaces."""
    (path / WORKSPACES).mkdir(parents=True, exist_ok=True)
    write_text(path / FILE_NAME, f'[installation]\nformat = 1\ntitle = "{title}"\n')


def secret_of(path: Path) -> str:
    """Return the secret of an installation, made on first use and readable by its owner alone."""
    place = path / SECRET
    try:
        return place.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    try:
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return place.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return place.read_text(encoding="ascii").strip()


def parse_address(address: str, password_file: str = "") -> Database:
    """Return the database behind an address such as `postgresql://user@host:5432/name`.

    Raises
    ------
    InputError
        If it is no such address; its password is not repeated.
    """
    parts = urlsplit(address)
    if parts.scheme == "sqlite" and parts.path:
        return Database(path=unquote(parts.path))
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in POSTGRESQL or not name:
        raise InputError(
            "database: {scheme} is no address of a database",
            scheme=f"{parts.scheme}://..." if parts.scheme else "the text",
            hint="write postgresql://user@host:5432/name, and the password in a file named by password_file",
        )
    password = unquote(parts.password or "")
    if password_file:
        try:
            password = Path(password_file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise InputError(
                "password_file {path} cannot be read ({why})", path=password_file, why=error.strerror
            ) from error
    return Database(
        host=unquote(parts.hostname or "localhost"),
        port=parts.port or 5432,
        name=name,
        user=unquote(parts.username or ""),
        password=password,
    )
