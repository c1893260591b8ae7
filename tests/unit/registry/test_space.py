"""Pieces of land are found by box, alike on both databases."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landbalance.registry.space import SpatialIndex
from landbalance.registry.targets import services
from landbalance.registry.targets.models import Target, TargetArea
from people import make_country, make_member
from target_rows import box, target_row

pytestmark = pytest.mark.django_db
SIDES = st.tuples(*(st.integers(-60, 60) for _ in range(2)), *(st.integers(1, 20) for _ in range(2)))


def rectangle(sides: tuple[int, int, int, int]) -> tuple[float, float, float, float]:
    west, south, width, height = (side / 7 for side in sides)
    return west, south, west + width, south + height


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(SIDES, max_size=12), asked=SIDES)
def test_the_index_finds_what_a_look_at_every_box_finds(
    pieces: list[tuple[int, int, int, int]], asked: tuple[int, int, int, int]
) -> None:
    target = Target.objects.create(workspace=make_country(f"w{Target.objects.count()}"), code="T", title="T")
    rows = [TargetArea(target=target, **TargetArea.values_of(box(*rectangle(each)).geometry)) for each in pieces]
    TargetArea.objects.bulk_create(rows)
    west, south, east, north = rectangle(asked)
    meets = [e for e in rows if e.east >= west and e.west <= east and e.north >= south and e.south <= north]

    found = SpatialIndex(TargetArea).touching((west, south, east, north)).filter(target=target)

    assert sorted(piece.pk for piece in found) == sorted(piece.pk for piece in meets)


def test_the_index_follows_changes_and_deletions() -> None:
    alpha = make_country("alpha")
    target = services.add_target(make_member(alpha), alpha, target_row(), pieces=[box(0, 0, 1, 1)])
    piece = target.areas.get()
    index = SpatialIndex(TargetArea)
    for name, value in TargetArea.values_of(box(10, 10, 11, 11).geometry).items():
        setattr(piece, name, value)
    piece.save()

    assert list(index.touching((0, 0, 1, 1))) == []
    assert list(index.touching((10.5, 10.5, 12, 12))) == [piece]
    piece.delete()
    assert list(index.touching((10.5, 10.5, 12, 12))) == []


def test_the_database_uses_its_index() -> None:
    found = SpatialIndex(TargetArea).touching((0, 0, 1, 1))
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET enable_seqscan = off")
    said = found.explain()

    assert "targets_targetarea_box" in said or "VIRTUAL TABLE INDEX" in said


def test_an_area_comes_back_as_it_was_drawn() -> None:
    alpha = make_country("alpha")
    drawn = box(0.1, 0.2, 0.30000000000000004, 0.7)

    target = services.add_target(make_member(alpha), alpha, target_row(), pieces=[drawn])

    piece = target.areas.get()
    assert piece.geometry.equals_exact(drawn.geometry, 0)
    assert piece.area_km2 == drawn.area_km2
