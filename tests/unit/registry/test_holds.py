"""What a people has not consented to, or has taken back, holds back: actions, targets, layers, runs (reporting F.4)."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely
from pytest_django import Settings
from rasterio.transform import from_origin

from country import settle
from landbalance.core.errors import RuleError
from landbalance.registry.accounts.models import User
from landbalance.registry.actions.services import add_action
from landbalance.registry.consents.services import add_consent, change_consent, withdraw_consent
from landbalance.registry.layers import services as layers
from landbalance.registry.layers.models import StoredLayer
from landbalance.registry.records import State
from landbalance.registry.review import move_record
from landbalance.registry.runs.services import ask_for_run
from landbalance.registry.targets.checks import move_needs
from landbalance.registry.targets.services import add_target
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member
from target_rows import action_row, box, target_row

pytestmark = pytest.mark.django_db
WORDS = "land of a people that has not given its consent"


def consent_over(workspace: Workspace, shape: shapely.Geometry, decision: str = "withheld") -> tuple[User, object]:
    steward = make_member(workspace, Role.COMMUNITY_STEWARD)
    scope = shapely.geometry.mapping(shape)
    values = {"code": "f", "title": "Secret grove", "kind": "collective_fpic", "scope": scope, "decision": decision}
    return steward, add_consent(steward, workspace, values)


@pytest.mark.parametrize("decision", ["pending", "withheld"])
def test_an_action_on_such_land_is_not_approved_and_the_words_give_no_secret_away(decision: str) -> None:
    alpha = make_country("alpha")
    steward, consent = consent_over(alpha, shapely.box(0, 0, 2, 2), decision)
    focal = make_member(alpha)
    action = move_record(focal, add_action(focal, alpha, action_row(), pieces=[box(1, 1, 3, 3)]), State.REVIEW)

    with pytest.raises(RuleError, match=WORDS) as refused:
        move_record(focal, action, State.APPROVED)

    assert "grove" not in str(refused.value)
    change_consent(steward, consent, {"decision": "given"})
    assert move_record(focal, action, State.APPROVED).state == State.APPROVED
    withdraw_consent(steward, consent)
    with pytest.raises(RuleError, match=WORDS):
        move_record(focal, action, State.SUBMITTED)


def test_an_action_beside_such_land_goes_on() -> None:
    alpha = make_country("alpha")
    consent_over(alpha, shapely.box(0, 0, 2, 2))
    focal = make_member(alpha)
    action = move_record(focal, add_action(focal, alpha, action_row(), pieces=[box(5, 5, 6, 6)]), State.REVIEW)

    assert move_record(focal, action, State.APPROVED).state == State.APPROVED


def test_an_action_elsewhere_in_the_world_does_not_wait_for_the_people_of_another_country() -> None:
    alpha, beta = make_country("alpha"), make_country("beta", country="ZZB")
    consent_over(beta, shapely.box(0, 0, 2, 2))
    focal = make_member(alpha)
    action = move_record(focal, add_action(focal, alpha, action_row(), pieces=[box(1, 1, 3, 3)]), State.REVIEW)

    assert move_record(focal, action, State.APPROVED).state == State.APPROVED


@pytest.mark.parametrize("stage", ["adopted", "in_implementation"])
def test_a_target_on_such_land_is_neither_adopted_nor_begun_nor_approved(stage: str) -> None:
    alpha = make_country("alpha")
    consent_over(alpha, shapely.box(0, 0, 2, 2))
    focal = make_member(alpha)
    target = move_record(focal, add_target(focal, alpha, target_row(), pieces=[box(1, 1, 3, 3)]), State.REVIEW)

    assert any("consent" in each for each in move_needs(target, stage))
    with pytest.raises(RuleError, match=WORDS):
        move_record(focal, target, State.APPROVED)


@pytest.fixture
def country(assessed_demo: Path, tmp_path: Path, settings: Settings) -> Workspace:
    return settle(assessed_demo, tmp_path, settings)


def raster(country: Workspace, west: float, north: float, cells: int) -> Path:
    """Write a raster of some cells of a hundredth of a degree into the workspace."""
    home = layers.folder_of(country, layers.settings.INSTALLATION)
    path = home / "data" / f"cover-{cells}.tif"
    values = np.random.default_rng(1).integers(1, 8, (3, cells, cells)).astype(np.uint8)
    profile = {"crs": "EPSG:4326", "transform": from_origin(west, north, 0.01, 0.01), "nodata": 0}
    with rasterio.open(path, "w", driver="GTiff", width=cells, height=cells, count=3, dtype="uint8", **profile) as file:
        file.write(values)
    return path


LAYER = {"role": "land_cover", "kind": "class", "legend": "unccd", "years": [2000, 2015, 2023], "title": "Grove map"}


def test_a_layer_of_such_land_is_kept_beside_and_not_used(country: Workspace) -> None:
    steward, consent = consent_over(country, shapely.box(-30.7, 13.4, -30.5, 13.6))
    technician = make_member(country, Role.TECHNICIAN)
    path = str(raster(country, -30.8, 13.7, 30))

    with pytest.raises(RuleError, match=WORDS):
        layers.register_file(technician, country, path, is_used=True, **LAYER)
    layers.register_file(technician, country, path, is_used=False, **LAYER)
    with pytest.raises(RuleError, match=WORDS):
        layers.use_stored(technician, StoredLayer.objects.get())
    change_consent(steward, consent, {"decision": "given"})
    layers.use_stored(technician, StoredLayer.objects.get(title="Grove map"))

    withdraw_consent(steward, consent)
    with pytest.raises(RuleError, match="layer Grove map is of " + WORDS):
        ask_for_run(technician, country)


def test_a_layer_of_the_whole_country_is_no_layer_of_a_people(country: Workspace) -> None:
    consent_over(country, shapely.box(-30.7, 13.4, -30.5, 13.6))
    technician = make_member(country, Role.TECHNICIAN)

    layers.register_file(technician, country, str(raster(country, -32.5, 15.2, 500)), is_used=True, **LAYER)

    assert ask_for_run(technician, country).pk
