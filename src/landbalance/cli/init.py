"""`landbalance init`: make a workspace."""

from typing import Annotated

import typer

from landbalance.cli.console import say
from landbalance.cli.options import QuietOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def init(
    name: Annotated[str, typer.Argument(help="Name of the folder to make.")],
    country: Annotated[str, typer.Option(help="Country, ISO 3166 alpha-3, such as MLI.")],
    title: Annotated[str, typer.Option(help="Title; the name of the country when left out.")] = "",
    quiet: QuietOption = False,
) -> None:
    """Make a workspace for a country."""
    from landbalance.io.register import init_workspace

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
