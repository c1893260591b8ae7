"""`landbalance serve`: the platform on this machine, or for a ministry."""

import os
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import say
from landbalance.cli.options import QuietOption, WorkspaceOption
from landbalance.cli.records import bring_up_to_date, start_django

app = typer.Typer(rich_markup_mode=None, add_completion=False)
THREADS = 4
RESTART_SECONDS = 1.0


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on.")] = 8000,
    database: Annotated[str, typer.Option(help="postgresql://user@host/name; a file here when left out.")] = "",
    workers: Annotated[int, typer.Option(min=1, max=16, help="Server processes.")] = 1,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the browser.")] = True,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
) -> None:
    """Serve targets, runs, maps and the dashboard in the browser."""
    home = home_of(workspace)
    start_django(home, database)
    from django.conf import settings
    from django.core.management import call_command

    from landbalance.registry.accounts.first import first_key

    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    bring_up_to_date()
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    key = first_key(home)
    address = f"http://{host}:{port}/" + (f"welcome/{key}/" if key else "")
    where = "file " + settings.INSTALLATION.database.path if settings.INSTALLATION.database.is_file else "PostgreSQL"
    say(f"installation {home}, records in {where}", quiet=quiet)
    say(f"first administrator: open {address}" if key else f"open {address}")
    if browser and sys.stdout.isatty():
        webbrowser.open(address)
    with workers_beside(home, settings.INSTALLATION.table.workers):
        run_server(host, port, workers)


@contextmanager
def workers_beside(home: Path, count: int) -> Iterator[None]:
    """Keep workers for the runs going beside the server: one that ends is started again, all end with the server."""
    stop = threading.Event()
    words = [sys.executable, "-m", "landbalance", "work", "-w", str(home), "--parent", str(os.getpid()), "--quiet"]

    def keep() -> None:
        while not stop.is_set():
            child = subprocess.Popen(words, stdin=subprocess.DEVNULL)  # noqa: S603 - our own interpreter and module
            while child.poll() is None and not stop.wait(RESTART_SECONDS):
                pass
            child.terminate()
            stop.wait(RESTART_SECONDS)

    keepers = [threading.Thread(target=keep, daemon=True) for _ in range(count)]
    for keeper in keepers:
        keeper.start()
    try:
        yield
    finally:
        stop.set()
        for keeper in keepers:
            keeper.join(2 * RESTART_SECONDS)


def home_of(folder: Path | None) -> Path:
    """Return the installation to serve; in an empty folder it is made, after saying so."""
    from landbalance.io.installation_file import find_installation, make_installation
    from landbalance.io.workspace_file import FILE_NAME

    here = (folder or Path.cwd()).absolute()
    if not (here / FILE_NAME).exists() and (not here.exists() or not any(here.iterdir())):
        say(f"making a new installation in {here}")
        make_installation(here)
    return find_installation(here)


def run_server(host: str, port: int, workers: int) -> None:
    """Serve until stopped."""
    from granian.constants import Interfaces
    from granian.server import Server

    os.environ.setdefault("PYTHONWARNINGS", "ignore")
    Server(
        "landbalance.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=512,
        respawn_failed_workers=True,
        log_access=False,
    ).serve()
