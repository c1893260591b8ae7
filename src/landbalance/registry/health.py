"""What can be wrong with an installation, and what of it can be put right."""

import hashlib
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Literal

from django.conf import settings
from django.core import checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from landbalance.core.errors import LandbalanceError
from landbalance.engine.leftovers import leftovers
from landbalance.io.installation_file import SECRET, Installation
from landbalance.io.uploads import place_of
from landbalance.io.workspace import WORKSPACES
from landbalance.io.workspace_file import FILE_NAME, read_workspace_file
from landbalance.registry import sqlite
from landbalance.registry.accounts.first import FILE as FIRST
from landbalance.registry.audit.services import first_broken
from landbalance.registry.evidence.models import Evidence
from landbalance.registry.evidence.services import files_root
from landbalance.registry.workspaces.models import Workspace
from landbalance.registry.workspaces.services import folder_of

Level = Literal["fine", "warning", "error"]
OLDEST_POSTGRESQL = 15
HOUR = 3600
ONLY_OWNER = 0o077


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Parameters
    ----------
    level : str
        "fine", "warning" or "error".
    topic, text : str
    mend : callable or None
        Puts it right; None where a person must.
    """

    level: Level
    topic: str
    text: str
    mend: Callable[[], object] | None = None


def examine() -> Iterator[Finding]:
    """Look at everything, one after the other."""
    installation: Installation = settings.INSTALLATION
    yield from _database()
    is_ready = True
    for each in _migrations():
        is_ready = is_ready and each.level == "fine"
        yield each
    yield from _secrets(installation)
    yield from _leftovers(installation.path)
    yield from _exposure(installation)
    if is_ready:
        yield from _chain()
        yield from _folders(installation)
        yield from _evidence()


def _database() -> Iterator[Finding]:
    """Look at the database itself."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0]) // 10_000
            is_old = version < OLDEST_POSTGRESQL
            yield Finding(
                "error" if is_old else "fine", "database", f"PostgreSQL {version}, {OLDEST_POSTGRESQL} is the oldest"
            )
            return
        found = sqlite.version()
        named = ".".join(map(str, found))
        cursor.execute("PRAGMA journal_mode")
        mode = str(cursor.fetchone()[0]).upper()
        if found < sqlite.SAFE_WAL:
            yield Finding("warning", "database", f"SQLite {named} is old: {mode} journal, slower and safe")
        else:
            yield Finding("fine", "database", f"SQLite {named}, {mode} journal")
        if mode == "WAL" and found < sqlite.SAFE_WAL:
            yield Finding("error", "database", "a write-ahead log with this SQLite can lose data")
        cursor.execute("PRAGMA integrity_check(5)")
        rows = [str(row[0]) for row in cursor.fetchall()]
        is_whole = rows == ["ok"]
        yield Finding(
            "fine" if is_whole else "error",
            "database",
            "whole" if is_whole else f"damaged: {rows[0]}; restore a backup",
        )
        cursor.execute("PRAGMA foreign_key_check")
        loose = cursor.fetchall()
        if loose:
            yield Finding("error", "database", f"{len(loose)} rows point at rows that are gone; restore a backup")
        cursor.execute("PRAGMA optimize")


def _migrations() -> Iterator[Finding]:
    """Look for changes of the tables that were not made."""
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not missing:
        yield Finding("fine", "tables", "as this version wants them")
        return
    first = missing[0][0]
    yield Finding(
        "error", "tables", f"{len(missing)} changes are missing, first {first.app_label}.{first.name}", _migrate
    )


def _chain() -> Iterator[Finding]:
    """Look at the audit trail."""
    broken = first_broken()
    if broken is None:
        yield Finding("fine", "audit trail", "unbroken")
    else:
        yield Finding("error", "audit trail", f"broken at row {broken.pk} ({broken.at:%Y-%m-%d %H:%M}, {broken.act})")


