"""The chain of acts shows what was changed, removed or put in."""

import pytest

from landbalance.registry.audit.models import AuditEvent
from landbalance.registry.audit.services import first_broken, record
from people import make_country, make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def chain() -> list[AuditEvent]:
    alpha = make_country("alpha")
    person = make_member(alpha)
    return [record(person, "targets.approve", f"T{number}", workspace=alpha, number=number) for number in range(5)]


def test_an_untouched_chain_is_whole(chain: list[AuditEvent]) -> None:
    assert first_broken() is None


@pytest.mark.parametrize("change", [{"subject": "T9"}, {"detail": {}}, {"actor_name": "somebody"}, {"act": "none"}])
def test_a_changed_row_is_named(chain: list[AuditEvent], change: dict[str, object]) -> None:
    AuditEvent.objects.filter(pk=chain[2].pk).update(**change)

    assert first_broken() == chain[2]


def test_a_removed_row_is_noticed_at_the_next(chain: list[AuditEvent]) -> None:
    AuditEvent.objects.filter(pk=chain[2].pk).delete()

    assert first_broken() == chain[3]
