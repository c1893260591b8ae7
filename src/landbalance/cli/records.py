"""Commands on the records of the country: find the installation, start Django on it, know who acts."""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from landbalance.cli.console import say
from landbalance.core.errors import AccessError
from landbalance.io.installation_file import DATABASE_VARIABLE, HOME_VARIABLE, find_installation

if TYPE_CHECKING:
    from landbalance.registry.accounts.models import User
    from landbalance.registry.workspaces.models import Workspace

SETTINGS_VARIABLE = "DJANGO_SETTINGS_MODULE"
SETTINGS = "landbalance.registry.settings"
TOKEN_VARIABLE = "LANDBALANCE_TOKEN"  # noqa: S105 - the name of the variable
AS_VARIABLE = "LANDBALANCE_AS"


def start_django(home: Path, database: str = "", *, is_there: bool = True) -> None:
    """Start Django on an installation; on none, where it is yet to be restored."""
    if is_there:
        os.environ[HOME_VARIABLE] = str(home)
    else:
        os.environ.pop(HOME_VARIABLE, None)
    os.environ[SETTINGS_VARIABLE] = SETTINGS
    if database:
        os.environ[DATABASE_VARIABLE] = database
    import django

    django.setup(set_prefix=False)


def home_meant(folder: Path | None) -> Path:
    """Return the installation that a folder, or the current one, belongs to.

    Raises
    ------
    NotFoundError
        If there is none.
    """
    return find_installation((folder or Path.cwd()).expanduser().absolute())


def start_without_records() -> None:
    """Start Django on an empty installation in memory, for help: no file is looked for, and none is made."""
    os.environ.pop(HOME_VARIABLE, None)
    os.environ[SETTINGS_VARIABLE] = SETTINGS
    import django

    django.setup(set_prefix=False)


def open_records(words: Sequence[str]) -> None:
    """Start Django on the installation that the words of a command mean; bring a file of records up to date.

    Raises
    ------
    NotFoundError
        If there is no installation.
    """
    start_django(find_installation(_meant(words)))
    if words[0] != "work":  # what a person does here stands in the audit trail; only servers keep a log
        logging.getLogger("landbalance").setLevel(logging.WARNING)
    from django.conf import settings

    if settings.INSTALLATION.database.is_file:
        bring_up_to_date()


def bring_up_to_date() -> None:
    """Apply the changes of the database that are missing, and make workspaces that have appeared known."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from landbalance.registry.workspaces.services import index_folders

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
    index_folders(settings.INSTALLATION)


def acting() -> "User":
    """Return who the command acts for: the local operator on a file, a person with a token on a server.

    Raises
    ------
    AccessError
        If a server's database is used and no person and token are given.
    """
    from django.conf import settings

    from landbalance.registry.accounts.services import operator, person_with

    if settings.INSTALLATION.database.is_file and not os.environ.get(AS_VARIABLE):
        return operator()
    name, key = os.environ.get(AS_VARIABLE, ""), os.environ.get(TOKEN_VARIABLE, "")
    if not name or not key:
        raise AccessError(
            "the records are on a server, and the command does not say who acts",
            hint="set {as_variable} to your user name and {token_variable} to a key made on the page of your account",
            as_variable=AS_VARIABLE,
            token_variable=TOKEN_VARIABLE,
        )
    return person_with(name, key)


def workspace_of(words: Path | None) -> "Workspace":
    """Return the workspace a command means: the folder it names, the one it stands in, or the only one there is.

    Raises
    ------
    NotFoundError
        If there is none, or several and none is named.
    """
    from django.conf import settings

    from landbalance.io.workspace import find_workspace
    from landbalance.registry.workspaces.models import Workspace
    from landbalance.registry.workspaces.services import folder_of

    folder = find_workspace(words).resolve()
    for each in Workspace.objects.all():
        if folder_of(each, settings.INSTALLATION) == folder:
            return each
    from landbalance.core.errors import NotFoundError

    raise NotFoundError("{folder} is no workspace of this installation", folder=folder, hint="name one with -w")


def announce(home: Path) -> None:
    """Say where the records are."""
    say(f"records: {home}")


def _meant(words: Sequence[str]) -> Path:
    """Return the folder that -w names, else the current one."""
    for place, word in enumerate(words):
        name, _, value = word.partition("=")
        if name in ("-w", "--workspace"):
            value = value or (words[place + 1] if place + 1 < len(words) else "")
            folder = Path(value).expanduser().absolute()
            return folder if folder.exists() else Path.cwd()
    return Path.cwd()
