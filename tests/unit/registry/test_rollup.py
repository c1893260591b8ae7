"""What the countries of a region say together."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from landbalance.engine.manifest import Manifest, write_manifest
from landbalance.registry.leases import Status
from landbalance.registry.rollup import roll_up
from landbalance.registry.runs.models import Run
from landbalance.registry.workspaces.models import Role, Workspace
from landbalance.reporting.record import Figure, figure_id
from people import make_country, make_member

pytestmark = pytest.mark.django_db
PERIOD = {"name": "report_2", "land_cover": [2015, 2023], "soc": [2015, 2023], "productivity": [2008, 2023]}


@pytest.fixture
def assessed(tmp_path: Path, settings: Settings) -> Callable[[str, str, float, float], Workspace]:
    """Return a maker of countries whose latest run says how much of their land is degraded."""
    settings.INSTALLATION = replace(settings.INSTALLATION, path=tmp_path)
    cache.clear()

    def make(slug: str, iso3: str, degraded_km2: float, land_km2: float) -> Workspace:
        workspace = make_country(slug, country=iso3, shares_with_region=True)
        Run.objects.create(
            workspace=workspace, stage=Run.Stage.ASSESS, status=Status.FINISHED, run_id=f"{slug}-1", is_shown=True
        )
        folder = tmp_path / workspace.folder / "runs" / f"{slug}-1"
        folder.mkdir(parents=True)
        values = {"sdg.headline.area": degraded_km2, "sdg.headline.land": land_km2}
        figures = [
            asdict(Figure(figure_id(name, "report_2"), name, value, "km2", "report_2", "nation/1"))
            for name, value in values.items()
        ]
        said: dict[str, object] = {key: [] for key in ("flags", "confidence", "checks", "zones")}
        said |= {"run": {"id": f"{slug}-1"}, "periods": [PERIOD], "figures": figures}
        (folder / "summary.json").write_text(json.dumps(said))
        blank = dict.fromkeys(("parameters", "periods", "inputs", "grid"), ())
        write_manifest(
            Manifest(
                f"{slug}-1", "finished", "2026-01-01", "2026-01-01", slug * 20, iso3, slug, "unccd-2026", "en",
                versions={}, **blank,
            ),
            folder,
        )  # fmt: skip
        return workspace

    return make


def make_region(*countries: str) -> Workspace:
    """Make a region of these countries."""
    return make_country("sahel", kind="region", country="", countries=list(countries))


def test_shares_come_from_sums_not_from_means(assessed: Callable[..., Workspace]) -> None:
    assessed("alpha", "ZZA", 10.0, 100.0)
    assessed("beta", "ZZB", 300.0, 900.0)
    region = make_region("ZZA", "ZZB")

    total = roll_up(make_member(region, Role.REGIONAL_CENTRE), region)

    assert total.share == pytest.approx(310 / 1000)
    assert total.unknown == ()


def test_a_country_that_shares_nothing_is_named_not_counted(assessed: Callable[..., Workspace]) -> None:
    assessed("alpha", "ZZA", 10.0, 100.0)
    hidden = assessed("beta", "ZZB", 300.0, 900.0)
    hidden.shares_with_region = False
    hidden.save()
    region = make_region("ZZA", "ZZB", "ZZC")

    total = roll_up(make_member(region, Role.REGIONAL_CENTRE), region)

    assert total.share == pytest.approx(0.1)
    assert [row.iso3 for row in total.unknown] == ["ZZB", "ZZC"]
    assert [row.degraded_km2 for row in total.unknown] == [None, None]
