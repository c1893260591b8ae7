"""F01: workers killed in the middle of a run; the next one takes it up at once and ends with the same bytes."""

import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from landbalance.engine.assess import assess
from landbalance.io.demo import make_demo

KILLS = 4
ASK = """
import sys
from pathlib import Path
from landbalance.cli.records import bring_up_to_date, start_django
start_django(Path(sys.argv[1]))
bring_up_to_date()
from landbalance.registry.accounts.services import operator
from landbalance.registry.runs.models import Run
from landbalance.registry.workspaces.models import Workspace
Run.objects.create(workspace=Workspace.objects.get(), created_by=operator(), stage="assess")
"""
UNSET = {"LANDBALANCE_HOME", "LANDBALANCE_DATABASE", "DJANGO_SETTINGS_MODULE"}
pytestmark = pytest.mark.deep


def digests(folder: Path) -> dict[str, str]:
    """Return the digest of every map and table of the one finished run in a folder."""
    [run] = [path for path in (folder / "runs").iterdir() if not path.name.startswith(".")]
    kept = [path for path in sorted(run.rglob("*")) if path.suffix in (".tif", ".csv")]
    return {str(path.relative_to(run)): hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}


def test_a_killed_worker_is_taken_up_with_the_same_bytes(tmp_path: Path) -> None:
    home = make_demo(tmp_path / "killed", size=0.4)
    whole = shutil.copytree(home, tmp_path / "whole")
    assess(whole, threads=1)
    environment = {name: value for name, value in os.environ.items() if name not in UNSET}
    subprocess.run([sys.executable, "-c", ASK, str(home)], check=True, env=environment, capture_output=True)
    command = [sys.executable, "-m", "landbalance", "work", "--once", "-w", str(home)]
    chance = random.Random(1)
    told = tmp_path / "told"

    for _ in range(KILLS):
        with told.open("a") as log:
            worker = subprocess.Popen(command, env=environment, stderr=log, stdout=log)
            while len(re.findall("assess, try 1", told.read_text())) <= _ and worker.poll() is None:
                time.sleep(0.1)  # until this worker has taken the run up
            time.sleep(chance.uniform(0.5, 6))
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            time.sleep(2)  # its child notices
    subprocess.run(command, env=environment, capture_output=True, timeout=600, check=True)

    assert len(re.findall("assess, try 1", told.read_text())) >= 1
    assert digests(home) == digests(whole)
