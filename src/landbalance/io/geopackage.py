"""Write polygons as a GeoPackage that is the same bytes each time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import numpy as np
import pyogrio
import shapely
from shapely.geometry.base import BaseGeometry

from landbalance.io.files import whole_file

DATED = "2026-01-01T00:00:00.000Z"  # GeoPackages note when they were changed
ONE_DATE = Lock()


def write_geopackage(
    path: Path, layer: str, geometries: Sequence[BaseGeometry], columns: Mapping[str, Sequence[str]], *, about: str = ""
) -> None:
    """Write polygons in longitude and latitude.

    Parameters
    ----------
    path : Path
    layer : str
        Name of the layer.
    geometries : sequence of shapely geometry
        Polygons and multipolygons; all become multipolygons.
    columns : mapping of str to sequence of str
        Text columns, one value for each geometry.
    about : str
        Description of the layer.

    Raises
    ------
    DiskError
        If the file cannot be written.
    """
    whole = [shapely.MultiPolygon([each]) if each.geom_type == "Polygon" else each for each in geometries]
    with _dated(), whole_file(path) as temporary:
        temporary.unlink()  # the driver opens what exists
        pyogrio.raw.write(
            temporary,
            np.array(shapely.to_wkb(whole), dtype=object),
            [np.array(list(values), dtype=object) for values in columns.values()],
            list(columns),
            driver="GPKG",
            layer=layer,
            geometry_type="MultiPolygon",
            crs="EPSG:4326",
            layer_options={"DESCRIPTION": about} if about else {},
        )


@contextmanager
def _dated() -> Iterator[None]:
    """Give every file the same date; the driver knows one date for the whole process, so threads take turns."""
    with ONE_DATE:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": DATED})
        try:
            yield
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
