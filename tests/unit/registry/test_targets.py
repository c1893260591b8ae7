"""Targets through their life: written, changed, revised, moved, brought back."""

from datetime import date

import pytest

from landbalance.core.codelists import code_list
from landbalance.core.errors import AccessError, InputError, NotFoundError, RuleError
from landbalance.registry.actions import services as action_services
from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.consents.services import add_consent
from landbalance.registry.records import ConflictError, find
from landbalance.registry.review import delete_record, deleted_records, differences, move_record, restore_record
from landbalance.registry.targets import queries, services
from landbalance.registry.targets.checks import missing_words
from landbalance.registry.targets.models import Target
from landbalance.registry.workspaces.models import Role, Workspace
from people import make_country, make_member
from target_rows import action_row, box, target_row, whole_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def alpha() -> Workspace:
    return make_country("alpha")


def adopted(alpha: Workspace, code: str = "T1", **fields: object) -> Target:
    """Return a target that is in implementation."""
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, whole_row(code, **fields))
    for stage in ("proposed", "consulted", "validated", "adopted", "in_implementation"):
        services.move_target(focal, target, stage)
    return target


def test_a_technician_writes_a_target_and_civil_society_does_not(alpha: Workspace) -> None:
    target = services.add_target(make_member(alpha, Role.TECHNICIAN), alpha, target_row())

    assert (target.version, target.revision, target.stage, target.state) == (1, 1, "idea", "draft")
    with pytest.raises(AccessError):
        services.add_target(make_member(alpha, Role.CIVIL_SOCIETY), alpha, target_row("T2"))


@pytest.mark.parametrize(("decision", "waits"), [("withheld", True), ("pending", True), ("given", False)])
def test_a_target_on_a_territory_waits_for_the_consent_of_its_people(
    alpha: Workspace, decision: str, waits: bool
) -> None:
    focal, steward = make_member(alpha), make_member(alpha, Role.COMMUNITY_STEWARD)
    scope = {"type": "Polygon", "coordinates": [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]}
    values = {"code": "F1", "title": "Land", "kind": "collective_fpic", "scope": scope, "decision": decision}
    add_consent(steward, alpha, values)
    target = services.add_target(focal, alpha, whole_row(area_semantics="envelope"), pieces=[box(1, 1, 3, 3)])
    for stage in ("proposed", "consulted", "validated"):
        services.move_target(focal, target, stage)

    if waits:
        with pytest.raises(RuleError, match="has not given its consent"):
            services.move_target(focal, target, "adopted")
    else:
        services.move_target(focal, target, "adopted")


def test_a_code_is_given_once(alpha: Workspace) -> None:
    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row())

    with pytest.raises(InputError, match="already a target T1"):
        services.add_target(focal, alpha, target_row())


def test_a_change_keeps_the_old_version_in_words(alpha: Workspace) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row())

    services.edit_target(focal, target, target_row(declared_area=9500))

    assert [(field.name, old, new) for field, old, new in differences(target, 1, 2)] == [("declared_area", 9000, 9500)]


def test_the_slower_of_two_editors_overwrites_nothing(alpha: Workspace) -> None:
    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row())
    first, second = (queries.find_target(focal, alpha, "T1") for _ in range(2))
    services.edit_target(focal, first, target_row(title="Mine"), expected=1)

    with pytest.raises(ConflictError) as raised:
        services.edit_target(focal, second, target_row(title="Theirs"), expected=1)

    assert raised.value.theirs.title == "Mine"
    assert queries.find_target(focal, alpha, "T1").title == "Mine"


def test_a_stage_says_what_it_still_needs(alpha: Workspace) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row())

    with pytest.raises(RuleError, match=r"Write the target in a sentence.*Name the body that leads"):
        services.move_target(focal, target, "proposed")

    assert target.stage == "idea"


def test_a_validated_target_is_revised_and_not_changed(alpha: Workspace) -> None:
    target, focal = adopted(alpha), make_member(alpha)

    with pytest.raises(RuleError, match="revise it"):
        services.edit_target(focal, target, whole_row(declared_area=10_000))
    services.revise_target(
        focal, target, whole_row(declared_area=10_000), reason="ambition_up", text="More funds came in."
    )

    assert (target.revision, target.stage, target.declared_area) == (2, "revised", 10_000)
    assert ("adopted", "in_implementation") in [(event.old, event.new) for event in target.events.all()]
    assert target.events.last().new == "revised"


