"""`landbalance doctor`: what is wrong with an installation."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.options import JsonOption, WorkspaceOption
from landbalance.cli.records import home_meant, start_django

if TYPE_CHECKING:
    from landbalance.registry.health import Finding

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def doctor(
    repair: Annotated[bool, typer.Option("--repair", help="Put right what can be put right.")] = False,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Look for what is wrong with an installation.

    The exit code is 1 if something is.
    """
    start_django(home_meant(workspace))
    found = [*_looked(repair=repair)]
    rows = [(each.level, each.topic, each.text) for each in found]
    if as_json:
        print_json([dict(zip(("level", "topic", "text"), row, strict=True)) for row in rows])
    else:
        print_table(("level", "what", "found"), rows)
        mendable = sum(each.mend is not None for each in found)
        if mendable:
            say(f"{mendable} of these can be put right: landbalance doctor --repair")
    if any(each.level == "error" for each in found):
        raise typer.Exit(1)


def _looked(*, repair: bool) -> "Iterator[Finding]":
    """Yield what was found; with repair, what was put right counts as fine."""
    from landbalance.registry.health import Finding, examine

    mended = []
    for each in [*examine()] if repair else ():
        if each.mend is not None:
            each.mend()
            mended.append(Finding("fine", each.topic, f"put right: {each.text}"))
    yield from mended
    yield from examine()
