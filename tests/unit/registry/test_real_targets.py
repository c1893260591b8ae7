"""The register holds the shapes of real targets (reporting B.12)."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from landbalance.io.target_rows import TargetRow
from landbalance.registry.targets import queries, services
from landbalance.registry.targets.exchange import export_targets, plan_of, stage_import
from landbalance.registry.targets.models import Target
from landbalance.registry.workspaces.models import Workspace
from people import make_country, make_member
from target_rows import box

pytestmark = pytest.mark.django_db
CASES = yaml.safe_load((Path(__file__).parents[2] / "oracles" / "real_targets.yaml").read_text(encoding="utf-8"))[
    "cases"
]


def hold(workspace: Workspace, case: dict[str, Any]) -> Target:
    """Set the target of a case, and revise it where the case does."""
    focal = make_member(workspace)
    pieces = [box(*case["shape"])] if "shape" in case else []
    target = services.add_target(focal, workspace, TargetRow.model_validate(case["row"]), pieces=pieces)
    if "revision" in case:
        row = TargetRow.model_validate({**case["row"], **case["revision"]})
        services.revise_target(focal, target, row, reason="reworded", text="The rest of the first commitment.")
    return target


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_real_target_is_held_and_measured(case: dict[str, Any]) -> None:
    target = hold(make_country("alpha"), case)

    claim = target.as_claim()

    for name, value in case["claim"].items():
        assert getattr(claim, name) == (value if value is None else pytest.approx(value))
    if "measured" in case:
        services.assess_target(make_member(target.workspace), target, source="map", **case["measured"])
        state = queries.state_of(
            queries.find_target(make_member(target.workspace), target.workspace, target.code), 2030
        )
        assert state.progress is not None
        assert state.progress.outcome is not None
        assert state.progress.outcome.progress == pytest.approx(case["outcome"])


def test_they_share_land_once_and_by_bounds() -> None:
    alpha = make_country("alpha")
    for case in CASES:
        hold(alpha, case)

    found = queries.shared_land(queries.targets_of(make_member(alpha), alpha)).found

    assert "R7" in found.without_shape, "an envelope is no treated land"
    assert found.left_out == (), "a national target without an area is in no sum"
    exact = {each.target_id: each.full_km2 for each in found.targets}
    assert exact == {"R2": pytest.approx(123.09, abs=0.01), "R6": pytest.approx(99.70, abs=0.01)}
    assert found.upper_km2 == pytest.approx(found.unique_km2 + 35 + 1348.27 + 5132.78)


def test_they_go_out_and_come_back(tmp_path: Path) -> None:
    alpha = make_country("alpha")
    for case in CASES:
        hold(alpha, case)
    focal = make_member(alpha)
    path = tmp_path / "targets.xlsx"
    path.write_bytes(export_targets(focal, alpha, "xlsx"))

    assert {each.kind for each in plan_of(focal, stage_import(focal, alpha, path))} == {"same"}


def test_the_first_version_of_a_revised_target_stays_visible() -> None:
    target = hold(make_country("alpha"), CASES[-1])

    assert [(row.version, row.target_value, row.start_value) for row in target.history.order_by("version")] == [
        (1, 20, 100),
        (2, 15, 100),
    ]
