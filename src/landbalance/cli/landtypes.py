"""`landbalance landtypes`: the units within which losses are made good."""

from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.neutrality import RunOption
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption
from landbalance.cli.progress import progress_bar

app = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@app.callback()
def landtypes() -> None:
    """Build the land types within which losses are made good."""


@app.command()
def build(
    layers: Annotated[str, typer.Option(help="Roles of class layers, or baseline-cover: soil,climate,slope.")] = "",
    name: Annotated[str, typer.Option(help="What they are called; default is what other commands use.")] = "default",
    names: Annotated[Path | None, typer.Option(help="CSV with a column per layer and name.")] = None,
    irreplaceable: Annotated[
        list[str] | None, typer.Option(help="Name or number of a type that may not be traded; several times.")
    ] = None,
    run: RunOption = None,
    quiet: QuietOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Build land types from any stack of class layers, and keep them for every analysis."""
    from landbalance.engine.inputs import gather
    from landbalance.engine.land_types import ALIASES, COVER, build_types
    from landbalance.engine.runs import latest_run
    from landbalance.io.land_type_files import read_type_names
    from landbalance.io.workspace import load_workspace

    loaded = load_workspace(workspace)
    given = tuple(word.strip() for word in layers.split(",") if word.strip())
    roles = tuple(ALIASES.get(role, role) for role in given or loaded.land_types or (COVER,))
    saved = build_types(
        gather(loaded, loaded.settings()),
        latest_run(loaded, run),
        roles,
        name=name,
        names=read_type_names(names, roles) if names else None,
        irreplaceable=tuple(irreplaceable or ()),
        progress=progress_bar(quiet=quiet),
    )
    whole = sum(each.area_km2 for each in saved.types.types)
    say(f"{len(saved.types.types)} land types of {', '.join(roles)}, {whole:,.1f} km2", quiet=quiet)
    say(f"  {saved.rasters[0]}", quiet=quiet)


@app.command("list")
def list_types(
    name: Annotated[str, typer.Argument(help="Name of the land types.")] = "default",
    json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List land types with their areas."""
    from landbalance.io.land_type_files import load_types
    from landbalance.io.workspace import find_workspace

    types = load_types(find_workspace(workspace), name).types
    if json:
        print_json(types)
        return
    rows = [
        (each.number, each.name, f"{each.area_km2:,.2f}", "" if each.is_tradable else "irreplaceable")
        for each in types.types
    ]
    print_table(("number", "land type", "km2", ""), rows, right=("number", "km2"))
