"""Names in archives: which stay in their folder, whatever system unpacks them."""

import ntpath
import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbalance.io.archives import leads_out

PARTS = st.sampled_from(["a", "b.tif", "..", ".", "", "c:", "\\", "/", "..\\", "\0", "\n", "é"])


@pytest.mark.parametrize("name", ["a.tif", "a/b.tif", "./a", "a\\b.tif", "données/sol.tif"])
def test_plain_names_stay(name: str) -> None:
    assert not leads_out(name)


@pytest.mark.parametrize(
    "name", ["", ".", "/a", "\\a", "../a", "a/../../b", "a\\..\\..\\b", "c:\\a", "c:a", "//server/a", "a\0b", "a:b"]
)
def test_names_that_lead_out_are_told(name: str) -> None:
    assert leads_out(name)


@given(st.lists(PARTS, max_size=6), st.sampled_from(["/", "\\", ""]))
def test_what_passes_stays_below_its_folder_on_every_system(parts: list[str], between: str) -> None:
    name = between.join(parts)
    if not leads_out(name):
        assert posixpath.normpath(posixpath.join("/home/here", name)).startswith("/home/here/")
        assert ntpath.normpath(ntpath.join("D:\\home\\here", name)).startswith("D:\\home\\here\\")