def test_a_revision_needs_a_reason(alpha: Workspace) -> None:
    with pytest.raises(RuleError, match="needs a reason"):
        services.revise_target(make_member(alpha), adopted(alpha), whole_row(), reason="ambition_up", text=" ")


def test_a_technician_of_another_country_revises_nothing(alpha: Workspace) -> None:
    target, stranger = adopted(alpha), make_member(make_country("beta"))

    with pytest.raises(AccessError):
        services.revise_target(stranger, target, whole_row(), reason="reworded", text="x")
    with pytest.raises(NotFoundError):
        find(Target, stranger, workspace=alpha, code="T1")


def test_a_target_about_outcomes_is_not_achieved_by_deeds_alone(alpha: Workspace) -> None:
    focal = make_member(alpha)
    target = adopted(alpha, target_type="area_outcome")
    deeds = target.assessments.create(revision=1, year=2026, source="field report", by=focal)

    with pytest.raises(RuleError, match="more than what was done"):
        services.move_target(focal, target, "achieved", why="All planted.", assessment=deeds)
    outcome = services.assess_target(focal, target, year=2026, source="map of 2026", outcome_km2=95.0)
    services.move_target(focal, target, "achieved", why="All improved.", assessment=outcome)

    assert target.is_final
    assert target.next_stages() == ()


def test_an_end_needs_a_persons_word_and_an_assessment(alpha: Workspace) -> None:
    with pytest.raises(RuleError, match=r"Sign it off.*assessment"):
        services.move_target(make_member(alpha), adopted(alpha), "not_achieved")


def test_a_postponed_target_has_a_later_year(alpha: Workspace) -> None:
    target, focal = adopted(alpha), make_member(alpha)

    with pytest.raises(RuleError, match="later target year"):
        services.move_target(focal, target, "extended_or_postponed", why="Drought", target_year=2030)
    services.move_target(focal, target, "extended_or_postponed", why="Drought", target_year=2033)

    assert target.target_year == 2033
    assert queries.state_of(services.add_target(focal, alpha, target_row("T9"))).progress is None


@pytest.mark.parametrize("stage", code_list("target_lifecycle").codes)
def test_no_stage_leads_where_the_list_does_not(alpha: Workspace, stage: str) -> None:
    target = Target(workspace=alpha, code="T1", title="x", stage=stage)

    for to in code_list("target_lifecycle").codes:
        if to not in target.next_stages():
            with pytest.raises(RuleError):
                target.step(to)


def test_an_earlier_version_comes_back_with_its_area(alpha: Workspace) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row(), pieces=[box(0, 0, 1, 1)])
    services.edit_target(focal, target, target_row(title="Moved", spatial_mode="polygon"), pieces=[box(5, 5, 6, 6)])
    assert [piece.bounds for piece in target.shapes()] == [(5, 5, 6, 6)]
    assert [piece.bounds for piece in target.shapes(1)] == [(0, 0, 1, 1)]

    services.revert_target(target, focal, 1, reason="The move was a mistake.")

    assert target.title == "Better pasture"
    assert target.version == 3
    assert [piece.bounds for piece in target.shapes()] == [(0, 0, 1, 1)]
    assert [piece.bounds for piece in target.shapes(2)] == [(5, 5, 6, 6)]


def test_an_area_that_stays_is_not_written_again(alpha: Workspace) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row(), pieces=[box(0, 0, 1, 1)])

    services.edit_target(focal, target, target_row(title="New", spatial_mode="polygon"), pieces=[box(0, 0, 1, 1)])

    assert target.areas.count() == 1


