"""An installation of its own for pages that write into it."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from landbalance.io.installation_file import make_installation


@pytest.fixture
def home(tmp_path: Path, settings: Settings) -> Path:
    """Return the folder of an empty installation that the pages work on."""
    make_installation(tmp_path)
    settings.INSTALLATION = replace(settings.INSTALLATION, path=tmp_path)
    cache.clear()
    return tmp_path
