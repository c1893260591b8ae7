"""Back an installation up while it is in use, and restore it into an empty place."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from landbalance._version import __version__
from landbalance.core.errors import InputError, RuleError
from landbalance.io.backup_archive import read_list, unpack, write_archive
from landbalance.io.installation_file import DATABASE, SECRET, Database, Installation, read_installation
from landbalance.io.workspace_file import FILE_NAME
from landbalance.registry.audit.services import record

DUMP = "database.dump"
LEFT_OUT = (".static", ".cache", "cache", "__pycache__", ".gdal")
DATA = ("data", "runs", "packs")


def back_up(target: Path, *, records_only: bool = False) -> dict[str, Any]:
    """Write one archive of database, files and workspaces, as they stand at this moment; return what is in it.

    The database is taken first: files are kept under their digest and never change, so each that it names is there.

    Parameters
    ----------
    target : Path
    records_only : bool
        Leave the rasters and runs of the workspaces out.

    Raises
    ------
    RuleError
        If pg_dump is needed and not there.
    InputError
        If the target exists already, or the disk is full.
    """
    if target.exists():
        raise InputError("{path} is there already", path=target, hint="name a new file")
    installation: Installation = settings.INSTALLATION
    with tempfile.TemporaryDirectory(prefix="landbalance-backup-") as folder:
        snapshot = Path(folder) / (DATABASE if installation.database.is_file else DUMP)
        if installation.database.is_file:
            snapshot_sqlite(Path(installation.database.path), snapshot)
        else:
            snapshot_postgresql(installation.database, snapshot)
        said = {
            "version": __version__,
            "made": timezone.now().isoformat(),
            "database": connection.vendor,
            "records_only": records_only,
        }
        files = [(snapshot.name, snapshot), *_files(installation, target, records_only=records_only)]
        digests = write_archive(target, files, said)
    record(None, "installation.backed_up", target.name, files=len(digests))
    return {**said, "files": len(digests)}


def snapshot_sqlite(source: Path, target: Path) -> None:
    """Copy a database that others write to, as it stands at one moment."""
    with closing(sqlite3.connect(source, timeout=60)) as held, closing(sqlite3.connect(target)) as copy:
        held.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def snapshot_postgresql(database: Database, target: Path) -> None:
    """Dump a database of a server, as it stands at one moment.

    Raises
    ------
    RuleError
        If pg_dump is not there, or fails.
    """
    _run("pg_dump", database, "--format=custom", "--no-owner", "--no-privileges", f"--file={target}", database.name)


def restore(archive: Path, target: Path, database: str = "") -> Installation:
    """Restore an archive into an empty folder and an empty database.

    Parameters
    ----------
    archive, target : Path
    database : str
        Address of a PostgreSQL database without tables; for archives of PostgreSQL.

    Raises
    ------
    InputError
        If the archive is not whole, the folder is not empty, or the kinds of database differ.
    RuleError
        If pg_restore is not there, or fails.
    """
    is_server = read_list(archive)["database"] == "postgresql"
    if is_server and not database:
        raise InputError("the backup is of PostgreSQL", hint="name an empty database with --database postgresql://...")
    if database and not is_server:
        raise InputError("the backup is of a file", hint="restore it without --database")
    unpack(archive, target)
    installation = read_installation(target)
    if is_server:
        dump = target / DUMP
        words = ["--exit-on-error", "--single-transaction", "--no-owner", f"--dbname={installation.database.name}"]
        _run("pg_restore", installation.database, *words, str(dump))
        dump.unlink()
    return installation


def _files(installation: Installation, target: Path, *, records_only: bool) -> Iterator[tuple[str, Path]]:
    """Yield the files of an installation, without what can be made again and without what is being written."""
    own = {Path(installation.database.path).name} if installation.database.is_file else set()
    for path in sorted(installation.path.rglob("*")):
        place = path.relative_to(installation.path)
        if path.is_symlink() or not path.is_file() or path == target or ".part" in path.name:
            continue
        if any(part in LEFT_OUT for part in place.parts) or any(path.name.startswith(name) for name in own):
            continue
        if records_only and place.parts[0] not in (FILE_NAME, SECRET, "files") and set(place.parts[:-1]) & set(DATA):
            continue
        yield place.as_posix(), path


def _run(program: str, database: Database, *words: str) -> None:
    """Run a program of PostgreSQL; the password goes through the environment, never through the command line."""
    found = shutil.which(program) or _newest(program)
    if found is None:
        raise RuleError("{program} is not there", program=program, hint="as root, apt-get install postgresql-client")
    where = ["--host", database.host, "--port", str(database.port), "--username", database.user or "postgres"]
    environment = {**os.environ, "PGPASSWORD": database.password, "PGCONNECT_TIMEOUT": "10"}
    command = [found, *where, "--no-password", *words]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if ended.returncode:
        why = (ended.stderr.strip().splitlines() or ["no reason given"])[0]
        raise RuleError("{program} failed: {why}", program=program, why=why, hint="see the log of the server")


def _newest(program: str) -> str | None:
    """Return the newest of the programs that Debian keeps beside the path."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else None
