"""The register of targets from the command line, in a folder of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    unset = ("LANDBALANCE_HOME", "LANDBALANCE_DATABASE", "DJANGO_SETTINGS_MODULE")
    environment = {name: value for name, value in os.environ.items() if name not in unset}
    command = [sys.executable, "-m", "landbalance", "target", *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def country(tmp_path: Path) -> Path:
    (tmp_path / "landbalance.toml").write_text('[workspace]\nformat = 1\ncountry = "ZZD"\ninvented = true\n')
    return tmp_path


def test_a_target_is_set_shown_given_out_and_taken_back(country: Path) -> None:
    said = run(country, "add", "T1", "Pasture", "--set", "declared_area=9000", "--set", "responses=reduce;reverse")
    assert (said.returncode, said.stdout) == (0, "T1: set, version 1\n")

    wrong = run(country, "edit", "T1", "--set", "target_year=soon")
    assert wrong.returncode == 1
    assert wrong.stderr.splitlines()[-1] == "error: target_year: This is not a year between 1990 and 2100."

    listed = json.loads(run(country, "list", "--json").stdout)
    assert [(each["code"], each["declared_area"], each["stage"]) for each in listed] == [("T1", 9000.0, "idea")]

    assert run(country, "export", "targets.xlsx").returncode == 0
    assert run(country, "import", "targets.xlsx").stdout.splitlines()[-1] == "0 set, 0 changed"
