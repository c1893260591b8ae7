"""The platform and its computations go on where no network is (F15)."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("tests/unit/web/test_pages.py", "tests/unit/web/test_maps.py", "tests/unit/registry/test_runs.py")
CUT_OFF = ("unshare", "--user", "--map-root-user", "--net")
TRY = "import socket; socket.create_connection(('192.0.2.1', 80), 1)"


@pytest.mark.deep
def test_pages_runs_and_maps_work_without_any_network() -> None:
    def run(*command: str) -> "subprocess.CompletedProcess[str]":
        whole = [*CUT_OFF, sys.executable, *command]
        return subprocess.run(whole, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)

    reached, tested = run("-c", TRY), run("-m", "pytest", "-n0", "-p", "no:cacheprovider", *PAGES)

    assert "unreachable" in reached.stderr
    assert tested.returncode == 0, tested.stdout[-2000:] + tested.stderr[-2000:]
