"""`landbalance init`: make a workspace."""

from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import say
from landbalance.cli.options import QuietOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def init(
    name: Annotated[str, typer.Argument(help="Name of the folder to make.")],
    country: Annotated[
        str, typer.Option(help="Country, ISO 3166 alpha-3, such as MLI; that of the pack with --pack.")
    ] = "",
    title: Annotated[str, typer.Option(help="Title; the name of the country when left out.")] = "",
    pack: Annotated[str, typer.Option(help="Pack whose layers it begins with: its name in packs/, or its path.")] = "",
    quiet: QuietOption = False,
) -> None:
    """Make a workspace for a country."""
    from landbalance.io.register import init_workspace

    if pack:
        from landbalance.io.packs.carry import find_pack
        from landbalance.io.packs.start import start_workspace

        made = start_workspace(name, find_pack(pack, Path("packs")), title=title)
        next_ = f"  landbalance data check -w {made}", f"  landbalance assess {made}"
        say(f"Made the workspace {made}", "Next:", *next_, quiet=quiet)
        return
    if not country:
        raise typer.BadParameter("a workspace needs its country: add --country KEN, or --pack KEN-2026.1")

    folder = init_workspace(name, country, title=title)
    say(
        f"Made the workspace {folder}",
        "Next: name its boundary and layers, for example",
        f"  cd {folder}",
        "  landbalance data add PATH --role boundary",
        "  landbalance data add PATH --role land_cover --legend esa_cci --years 2000-2022",
        "  landbalance data check",
        quiet=quiet,
    )
