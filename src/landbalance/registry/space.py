"""Pieces of land in the records: geometry as WKB with its area and box, and one index to find them by box.

The index is an R*Tree on SQLite and a GiST index on boxes on PostgreSQL; nothing else knows the difference.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import shapely
from django.db import connection, migrations, models
from django.db.models.expressions import RawSQL
from shapely.geometry.base import BaseGeometry

from landbalance.io.shapes import area_km2

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

Box = tuple[float, float, float, float]  # west, south, east, north [degrees]


class Piece(models.Model):
    """A piece of land of a record, in force from one version of it until another."""

    name = models.CharField(max_length=200, blank=True)
    wkb = models.BinaryField()
    area_km2 = models.FloatField()
    west = models.FloatField()
    south = models.FloatField()
    east = models.FloatField()
    north = models.FloatField()
    since = models.PositiveIntegerField(default=1)
    until = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def geometry(self) -> BaseGeometry:
        """Return the polygon or multipolygon, in longitude and latitude."""
        return shapely.from_wkb(bytes(self.wkb))

    @classmethod
    def values_of(cls, geometry: BaseGeometry) -> dict[str, Any]:
        """Return the columns of a geometry in longitude and latitude."""
        west, south, east, north = geometry.bounds
        return {
            "wkb": shapely.to_wkb(geometry, output_dimension=2, byte_order=1),
            "area_km2": area_km2(geometry),
            **{"west": west, "south": south, "east": east, "north": north},
        }


def digest_of(pieces: Iterable[BaseGeometry]) -> str:
    """Return what tells one set of pieces from another, however they are grouped."""
    areas = [part for each in pieces for part in shapely.get_parts(each)]
    parts = sorted(shapely.to_wkb(shapely.normalize(each), output_dimension=2, byte_order=1) for each in areas)
    return hashlib.sha256(b"".join(parts)).hexdigest() if parts else ""


class SpatialIndex:
    """Finds pieces by box.

    Parameters
    ----------
    model : type of Piece
        Whose table is indexed; its migration makes the index with `index_operation`.
    """

    def __init__(self, model: type[Piece]) -> None:
        self._model = model

    def touching(self, box: Box) -> "models.QuerySet[Any]":
        """Return the pieces whose box meets a box, edges included."""
        west, south, east, north = box
        near = (ON_POSTGRESQL if connection.vendor == "postgresql" else ON_SQLITE).format(
            table=self._model._meta.db_table
        )
        ids = RawSQL(near, [east, north, west, south])  # noqa: S611 - the table is ours, the numbers are parameters
        exact = {"east__gte": west, "west__lte": east, "north__gte": south, "south__lte": north}
        return self._model._base_manager.filter(pk__in=ids, **exact)


def index_operation(table: str) -> migrations.RunPython:
    """Return the operation of a migration that makes the index of a table of pieces, and takes it away again.

    A later migration that changes the table runs it again: SQLite drops the triggers with the old table.
    """
    return migrations.RunPython(_run(MAKE, table), _run(DROP, table))


ON_SQLITE = "SELECT id FROM {table}_box WHERE west <= %s AND south <= %s AND east >= %s AND north >= %s"
ON_POSTGRESQL = (
    "SELECT id FROM {table} WHERE box(point(east, north), point(west, south)) && box(point(%s, %s), point(%s, %s))"
)
MAKE = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS {table}_box USING rtree(id, west, east, south, north)",
        "DELETE FROM {table}_box",
        "INSERT INTO {table}_box SELECT id, west, east, south, north FROM {table}",
        "DROP TRIGGER IF EXISTS {table}_box_in",
        "DROP TRIGGER IF EXISTS {table}_box_on",
        "DROP TRIGGER IF EXISTS {table}_box_out",
        "CREATE TRIGGER {table}_box_in AFTER INSERT ON {table} BEGIN "
        "INSERT INTO {table}_box VALUES (new.id, new.west, new.east, new.south, new.north); END",
        "CREATE TRIGGER {table}_box_on AFTER UPDATE OF id, west, east, south, north ON {table} BEGIN "
        "DELETE FROM {table}_box WHERE id = old.id; "
        "INSERT INTO {table}_box VALUES (new.id, new.west, new.east, new.south, new.north); END",
        "CREATE TRIGGER {table}_box_out AFTER DELETE ON {table} BEGIN DELETE FROM {table}_box WHERE id = old.id; END",
    ),
    "postgresql": (
        "CREATE INDEX IF NOT EXISTS {table}_box ON {table} USING gist (box(point(east, north), point(west, south)))",
    ),
}
DROP = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS {table}_box_in",
        "DROP TRIGGER IF EXISTS {table}_box_on",
        "DROP TRIGGER IF EXISTS {table}_box_out",
        "DROP TABLE IF EXISTS {table}_box",
    ),
    "postgresql": ("DROP INDEX IF EXISTS {table}_box",),
}


def _run(statements: dict[str, tuple[str, ...]], table: str) -> "Callable[[Apps, BaseDatabaseSchemaEditor], None]":
    """Return what runs the statements of the database in use."""

    def run(apps: "Apps", editor: "BaseDatabaseSchemaEditor") -> None:
        for statement in statements[editor.connection.vendor]:
            editor.execute(statement.format(table=table))

    return run
