"""`landbalance tidy`: remove what killed processes left."""

from typing import Annotated

import typer

from landbalance.cli.console import print_json, say
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def tidy(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list them.")] = False,
    minutes: Annotated[float, typer.Option(min=0, help="Leave what was changed in the last so many minutes.")] = 10.0,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Remove what killed processes left behind.

    An interrupted run that can be taken up stays.
    """
    from landbalance.engine.leftovers import leftovers, remove_leftovers
    from landbalance.io.workspace import find_workspace

    folder = find_workspace(workspace)
    found = (leftovers if dry_run else remove_leftovers)(folder, untouched_seconds=60 * minutes)
    if json:
        print_json({"removed": not dry_run, "leftovers": found})
        return
    for path in found:
        say(str(path), quiet=quiet)
    say(f"{len(found)} {'found' if dry_run else 'removed'}", quiet=quiet)
