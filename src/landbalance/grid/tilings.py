"""Which tiles of a public data set a box needs, and where each lies: the naming rules of the producers as functions.

A tile is known by the name its producer gives it. Boxes are (west, south, east, north) [degrees]; east may be beyond
180, or west below -180, where a country lies across that line.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from landbalance.core.errors import NotFoundError
from landbalance.grid.grid import Bounds

SIN_RADIUS = 6371007.181
SIN_TILE = 1111950.5197665
SIN_WEST, SIN_NORTH = -20015109.355798, 10007554.677899
EDGE = 1e-9  # degrees: a tile that is only touched is not needed


@dataclass(frozen=True, order=True)
class SourceTile:
    """One tile of a data set: its name, its north-west corner and its side [unit of the set's CRS].

    `turn` is added to its longitudes, so that they go on where the box does: 0, 360 or -360; 0 for tiles in metres.
    """

    name: str
    west: float
    north: float
    side: float
    turn: float = 0.0

    @property
    def bounds(self) -> Bounds:
        """Return its edges, turned."""
        return (self.west + self.turn, self.north - self.side, self.west + self.turn + self.side, self.north)


Namer = Callable[[int, int], str]  # longitude and latitude of the corner a name states


def tiles_of(tiling: str, boxes: Iterable[Bounds]) -> tuple[SourceTile, ...]:
    """Return the tiles that some boxes meet, by name.

    Parameters
    ----------
    tiling : str
        Naming rule: one of `TILINGS`.
    boxes : iterable of (west, south, east, north)
        In degrees, of every rule.

    Raises
    ------
    NotFoundError
        If there is no such rule.

    Examples
    --------
    >>> [tile.name for tile in tiles_of("ll45", [(33.9, -4.7, 41.9, 5.5)])]
    ['N00E000', 'S45E000']
    """
    if tiling not in TILINGS:
        raise NotFoundError(
            "no tiling is called {name}", name=tiling, hint="known are {known}", known=", ".join(TILINGS)
        )
    found = {tile for box in boxes for tile in TILINGS[tiling](box)}
    return tuple(sorted(found))


def pieces_within_180(box: Bounds) -> tuple[tuple[Bounds, float], ...]:
    """Return a box in longitudes from -180 to 180: one piece or two, each with the turn that leads back.

    Examples
    --------
    >>> pieces_within_180((177.0, -20.0, 182.0, -12.0))
    (((177.0, -20.0, 180.0, -12.0), 0.0), ((-180.0, -20.0, -178.0, -12.0), 360.0))
    """
    west, south, east, north = box
    found = []
    for turn in (0.0, 360.0, -360.0):
        left, right = max(west - turn, -180.0), min(east - turn, 180.0)
        if right > left:
            found.append(((left, south, right, north), turn))
    return tuple(found)


def sinusoidal(longitude: float, latitude: float) -> tuple[float, float]:
    """Return x and y [m] of a place on the sphere of the MODIS grid.

    Examples
    --------
    >>> sinusoidal(0.0, 0.0)
    (0.0, 0.0)
    """
    phi = math.radians(latitude)
    return SIN_RADIUS * math.radians(longitude) * math.cos(phi), SIN_RADIUS * phi


def sinusoidal_bounds(box: Bounds) -> Bounds:
    """Return the smallest box in MODIS metres that holds a box in degrees within -180 to 180.

    Examples
    --------
    >>> [round(edge) for edge in sinusoidal_bounds((0.0, 0.0, 10.0, 60.0))]
    [0, 0, 1111951, 6671703]
    """
    west, south, east, north = box
    latitudes = [south, north, *([0.0] if south < 0 < north else [])]
    easts = [sinusoidal(longitude, latitude)[0] for longitude in (west, east) for latitude in latitudes]
    return (min(easts), sinusoidal(0, south)[1], max(easts), sinusoidal(0, north)[1])


def _modis_sin(box: Bounds) -> Iterator[SourceTile]:
    """Yield the MODIS tiles, row by row: the tiles are slanted in longitude, so each row has a range of its own."""
    for (west, south, east, north), _ in pieces_within_180(box):
        first, last = (math.floor((90.0 - edge) / 10.0) for edge in (north - EDGE, south + EDGE))
        for row in range(max(first, 0), min(last, 17) + 1):
            low, high = max(south, 80.0 - 10.0 * row), min(north, 90.0 - 10.0 * row)
            left, _, right, _ = sinusoidal_bounds((west, low, east, high))
            for col in range(_sin_column(left + EDGE), _sin_column(right - EDGE) + 1):
                corner = SIN_WEST + col * SIN_TILE, SIN_NORTH - row * SIN_TILE
                yield SourceTile(f"h{col:02d}v{row:02d}", *corner, SIN_TILE)


def _sin_column(x: float) -> int:
    """Return the MODIS column of an easting."""
    return min(max(math.floor((x - SIN_WEST) / SIN_TILE), 0), 35)


def _squares(side: int, name: Namer, *, by_top: bool) -> Callable[[Bounds], Iterator[SourceTile]]:
    """Return the rule of square tiles in degrees that are named by their south-west or north-west corner."""

    def tiles(box: Bounds) -> Iterator[SourceTile]:
        for (west, south, east, north), turn in pieces_within_180(box):
            for lon in _steps(west, east, side, -180):
                for lat in _steps(south, north, side, -90):
                    corner = lat + side if by_top else lat
                    yield SourceTile(name(lon, corner), float(lon), float(lat + side), float(side), turn)

    return tiles


def _steps(low: float, high: float, side: int, start: int) -> range:
    """Return the lower edges of the tiles between two coordinates."""
    first = math.floor((low - start + EDGE) / side) * side + start
    return range(first, math.ceil(high - EDGE), side)


def _north(lat: int, width: int) -> str:
    """Return N05 or S05."""
    return f"{'S' if lat < 0 else 'N'}{abs(lat):0{width}d}"


def _east(lon: int, width: int) -> str:
    """Return E005 or W005."""
    return f"{'W' if lon < 0 else 'E'}{abs(lon):0{width}d}"


def _glad(lon: int, lat: int) -> str:
    """Return 00N_030E."""
    return f"{abs(lat):02d}{'S' if lat < 0 else 'N'}_{abs(lon):03d}{'W' if lon < 0 else 'E'}"


def _gsw(lon: int, lat: int) -> str:
    """Return 30E_0N."""
    return f"{abs(lon)}{'W' if lon < 0 else 'E'}_{abs(lat)}{'S' if lat < 0 else 'N'}"


def _ghsl(lon: int, lat: int) -> str:
    """Return R9_C22: row and column of ten degrees, counted from the north-west."""
    return f"R{(90 - lat) // 10 + 1}_C{(lon + 180) // 10 + 1}"


TILINGS: dict[str, Callable[[Bounds], Iterable[SourceTile]]] = {
    "ll45": _squares(45, lambda lon, lat: _north(lat, 2) + _east(lon, 3), by_top=False),
    "ll3_worldcover": _squares(3, lambda lon, lat: _north(lat, 2) + _east(lon, 3), by_top=False),
    "ll1_copdem": _squares(1, lambda lon, lat: f"{_north(lat, 2)}_00_{_east(lon, 3)}_00", by_top=False),
    "tl10_glad": _squares(10, _glad, by_top=True),
    "tl10_gsw": _squares(10, _gsw, by_top=True),
    "tl5_fcs30": _squares(5, lambda lon, lat: _east(lon, 1) + _north(lat, 1), by_top=True),
    "ghsl_rc": _squares(10, _ghsl, by_top=True),
    "modis_sin": _modis_sin,
}
