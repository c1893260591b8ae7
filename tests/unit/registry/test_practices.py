"""Practices: codes of the field, search, history, who may."""

import pytest

from landbalance.core.codelists import code_list
from landbalance.core.errors import AccessError, InputError
from landbalance.registry.practices.models import Practice
from landbalance.registry.practices.queries import catalogue, practices_of
from landbalance.registry.practices.services import add_practice, change_practice, remove_practice
from landbalance.registry.records import ConflictError
from landbalance.registry.workspaces.models import Role
from people import make_country, make_member

pytestmark = pytest.mark.django_db
ZAI = {
    "code": "zai",
    "name": "Zaï pits",
    "groups": ["water_harvesting"],
    "measures": ["S4"],
    "goal": "restore_rehabilitate",
}


def test_the_catalogue_has_the_groups_and_measures_of_the_field() -> None:
    assert len(code_list("slm_groups").items) == 26
    assert [each.code for each in catalogue("gully")] == []
    assert "Wg" in [each.code for each in catalogue("gullies")]
    assert {each.list_id for each in catalogue("terraces")} == {"slm_measures"}


def test_a_practice_is_found_by_words_and_by_code() -> None:
    alpha = make_country("alpha")
    person = make_member(alpha, Role.TECHNICIAN)
    zai = add_practice(person, alpha, ZAI)
    add_practice(person, alpha, {"code": "fence", "name": "Area closure", "measures": ["A1"]})

    assert list(practices_of(person, alpha, "pits")) == [zai]
    assert list(practices_of(person, alpha, measures="S4")) == [zai]
    assert list(practices_of(person, alpha, measures="S")) == []
    assert zai.response() == "reverse"


@pytest.mark.parametrize(
    ("field", "value"),
    [("groups", ["magic"]), ("measures", ["Z9"]), ("impacts", {"soil": 4}), ("impacts", {"luck": 1}), ("goal", "none")],
)
def test_codes_that_no_list_has_are_refused(field: str, value: object) -> None:
    alpha = make_country("alpha")

    with pytest.raises(InputError):
        add_practice(make_member(alpha), alpha, {**ZAI, field: value})
    assert not Practice.objects.exists()


def test_fields_that_nobody_may_set_are_refused() -> None:
    alpha = make_country("alpha")

    with pytest.raises(InputError, match="created_by is no field"):
        add_practice(make_member(alpha), alpha, {**ZAI, "created_by": None})


def test_a_change_made_from_an_old_version_is_refused() -> None:
    alpha = make_country("alpha")
    person = make_member(alpha)
    practice = add_practice(person, alpha, ZAI)
    change_practice(person, practice, {"name": "Zaï"}, expected=1)

    with pytest.raises(ConflictError):
        change_practice(person, Practice.objects.get(), {"name": "Pits"}, expected=1)
    assert Practice.objects.get().name == "Zaï"


def test_what_is_removed_is_seen_by_nobody_and_kept_in_its_history() -> None:
    alpha = make_country("alpha")
    person = make_member(alpha)
    practice = add_practice(person, alpha, ZAI)

    with pytest.raises(AccessError):
        remove_practice(make_member(alpha, Role.TECHNICIAN), practice)
    remove_practice(person, practice)

    assert not practices_of(person, alpha).exists()
    assert practice.history.count() == 2
