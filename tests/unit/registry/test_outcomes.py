"""Outcome figures come from the records of a run, with the run and the checksum of its summary."""

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from landbalance.core.errors import AccessError, InputError, RuleError
from landbalance.engine.manifest import Manifest, write_manifest
from landbalance.registry.jobs.models import Job
from landbalance.registry.leases import Status
from landbalance.registry.runs.models import Run
from landbalance.registry.targets import queries, services
from landbalance.registry.targets.outcomes import assess_from_run, degraded_by_zone, land_km2
from landbalance.registry.workspaces.models import Role, Workspace
from landbalance.reporting.record import Figure, figure_id
from people import make_country, make_member
from target_rows import target_row

pytestmark = pytest.mark.django_db
PERIODS = [
    {"name": "baseline", "land_cover": [2000, 2015], "soc": [2000, 2015], "productivity": [2001, 2015]},
    {"name": "report_0", "land_cover": [2015, 2019], "soc": [2015, 2019], "productivity": [2004, 2019]},
    {"name": "report_1", "land_cover": [2015, 2023], "soc": [2015, 2023], "productivity": [2008, 2023]},
]


@pytest.fixture
def assessed(tmp_path: Path, settings: Settings) -> Callable[..., Workspace]:
    """Return a maker of a country with one finished run of these figures."""
    settings.INSTALLATION = replace(settings.INSTALLATION, path=tmp_path)

    def make(**values: float) -> Workspace:
        workspace = make_country("alpha")
        place = tmp_path / workspace.folder
        folder = place / "runs" / "run-1"
        folder.mkdir(parents=True)
        (place / "landbalance.toml").write_text('[workspace]\nformat = 1\ncountry = "ZZA"\ninvented = true\n')
        figures = []
        for name, value in values.items():
            measure, period = name.split("__")
            id_ = figure_id(measure.replace("_", "."), period)
            unit = "1" if measure.endswith("share") else "km2"
            figures.append(asdict(Figure(id_, measure, value, unit, period, "nation/1")))
        said: dict[str, object] = {key: [] for key in ("flags", "confidence", "checks", "zones")}
        (folder / "summary.json").write_text(
            json.dumps({**said, "run": {"id": "run-1"}, "periods": PERIODS, "figures": figures})
        )
        blank = dict.fromkeys(("parameters", "periods", "inputs", "grid"), ())
        names = (
            "run-1",
            "finished",
            "2026-01-01T00:00:00+00:00",
            "2026-01-01T00:00:00+00:00",
            "a" * 20,
            "ZZA",
            "alpha",
            "unccd-2026",
            "en",
        )
        write_manifest(Manifest(*names, versions={}, **blank), folder)
        return workspace

    return make


def test_neutrality_takes_the_degraded_land_of_the_nation(assessed: Callable[..., Workspace], tmp_path: Path) -> None:
    alpha = assessed(sdg_headline_area__baseline=200.0, sdg_headline_area__report_1=190.0)
    focal = make_member(alpha)
    row = target_row(target_type="neutrality", scope="national", declared_area=None)
    target = services.add_target(focal, alpha, row)

    found = assess_from_run(focal, target)

    summary = tmp_path / alpha.folder / "runs" / "run-1" / "summary.json"
    assert (found.baseline_degraded_km2, found.degraded_km2, found.year, found.run) == (200.0, 190.0, 2023, "run-1")
    assert [each["id"] for each in found.figures] == [
        "sdg.headline.area@baseline@nation/1",
        "sdg.headline.area@report_1@nation/1",
    ]
    assert found.summary_sha256 == hashlib.sha256(summary.read_bytes()).hexdigest()
    assert queries.state_of(queries.find_target(focal, alpha, "T1"), 2026).light == "achieved"


NATIONAL = {"target_type": "neutrality", "scope": "national", "declared_area": None}


def state(alpha: Workspace, focal: object) -> queries.TargetState:
    return queries.states_of(focal, alpha, [queries.find_target(focal, alpha, "T1")])[0]


@pytest.mark.parametrize(
    ("first", "between", "now", "progress", "light"),
    [
        (200.0, 195.0, 190.0, 1.0, "achieved"),
        (200.0, 210.0, 215.0, 0.25, "late"),  # 20 km2 were to be expected
        (200.0, 205.0, 220.0, -1.0, "wrong_way"),
        (200.0, 199.0, 204.0, -1.0, "wrong_way"),  # land got better at first: the least loss is 1 % of the baseline
    ],
)
def test_a_national_target_is_read_from_the_latest_run_by_itself(
    assessed: Callable[..., Workspace], first: float, between: float, now: float, progress: float, light: str
) -> None:
    values = {"baseline": first, "report_0": between, "report_1": now}
    alpha = assessed(**{f"sdg_headline_area__{name}": value for name, value in values.items()})
    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row(**NATIONAL, start_year=2015))

    found = state(alpha, focal)

    assert found.nation.run == "run-1"
    assert found.progress.outcome.progress == pytest.approx(progress)
    assert found.light == light
    assert [each["id"] for each in found.nation.figures] == [
        "sdg.headline.area@baseline@nation/1",
        "sdg.headline.area@report_1@nation/1",
    ]