def _secrets(installation: Installation) -> Iterator[Finding]:
    """Look at who can read what is secret."""
    names = [SECRET, FIRST]
    if installation.database.is_file:
        names.append(Path(installation.database.path).name)
    if "password" in (installation.path / FILE_NAME).read_text(encoding="utf-8", errors="replace"):
        names.append(FILE_NAME)
    for name in names:
        path = installation.path / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & ONLY_OWNER:
            yield Finding("warning", "permissions", f"others on this machine can read {name}", _owner_alone(path))
    if len(installation.secret) < 40:
        yield Finding("error", "permissions", f"the secret in {SECRET} is too short: remove the file, all sign in anew")


def _leftovers(home: Path) -> Iterator[Finding]:
    """Look for files and runs that were being written when something broke off, and that nothing will finish."""
    folders = (*(home / WORKSPACES).glob("*"), home)
    found = {path for folder in folders for path in leftovers(folder, untouched_seconds=HOUR)}
    for path in sorted(path for path in found if not found & {*path.parents}):
        mend = partial(rmtree, path) if path.is_dir() else path.unlink
        yield Finding("warning", "leftovers", f"{path.relative_to(home)} was never finished", mend)


def _folders(installation: Installation) -> Iterator[Finding]:
    """Compare the folders of workspaces with the records."""
    known = {folder_of(each, installation): each for each in Workspace.objects.all()}
    for folder, each in known.items():
        if each.kind == Workspace.Kind.COUNTRY and not (folder / FILE_NAME).is_file():
            yield Finding("error", "workspaces", f"{each.slug}: there is no {FILE_NAME} in {folder}")
    for file in sorted(installation.workspaces.glob(f"*/{FILE_NAME}")):
        try:
            read_workspace_file(file)
        except LandbalanceError as error:
            yield Finding("error", "workspaces", str(error))
            continue
        if file.parent.resolve() not in known:
            yield Finding("warning", "workspaces", f"{file.parent.name} is not known to the records", _index)
    for folder in sorted(path for path in installation.workspaces.glob("*") if path.is_dir()):
        if not (folder / FILE_NAME).exists():
            yield Finding("warning", "workspaces", f"{folder.name} has no {FILE_NAME}: it is no workspace")


def _evidence() -> Iterator[Finding]:
    """Compare the files that people attached with their digests."""
    wrong = 0
    for digest in Evidence.objects.values_list("digest", flat=True).distinct().iterator():
        path = place_of(files_root(), digest)
        if not path.is_file():
            wrong += 1
            yield Finding("error", "files", f"{digest[:12]} is missing; restore it from a backup")
        elif hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            wrong += 1
            yield Finding("error", "files", f"{digest[:12]} was changed; restore it from a backup")
    if not wrong:
        yield Finding("fine", "files", "all there, unchanged")


def _exposure(installation: Installation) -> Iterator[Finding]:
    """Look at how the server is reached."""
    is_local = all(host in ("localhost", "127.0.0.1", "[::1]") for host in installation.table.hosts)
    if is_local and not installation.table.https:
        yield Finding("fine", "server", "answers to this machine alone")
        return
    if not installation.table.https:
        yield Finding("error", "server", "others reach it without https: set https = true, behind a certificate")
    if "*" in installation.table.hosts:
        yield Finding("error", "server", "hosts holds *: name the hosts it answers to")
    if not installation.table.require_mfa:
        yield Finding("warning", "server", "keepers sign in without a second factor: set require_mfa = true")
    for message in checks.run_checks(include_deployment_checks=True, databases=["default"]):
        if message.level >= checks.WARNING:
            level: Level = "error" if message.level >= checks.ERROR else "warning"
            yield Finding(level, "server", f"{message.id}: {message.msg}".splitlines()[0])


def _migrate() -> None:
    """Make the missing changes of the tables."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def _index() -> None:
    """Make folders known to the records."""
    from landbalance.registry.workspaces.services import index_folders

    index_folders(settings.INSTALLATION)


def _owner_alone(path: Path) -> Callable[[], object]:
    """Return what takes a file from the eyes of others."""
    return lambda: path.chmod(stat.S_IMODE(path.stat().st_mode) & ~ONLY_OWNER)
