"""Fixtures that several folders share: the shared data, and the rule of what runs without them."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("landbalance", deadline=None, derandomize=True)
settings.load_profile("landbalance")
ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("LANDBALANCE_SHARED") or ROOT.parent / "shared")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real data sets."""
    return SHARED / "data"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs the shared folder where there is none, and say how many."""
    for item in items:
        fixtures = {"db", "transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
        if fixtures or item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.database)
    deep = config.getoption("markexpr", "")
    left_out = [item for item in items if "deep" in item.keywords and "deep" not in deep]
    if not (SHARED / "data").is_dir():
        if os.environ.get("LANDBALANCE_REQUIRE_SHARED") == "1":
            raise pytest.UsageError(f"{SHARED}/data is missing: set LANDBALANCE_SHARED to the shared folder")
        without = [item for item in items if "shared" in item.keywords]
        print(f"no shared data at {SHARED}: {len(without)} tests left out")
        left_out += [item for item in without if item not in left_out]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def assessed_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a small invented country with one finished run; tests that write take a copy."""
    from landbalance.engine.assess import assess
    from landbalance.io.demo import make_demo

    folder = make_demo(tmp_path_factory.mktemp("assessed") / "demoland", size=0.1)
    assess(folder, threads=1)
    return folder