def test_a_balance_of_the_run_tells_which_land_types_fail(assessed: Callable[..., Workspace]) -> None:
    alpha = assessed(sdg_headline_area__baseline=200.0, sdg_headline_area__report_1=190.0)
    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row(**NATIONAL))
    said = {"degraded_km2": 189.0, "baseline_degraded_km2": 199.0, "expected_loss_km2": -10.0, "year": 2023}
    answer = {"nation": {**said, "nets": [["steppe", -3.0], ["forest", 5.0]]}}
    Job.objects.create(
        workspace=alpha, kind="balance", options={"run": "run-1"}, status=Status.FINISHED, answer=answer, digest="d"
    )

    found = state(alpha, focal)
    kept = assess_from_run(focal, found.target)

    assert found.progress.is_strictly_neutral is False
    assert found.progress.failing_land_types == ("steppe",)
    assert (kept.degraded_km2, kept.nets) == (189.0, [["steppe", -3.0], ["forest", 5.0]])
    assert queries.state_of(queries.find_target(focal, alpha, "T1")).progress.failing_land_types == ("steppe",)


def test_a_value_that_a_person_typed_for_the_year_stands(assessed: Callable[..., Workspace]) -> None:
    alpha = assessed(sdg_headline_area__baseline=200.0, sdg_headline_area__report_1=190.0)
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row(**NATIONAL, start_value=200))

    services.assess_target(focal, target, year=2023, source="Field survey", value=230.0)

    assert state(alpha, focal).progress.outcome.light == "far_off"


def test_where_nothing_was_run_the_page_says_what_to_do(
    assessed: Callable[..., Workspace], tmp_path: Path, client: Client
) -> None:
    alpha = assessed(sdg_headline_area__report_1=190.0)
    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row(**NATIONAL))
    client.force_login(focal)
    assert "both the baseline and a later period" in client.get("/w/alpha/targets/t/T1/").content.decode()

    shutil.rmtree(tmp_path / alpha.folder / "runs")
    Run.objects.all().delete()

    page = client.get("/w/alpha/targets/t/T1/").content.decode()
    assert "No assessment has been run yet" in page
    assert reverse("runs:ask", args=["alpha"]) in page


def test_the_page_shows_both_numbers_and_where_they_are_from(
    assessed: Callable[..., Workspace], client: Client
) -> None:
    alpha = assessed(sdg_headline_area__baseline=200.0, sdg_headline_area__report_1=190.0)
    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row(**NATIONAL))
    client.force_login(focal)

    page = client.get("/w/alpha/targets/t/T1/").content.decode()

    assert "190" in page
    assert "sdg.headline.area@report_1@nation/1" in page
    assert "Work out a balance" in page  # land type by land type is not known yet
    assert "No data" not in client.get("/w/alpha/targets/").content.decode()


def test_programs_read_progress_with_the_figures_it_is_from(assessed: Callable[..., Workspace], client: Client) -> None:
    alpha = assessed(sdg_headline_area__baseline=200.0, sdg_headline_area__report_1=190.0)
    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row(**NATIONAL))
    client.force_login(focal)

    said = client.get("/api/workspaces/alpha/targets/T1/progress").json()

    assert (said["light"], said["year"], said["run"], said["action"]) == ("achieved", 2023, "run-1", None)
    assert said["outcome"]["progress"] == 1.0
    assert [each["value"] for each in said["figures"]] == [200.0, 190.0]
    assert any("biodiversity" in each for each in said["does_not_fit"])


def test_a_target_names_a_figure_as_its_indicator(assessed: Callable[..., Workspace]) -> None:
    alpha = assessed(sdg_headline_share__report_1=0.125)
    focal = make_member(alpha)
    row = target_row(
        target_type="indicator_change", indicator="sdg.headline.share", unit="%", start_value=10, target_value=5
    )

    found = assess_from_run(focal, services.add_target(focal, alpha, row))

    assert found.value == 12.5


def test_a_run_that_says_nothing_of_a_target_is_no_zero(assessed: Callable[..., Workspace]) -> None:
    alpha = assessed(sdg_headline_area__report_1=190.0)
    focal = make_member(alpha)

    with pytest.raises(RuleError, match="says nothing of target T1"):
        assess_from_run(focal, services.add_target(focal, alpha, target_row()))


def test_without_a_run_nothing_is_known(assessed: Callable[..., Workspace], tmp_path: Path) -> None:
    alpha = assessed()
    (tmp_path / alpha.folder / "runs" / "run-1" / "manifest.json").unlink()
    focal = make_member(alpha)

    with pytest.raises(InputError, match="no finished run"):
        assess_from_run(focal, services.add_target(focal, alpha, target_row()))
    assert land_km2(alpha) is None
    assert degraded_by_zone(alpha) == {}


def test_civil_society_takes_nothing_over(assessed: Callable[..., Workspace]) -> None:
    alpha = assessed(sdg_headline_area__report_1=190.0)
    target = services.add_target(make_member(alpha), alpha, target_row())

    with pytest.raises(AccessError):
        assess_from_run(make_member(alpha, Role.CIVIL_SOCIETY), target)
