"""Many people at one record at once (F06): accepted changes are as many as versions, and the others are told."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections

from landbalance.registry.records import ConflictError
from landbalance.registry.targets import services
from landbalance.registry.targets.models import Target
from people import make_country, make_member
from target_rows import target_row

PEOPLE, EDITS = 4, 6


@pytest.mark.django_db(transaction=True)
def test_no_change_is_lost_when_many_write_at_once() -> None:
    if connection.vendor == "sqlite" and "memory" in str(connection.settings_dict["NAME"]):
        pytest.skip("a database in memory has one connection; walked by tests/journeys/test_faults.py")
    alpha = make_country("alpha")
    focal = make_member(alpha)
    services.add_target(focal, alpha, target_row())

    def write(number: int) -> int:
        accepted = 0
        try:
            for _ in range(EDITS):
                target = Target.objects.get(code="T1")
                try:
                    services.edit_target(focal, target, target_row(title=f"by {number}"), expected=target.version)
                    accepted += 1
                except ConflictError:
                    continue
        finally:
            connections.close_all()
        return accepted

    with ThreadPoolExecutor(PEOPLE) as pool:
        accepted = sum(pool.map(write, range(PEOPLE)))

    target = Target.objects.get(code="T1")
    assert target.version == 1 + accepted
    assert target.history.count() == target.version
