"""Recode polygons: proposed by one person, weighed on the latest run, accepted by another, used by the next run."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from pytest_django import Settings

from country import first_run, settle
from landbalance.core.errors import AccessError, InputError, RuleError
from landbalance.core.vocab import Status
from landbalance.engine.recode_effect import recode_effect
from landbalance.grid.areas import cell_areas_km2
from landbalance.grid.grid import Grid
from landbalance.io.recodes import read_recodes
from landbalance.io.workspace import load_workspace
from landbalance.registry.recodes import services
from landbalance.registry.recodes.models import Decision, Recode
from landbalance.registry.recodes.queries import overlapping, preview_of, recodes_of
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member

pytestmark = pytest.mark.django_db
WHOLE = shapely.to_geojson(shapely.box(-31.2, 11.9, -28.8, 13.9))
BITE = shapely.to_geojson(shapely.box(-30.5, 12.5, -30.0, 13.0))
PERIODS = ("baseline", "report_1", "report_2")


@pytest.fixture
def country(assessed_demo: Path, tmp_path: Path, settings: Settings) -> Workspace:
    return settle(assessed_demo, tmp_path, settings)


def propose(country: Workspace, role: str = Role.CIVIL_SOCIETY, **fields: object) -> Recode:
    given = {
        "place": "North hill",
        "shape": BITE,
        "process": "clearing of invasive shrubs",
        "basis": "field visit",
        "periods": ["report_2"],
        "degraded_to": "0",
        "links": "https://example.org/photo",
        **fields,
    }
    return services.propose_recode(make_member(country, role), country, **given)  # type: ignore[arg-type]


def test_a_proposal_changes_no_file(country: Workspace) -> None:
    before = load_workspace(country_folder(country)).recodes

    recode = propose(country)

    assert (recode.decision, recode.state) == (Decision.PROPOSED, "review")
    assert str(recode.pk) not in Path(before).read_text()


def country_folder(country: Workspace) -> Path:
    from django.conf import settings

    from landbalance.registry.workspaces.services import folder_of

    return folder_of(country, settings.INSTALLATION)


def test_an_accepted_recode_is_written_behind_those_of_the_file(country: Workspace) -> None:
    had = read_recodes(load_workspace(country_folder(country)).recodes, PERIODS).features
    recode = propose(country)

    services.decide_recode(make_member(country), recode, decision=Decision.ACCEPTED, reason="seen on the spot")

    now = read_recodes(load_workspace(country_folder(country)).recodes, PERIODS).features
    assert [each.uuid for each in now] == [*(each.uuid for each in had), str(recode.pk)]
    assert now[-1].evidence == ("https://example.org/photo",)
    assert now[-1].state == "accepted"


def test_a_recode_rejected_later_leaves_the_file(country: Workspace) -> None:
    recode = propose(country)
    services.decide_recode(make_member(country), recode, decision=Decision.ACCEPTED, reason="yes")

    services.decide_recode(make_member(country), recode, decision=Decision.REJECTED, reason="new survey")

    now = read_recodes(load_workspace(country_folder(country)).recodes, PERIODS).features
    assert str(recode.pk) not in [each.uuid for each in now]


def test_nobody_decides_on_their_own_proposal(country: Workspace) -> None:
    keeper = make_member(country, Role.FOCAL_POINT)
    recode = services.propose_recode(
        keeper, country, place="a", shape=BITE, process="fire", basis="visit", periods=["baseline"], degraded_to="1"
    )

    with pytest.raises(RuleError, match="your own proposal"):
        services.decide_recode(keeper, recode, decision=Decision.ACCEPTED, reason="yes")


def test_some_roles_do_not_decide(country: Workspace) -> None:
    with pytest.raises(AccessError):
        services.decide_recode(
            make_member(country, Role.TECHNICIAN), propose(country), decision=Decision.ACCEPTED, reason="yes"
        )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"degraded_to": "none"}, "changes nothing"),
        ({"periods": []}, "names no period"),
        ({"basis": " "}, "has no basis"),
        ({"shape": "x"}, "is no GeoJSON"),
        ({"shape": '{"type":"Point","coordinates":[1,2]}'}, "is a Point"),
        ({"shape": '{"type":"FeatureCollection","features":[]}'}, "is empty"),
        ({"periods": ["report_9"]}, "there is no period report_9"),
    ],
)
def test_a_proposal_that_says_too_little_is_refused(country: Workspace, fields: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        propose(country, **fields)


def test_the_effect_is_what_cells_under_it_weigh(country: Workspace) -> None:
    """Count the same cells with rasterio's own mask, as an oracle."""
    run = first_run(country)
    [effect] = preview_of(make_member(country), propose(country)).effects

    with rasterio.open(run.result.raster("sdg.report_2")[0]) as file:
        status = file.read(1)
        grid = Grid("EPSG:4326", file.bounds.left, file.bounds.top, file.res[0], file.res[1], file.width, file.height)
        x = file.bounds.left + (np.arange(file.width) + 0.5) * file.res[0]
        y = file.bounds.top - (np.arange(file.height) + 0.5) * file.res[1]
    inside = (x > -30.5)[None, :] & (x < -30.0)[None, :] & (y > 12.5)[:, None] & (y < 13.0)[:, None]
    degraded = float((cell_areas_km2(grid) * (inside & (status == -1))).sum())
    assert effect.period == "report_2"
    assert effect.moves == {(Status.DEGRADED, Status.STABLE): pytest.approx(degraded)}
    assert effect.degraded_km2 <= 0


def test_a_recode_of_the_baseline_moves_the_status_of_later_periods(country: Workspace) -> None:
    run = first_run(country)
    recode = propose(country, periods=["baseline"], degraded_to="none", stable_to="-1", shape=WHOLE)

    effects = recode_effect(run.result, recode.as_feature(PERIODS), recode.as_polygons())

    assert [effect.period for effect in effects] == list(PERIODS)
    assert [bool(effect.moves) for effect in effects] == [True, False, False]
    assert all(effect.degraded_km2 > 0 for effect in effects)


def test_accepted_neighbours_that_share_land_are_named(country: Workspace) -> None:
    first = propose(country)
    services.decide_recode(make_member(country), first, decision=Decision.ACCEPTED, reason="yes")

    assert overlapping(propose(country, shape=WHOLE)) == [first]


def test_another_country_sees_none(country: Workspace) -> None:
    propose(country)
    other = make_country("other")

    assert recodes_of(make_member(other), country).count() == 0
    assert recodes_of(make_member(country), country).count() == 1


def test_a_shape_that_crosses_itself_is_measured_after_its_repair(country: Workspace) -> None:
    bow = json.dumps({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]})

    assert propose(country, shape=bow).area_km2 == pytest.approx(12308.8 / 2, rel=1e-3)
