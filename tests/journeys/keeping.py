"""An installation of its own for tests of faults: on a file, or on a fresh database of the PostgreSQL server in use."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg

COMMAND = str(Path(sys.executable).with_name("landbalance"))
TESTS = Path(__file__).resolve().parents[1]
SETUP = "import django; django.setup(set_prefix=False)\n"


@dataclass
class Place:
    """Where the installation is, and what its processes are told."""

    home: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> str:
        return self.environment.get("LANDBALANCE_DATABASE", "")

    def run(self, *words: str, stdin: str = "", fails: bool = False) -> subprocess.CompletedProcess[str]:
        """Run the command line."""
        ended = subprocess.run(
            [COMMAND, *words],
            env=self.environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert fails or ended.returncode == 0, ended.stderr
        return ended

    def start(self, code: str, *words: str) -> subprocess.Popen[str]:
        """Start a process that uses the records."""
        return subprocess.Popen(
            [sys.executable, "-c", SETUP + code, *words],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask(self, code: str, *words: str) -> Any:
        """Run code that prints JSON in a process that uses the records."""
        out, err = self.start("import json\n" + code, *words).communicate(timeout=180)
        assert out, err
        return json.loads(out)


def fresh_database(like: str = "") -> str:
    """Return the address of an empty database, or a copy of another; empty where the tests run on SQLite."""
    address = os.environ.get("LANDBALANCE_DATABASE", "")
    if not address.startswith("postgres"):
        return ""
    name = "faults_" + uuid.uuid4().hex[:12]
    with psycopg.connect(address, autocommit=True) as held:
        held.execute(f"CREATE DATABASE {name}" + (f" TEMPLATE {urlsplit(like).path[1:]}" if like else ""))
    return urlsplit(address)._replace(path=f"/{name}").geturl()


def make_place(home: Path, address: str | None = None) -> Place:
    """Make an installation with a country and an administrator, on a database that is named or a fresh one."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("LANDBALANCE_", "DJANGO_"))
    }
    place = Place(home, environment | {"LANDBALANCE_HOME": str(home), "PYTHONPATH": str(TESTS)})
    place.environment["DJANGO_SETTINGS_MODULE"] = "landbalance.registry.settings"
    if address := fresh_database() if address is None else address:
        place.environment["LANDBALANCE_DATABASE"] = address
    folder = home / "workspaces" / "alpha"
    folder.mkdir(parents=True)
    (home / "landbalance.toml").write_text("[installation]\nformat = 1\napi_per_minute = 100000000\n")
    (folder / "landbalance.toml").write_text('[workspace]\nformat = 1\ncountry = "ZZA"\ninvented = true\n')
    place.ask(MAKE)
    return place


def copied(template: Place, home: Path) -> Place:
    """Return a copy of an installation, with a database of its own."""
    shutil.copytree(template.home, home)
    environment = {**template.environment, "LANDBALANCE_HOME": str(home)}
    if template.database:
        environment["LANDBALANCE_DATABASE"] = fresh_database(template.database)
    return Place(home, environment)


@contextmanager
def served(place: Place, workers: int = 1) -> Iterator[str]:
    """Serve an installation until the block ends, and hand out its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["serve", "-w", str(place.home), "--port", str(port), "--no-browser", "--workers", str(workers)]
    words += ["--database", place.database] if place.database else []
    with (place.home.parent / "serve.log").open("w") as log:
        server = subprocess.Popen(
            [COMMAND, *words], env=place.environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            base = f"http://127.0.0.1:{port}"
            _wait(server, base + "/healthy/")
            yield base
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


def _wait(server: "subprocess.Popen[str]", address: str) -> None:
    """Wait until a server answers."""
    ends = time.monotonic() + 120
    while time.monotonic() < ends and server.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(address).status_code == 200:
                return
        time.sleep(0.2)
    raise AssertionError("the server does not answer")


def session_of(place: Place) -> str:
    """Return the cookie of a session of the administrator."""
    return place.ask(SESSION)


SESSION = """
from django.contrib.sessions.backends.db import SessionStore
from landbalance.registry.accounts.models import User
keeper = User.objects.get(username="keeper")
session = SessionStore()
session["_auth_user_id"], session["_auth_user_hash"] = str(keeper.pk), keeper.get_session_auth_hash()
session["_auth_user_backend"] = "landbalance.web.people.backend.Backend"
session.create()
print(json.dumps(session.session_key))
"""


def key_of(place: Place) -> str:
    """Return a key of the administrator."""
    return place.ask(KEY)


KEY = """
from landbalance.registry.accounts.models import User
from landbalance.registry.accounts.services import make_token
print(json.dumps(make_token(User.objects.get(username="keeper"), "test", ["read", "write"])[1]))
"""
MAKE = """
from landbalance.cli.records import bring_up_to_date
bring_up_to_date()
from people import make_person
make_person("keeper", is_superuser=True)
print(json.dumps(True))
"""
WRITER = """
import sys
import time
from itertools import count
from django.db import transaction
from landbalance.registry.accounts.models import User
from landbalance.registry.audit.services import record
from landbalance.registry.practices.services import add_practice
from landbalance.registry.workspaces.models import Workspace
alpha, keeper = Workspace.objects.get(slug="alpha"), User.objects.get(username="keeper")
for number in count():
    with transaction.atomic():
        made = add_practice(keeper, alpha, {"code": f"{sys.argv[1]}-{number}", "name": "P"})
        record(keeper, "practices.added", made.code, workspace=alpha)
    print(made.code, flush=True)
    time.sleep(0.005)
"""
STATE = """
from django.db import connection
from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.audit.services import first_broken
from landbalance.registry.practices.models import Practice
whole = "ok"
if connection.vendor == "sqlite":
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        whole = cursor.fetchone()[0]
print(json.dumps({
    "practices": sorted(Practice.objects.values_list("code", flat=True)),
    "versions": sorted(Practice.history.values_list("code", flat=True)),
    "acts": sorted(AuditEvent.objects.filter(act="practices.added").values_list("subject", flat=True)),
    "broken": str(first_broken() or ""),
    "whole": whole,
}))
"""
