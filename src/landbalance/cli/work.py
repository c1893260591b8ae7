"""`landbalance work`: a worker that does the runs people ask for in the browser."""

import os
import signal
import threading
from typing import Annotated

import typer

from landbalance.cli.console import say
from landbalance.cli.options import QuietOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def work(
    once: Annotated[bool, typer.Option("--once", help="Do what waits, then end.")] = False,
    parent: Annotated[int, typer.Option(hidden=True, help="End when this process is gone.")] = 0,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
) -> None:
    """Do the runs that wait; `landbalance serve` does so by itself."""
    from landbalance.registry.runs import worker

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    if parent:
        threading.Thread(target=_end_with, args=(parent, stop), daemon=True).start()
    say("waiting for work", quiet=quiet or once)
    done = worker.work(stop, once=once)
    say(f"runs done: {done}", quiet=quiet)


def _end_with(parent: int, stop: threading.Event) -> None:
    """Stop when the process that started this one is gone."""
    while os.getppid() == parent and not stop.wait(1.0):
        pass
    stop.set()
