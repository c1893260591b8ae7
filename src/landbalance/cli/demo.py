"""`landbalance demo`: an invented country with known truth, and the whole chain on it."""

from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.assess import show_run
from landbalance.cli.console import say
from landbalance.cli.options import QuietOption
from landbalance.cli.progress import progress_bar

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Folder to make.")] = Path("demoland"),
    size: Annotated[float, typer.Option(min=0.1, max=8, help="Cells along each side: 1 makes 900 x 700.")] = 1.0,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; one per core when left out.")] = None,
    quiet: QuietOption = False,
) -> None:
    """Make an invented country and run the whole chain on it."""
    from landbalance.engine.assess import assess
    from landbalance.io.demo import make_demo

    workspace = make_demo(folder, size=size)
    say(f"Made the invented country in {workspace}; every number in it is made up.", quiet=quiet)
    show_run(assess(workspace, threads=threads, progress=progress_bar(quiet=quiet)), quiet=quiet)
    say(
        "",
        "Go on with",
        f"  landbalance summary -w {workspace} --by districts",
        f"  landbalance data check -w {workspace}",
        f"  landbalance config show -w {workspace}",
        quiet=quiet,
    )
