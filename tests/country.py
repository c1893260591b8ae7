"""A small invented country of the platform, with a finished run in its folder."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

from pytest_django import Settings

from landbalance.io.installation_file import make_installation
from landbalance.registry.runs.models import Run
from landbalance.registry.runs.services import index_runs
from landbalance.registry.workspaces.models import Workspace
from people import make_country


def settle(demo: Path, home: Path, settings: Settings, slug: str = "demo", **fields: object) -> Workspace:
    """Put a country into an installation of its own, its files linked from one made before."""
    if not (home / "landbalance.toml").exists():
        make_installation(home)
    settings.INSTALLATION = replace(settings.INSTALLATION, path=home)
    shutil.copytree(demo, home / "workspaces" / slug, copy_function=_link)
    return make_country(slug, country="ZZD", **fields)


def first_run(workspace: Workspace) -> Run:
    """Return the run that is in the folder."""
    [run] = index_runs(workspace)
    return run


def _link(source: str, goal: str) -> None:
    """Link a file; one that is written in place is copied."""
    if source.endswith((".toml", "lock")):
        shutil.copyfile(source, goal)
    else:
        os.link(source, goal)
