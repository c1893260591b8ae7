"""Colours that can be told apart with any colour vision, or are listed as those that cannot (platform 1.3)."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from landbalance.core.errors import NotFoundError
from landbalance.core.palettes import palette, palette_names

LIMIT = 10.0
# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB
VISIONS = {
    "normal": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]])
WHITE = np.array([0.95047, 1.0, 1.08883])


def seen(colour: str, vision: str) -> tuple[float, float, float]:
    """Return the CIELAB colour that a person with this vision sees."""
    coded = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    x = XYZ @ np.clip(np.array(VISIONS[vision]) @ linear, 0, 1) / WHITE
    f = np.where(x > 216 / 24389, np.cbrt(x), (24389 / 27 * x + 16) / 116)
    return float(116 * f[1] - 16), float(500 * (f[0] - f[1])), float(200 * (f[1] - f[2]))


def ciede2000(first: tuple[float, float, float], second: tuple[float, float, float]) -> float:
    """Return the CIEDE2000 distance of two CIELAB colours (Sharma, Wu and Dalal 2005)."""
    (l1, a1, b1), (l2, a2, b2) = first, second
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * stretch)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    middle = h1 + h2 if c1 * c2 == 0 else (h1 + turn / 2) % 360
    lightness, chroma, hue = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2))
    level, c = (l1 + l2) / 2, (c1 + c2) / 2
    waves = ((0.17, 1, -30, -1), (0.24, 2, 0, 1), (0.32, 3, 6, 1), (0.2, 4, -63, -1))
    t = 1 + sum(sign * size * np.cos(np.radians(times * middle + shift)) for size, times, shift, sign in waves)
    s_l = 1 + 0.015 * (level - 50) ** 2 / np.sqrt(20 + (level - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c, 1 + 0.015 * c * t
    rotation = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((middle - 275) / 25) ** 2))))
    parts = np.array([lightness / s_l, chroma / s_c, hue / s_h])
    return float(np.sqrt(parts @ parts + rotation * parts[1] * parts[2]))


def distances(name: str) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Return the distance of each pair of classes for each vision."""
    pairs = combinations(palette(name).swatches, 2)
    return {
        (one.code, two.code): np.array(
            [ciede2000(seen(one.colour, vision), seen(two.colour, vision)) for vision in VISIONS]
        )
        for one, two in pairs
    }


def test_the_distance_is_that_of_the_published_test_data() -> None:
    published = [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, -1.0, 2.0), (50.0, 0.0, 0.0), 2.3669),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
        ((22.7233, 20.0904, -46.694), (23.0331, 14.973, -42.5619), 2.0373),
    ]

    assert [round(ciede2000(one, two), 4) for one, two, _ in published] == [value for *_, value in published]


@pytest.mark.parametrize(
    ("name", "smallest"),
    [("status", [53, 45, 34, 54]), ("lpd", [20, 17, 14, 18]), ("condition", [14, 10, 9, 10])],
)
def test_distances_agree_with_the_measured_table(name: str, smallest: list[int]) -> None:
    found = np.min(list(distances(name).values()), axis=0)

    assert np.round(found).tolist() == smallest


@pytest.mark.parametrize("name", palette_names())
def test_every_close_pair_is_listed(name: str) -> None:
    close = {pair for pair, found in distances(name).items() if found.min() < LIMIT}

    assert close == set(palette(name).close)


def test_the_safe_land_cover_has_no_close_pair() -> None:
    assert min(found.min() for found in distances("land_cover_safe").values()) > 15
    assert palette("land_cover_safe").colour(6) == "#B48515"
    assert palette("land_cover").colour(6) == "#FFF3D7"


def test_an_unknown_palette_is_not_found() -> None:
    with pytest.raises(NotFoundError, match="no palette"):
        palette("rainbow")