def test_review_goes_from_draft_to_submitted_and_every_step_is_kept(alpha: Workspace) -> None:
    technician, reviewer, focal = (
        make_member(alpha, role) for role in (Role.TECHNICIAN, Role.REVIEWER, Role.FOCAL_POINT)
    )
    target = services.add_target(technician, alpha, target_row())

    move_record(technician, target, "review")
    with pytest.raises(AccessError):
        move_record(technician, target, "approved")
    move_record(reviewer, target, "approved")
    move_record(focal, target, "submitted")

    acts = list(AuditEvent.objects.values_list("act", flat=True))
    assert acts == ["targets.added", "records.review", "records.approved", "records.submitted"]


def test_what_goes_back_goes_with_a_reason(alpha: Workspace) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row())
    move_record(focal, target, "review")

    with pytest.raises(RuleError, match="with a reason"):
        move_record(focal, target, "draft")
    move_record(focal, target, "draft", reason="Give the unit.")

    assert target.state == "draft"
    assert target.history.first().history_change_reason == "Give the unit."


def test_what_is_put_away_is_gone_and_comes_back(alpha: Workspace) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row())
    delete_record(focal, target, reason="Set twice.")

    assert list(queries.targets_of(focal, alpha)) == []
    assert deleted_records(focal, alpha) == [target]
    with pytest.raises(InputError, match="bring it back"):
        services.add_target(focal, alpha, target_row())
    restore_record(focal, alpha, "target", str(target.pk))

    assert list(queries.targets_of(focal, alpha)) == [target]


def test_only_the_focal_point_puts_records_away(alpha: Workspace) -> None:
    target = services.add_target(make_member(alpha), alpha, target_row())

    with pytest.raises(AccessError):
        delete_record(make_member(alpha, Role.TECHNICIAN), target, reason="x")


def test_parts_of_provinces_add_up_or_are_refused(alpha: Workspace) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row())

    with pytest.raises(RuleError, match=r"-10\.00 km2 off"):
        services.share_target(focal, target, {"North": 50.0, "South": 30.0})
    services.share_target(focal, target, {"North": 50.0, "South": 40.0})

    assert target.shares == [["North", 50.0], ["South", 40.0]]


def test_a_target_stands_under_no_target_below_it(alpha: Workspace) -> None:
    focal = make_member(alpha)
    one, two = (services.add_target(focal, alpha, target_row(code)) for code in ("T1", "T2"))
    services.place_target(focal, two, parent="T1")

    with pytest.raises(RuleError, match="under itself"):
        services.place_target(focal, one, parent="T2")


def test_typed_and_drawn_areas_are_compared(alpha: Workspace) -> None:
    focal = make_member(alpha)
    drawn = box(0, 0, 0.1, 0.1)  # 123.09 km2 on the ellipsoid
    fits = services.add_target(focal, alpha, target_row("T1", declared_area=12_400), pieces=[drawn])
    off = services.add_target(focal, alpha, target_row("T2", declared_area=9000), pieces=[drawn])
    inside = services.add_target(
        focal, alpha, target_row("T3", declared_area=3500, area_semantics="envelope"), pieces=[drawn]
    )
    beyond = services.add_target(
        focal, alpha, target_row("T4", declared_area=35_000, area_semantics="envelope"), pieces=[drawn]
    )

    doubts = {
        each.code: [word for word in missing_words(each) if "area" in word.lower()]
        for each in (fits, off, inside, beyond)
    }

    assert doubts["T1"] == doubts["T3"] == []
    assert "differ by more than 2 %" in doubts["T2"][0]
    assert "More area is promised" in doubts["T4"][0]


def test_actions_count_each_piece_of_land_once(alpha: Workspace) -> None:
    focal = make_member(alpha)
    target = services.add_target(focal, alpha, target_row(declared_area=20_000))
    for code in ("A1", "A2"):
        action = action_services.add_action(focal, alpha, action_row(code, targets="T1"), pieces=[box(0, 0, 0.1, 0.1)])
        action_services.report_progress(focal, action, day=date(2024, 6, 1), done_ha=8000)

    state = queries.state_of(queries.find_target(focal, alpha, "T1"), 2025)

    assert state.progress is not None
    assert state.progress.action is not None
    assert state.progress.action.progress == pytest.approx(123.09 / 200, abs=1e-3)  # 160 km2 reported on 123.09 km2
    assert target.stage == "idea"
