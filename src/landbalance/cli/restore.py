"""`landbalance restore`: an installation from a backup, into an empty place."""

import os
from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import say
from landbalance.cli.options import WorkspaceOption
from landbalance.cli.records import start_django
from landbalance.io.installation_file import DATABASE_VARIABLE

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def restore(
    archive: Annotated[Path, typer.Argument(help="Archive that landbalance backup has written.", exists=True)],
    database: Annotated[str, typer.Option(help="postgresql://user@host/name, without tables.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Restore a backup into an empty folder.

    Every file is compared with its digest before anything has its name.
    """
    target = (workspace or Path.cwd()).absolute()
    if database:
        os.environ[DATABASE_VARIABLE] = database
    start_django(target, database, is_there=False)
    from landbalance.registry.backup import restore as bring_back

    bring_back(archive.absolute(), target, database)
    say(f"{target}: restored", f"look at it with: landbalance doctor -w {target}")
