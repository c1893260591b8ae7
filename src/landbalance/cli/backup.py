"""`landbalance backup`: one archive of an installation, taken while it is in use."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import say
from landbalance.cli.options import QuietOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="Archive to write; landbalance-DATE.tar when left out.")] = None,
    records_only: Annotated[
        bool, typer.Option("--records-only", help="Leave out rasters and runs, which can be made again.")
    ] = False,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
) -> None:
    """Back an installation up while it is in use.

    The archive holds database, files, workspaces and the secret: keep it where nobody else reads it.
    """
    from landbalance.registry.backup import back_up

    target = (file or Path(f"landbalance-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.tar")).absolute()
    made = back_up(target, records_only=records_only)
    say(f"{target}: {made['files']} files, {Path(target).stat().st_size / 1e6:.1f} MB", quiet=quiet)
