"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("-w", "--workspace", help="Workspace folder; the nearest one above this folder when left out."),
]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Print nothing but results and errors.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
