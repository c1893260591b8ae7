"""Start a PostgreSQL server of its own for one command: python tests/postgresql.py COMMAND [ARGUMENT ...]."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

OLDEST = 15


def programs() -> Path:
    """Return the folder of the server's programs, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: -int(path.parts[-3]))
    if not found or int(found[0].parts[-3]) < OLDEST:
        raise SystemExit(f"no PostgreSQL {OLDEST} or newer: apt-get install postgresql")
    return found[0].parent


@contextmanager
def server() -> Iterator[str]:
    """Run a server on a free port of 127.0.0.1 and hand out its address; it is stopped and removed afterwards."""
    with controlled_server() as (address, _restart):
        yield address


@contextmanager
def controlled_server() -> Iterator[tuple[str, Callable[[], object]]]:
    """Run a server and hand out its address and what restarts it."""
    folder = Path(tempfile.mkdtemp(prefix="landbalance-postgresql-"))
    as_server = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, "postgres", "postgres")
        as_server = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home, data = programs(), str(folder / "data")
    run = [*as_server, str(home / "initdb"), "-D", data, "-U", "landbalance", "-A", "trust", "-E", "UTF8", "--locale=C"]
    subprocess.run(run, check=True, stdout=subprocess.DEVNULL, cwd=folder)
    settings = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    control = [*as_server, str(home / "pg_ctl"), "-D", data, "-w", "-l", str(folder / "log")]
    subprocess.run([*control, "-o", settings, "start"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    try:
        restart = [*control, "-m", "fast", "restart"]
        yield (
            f"postgresql://landbalance@127.0.0.1:{port}/postgres",
            lambda: subprocess.run(restart, check=True, stdout=subprocess.DEVNULL, cwd=folder),
        )
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, stdout=subprocess.DEVNULL, cwd=folder)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    with server() as address:
        ended = subprocess.run(sys.argv[1:], env={**os.environ, "LANDBALANCE_DATABASE": address}, check=False)
    sys.exit(ended.returncode)
