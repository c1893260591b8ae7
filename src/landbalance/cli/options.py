"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from landbalance.core.errors import InputError

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("-w", "--workspace", help="Workspace folder; the nearest one above this folder when left out."),
]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but results and errors.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
YearsOption = Annotated[str, typer.Option(help="First and last year: 2020-2023.")]


def span(text: str) -> tuple[int, int] | None:
    """Return the first and last year of 2020-2023, None where nothing is said."""
    if not text:
        return None
    first, _, last = text.partition("-")
    if not first.isdigit() or not (last or first).isdigit() or int(last or first) < int(first):
        raise InputError("{years} are no years", years=text, hint="write 2020-2023")
    return int(first), int(last or first)
