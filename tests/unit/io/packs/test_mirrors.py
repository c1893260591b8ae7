"""Mirrors: what they hold is lent and checked; one that lies, is old or not signed is told of once and not used."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from rasterio.transform import from_origin

from landbalance.core.errors import InputError, LandbalanceError, NotFoundError, SourceError
from landbalance.io.packs.cache import Cache
from landbalance.io.packs.line import Line
from landbalance.io.packs.mirror_index import INDEX, OBJECTS, SIGNATURE, make_key, public_of, read_key
from landbalance.io.packs.mirror_make import check_mirror, make_mirror
from landbalance.io.packs.mirrors import Trusted, checked_place, name_mirror, opened, read_mirrors
from landbalance.io.packs.public_file import Desk, PublicFile
from landbalance.io.packs.signing import Signer
from public_services import Answer, Bench, Local, files, serving
from testland import cog

HOST, PRIVATE = "data.worldpop.org", "storage.googleapis.com"
URL, GONE = f"https://{HOST}/a.tif", f"https://{HOST}/sea.tif"
CLOSED = f"https://{PRIVATE}/fao-maps-catalog-data/geonetwork/gsoc/GSOCmap/GSOCmap1.5.0.tif"
VALUES = np.arange(400 * 400, dtype=np.float32).reshape(400, 400)
CONTENT = cog(VALUES, from_origin(0, 40, 0.1, 0.1), "EPSG:4326", block=128)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
OPEN: list[Desk] = []
Open = Callable[..., Desk]


@pytest.fixture
def bench() -> Iterator[Bench]:
    hosts = {HOST: files(lambda path: CONTENT if path == "/a.tif" else None), PRIVATE: files(lambda path: CONTENT)}
    with serving(hosts) as state:
        yield state


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    make_key(tmp_path / "mirror.key")
    return tmp_path / "mirror.key"


@pytest.fixture
def mirror(bench: Bench, key: Path, tmp_path: Path) -> Path:
    """Return a mirror of a whole file, an address without one, and nothing of what may not be passed on."""
    desk = desk_of(bench, tmp_path / "centre")
    PublicFile(desk, URL).bytes_of(0, len(CONTENT))
    PublicFile(desk, CLOSED).bytes_of(0, len(CONTENT))
    with pytest.raises(NotFoundError):
        PublicFile(desk, GONE).known()
    stock = make_mirror(tmp_path / "mirror", desk.cache, read_key(key), "Centre", NOW)
    bench.asked.clear()

    assert (stock.files, stock.left_out) == (1, 1)
    return tmp_path / "mirror"


def desk_of(bench: Bench, folder: Path, *trusted: Trusted, told: list[str] | None = None, **options: object) -> Desk:
    line = Line(backend=Local(bench), **{"sleep": lambda seconds: None, "now": NOW.timestamp, **options})  # type: ignore[arg-type]
    said = told if told is not None else []
    desk = Desk(
        line, Signer(line), Cache(folder / "cache"), trusted=trusted, told=lambda error: said.append(str(error))
    )
    OPEN.append(desk)
    return desk


def trusted(mirror: Path | str, key: Path, **more: object) -> Trusted:
    return Trusted(checked_place(str(mirror)), public_of(read_key(key)), **more)  # type: ignore[arg-type]


def remade(mirror: Path, key: Path, bench: Bench, tmp_path: Path, now: datetime, name: str = "Centre") -> None:
    """Sign the mirror anew at another time."""
    make_mirror(mirror, desk_of(bench, tmp_path / "centre").cache, read_key(key), name, now)


def test_a_mirror_lends_what_it_holds_and_no_source_is_asked(
    mirror: Path, key: Path, bench: Bench, tmp_path: Path
) -> None:
    desk = desk_of(bench, tmp_path / "village", trusted(mirror, key), is_offline=True)

    array = PublicFile(desk, URL).window(100, 50, 200, 300)

    np.testing.assert_array_equal(array, VALUES[100:300, 50:350])
    assert not bench.asked
    assert desk.cache.via(URL) == [f"Centre ({public_of(read_key(key))})"]


def test_a_mirror_comes_before_the_source_where_there_is_a_line(
    mirror: Path, key: Path, bench: Bench, tmp_path: Path
) -> None:
    desk = desk_of(bench, tmp_path / "village", trusted(mirror, key))

    PublicFile(desk, URL).bytes_of(0, len(CONTENT))

    assert not bench.asked


def test_a_server_lends_as_a_folder_does(mirror: Path, key: Path, bench: Bench, tmp_path: Path) -> None:
    place = files(lambda path: (mirror / path[1:]).read_bytes() if (mirror / path[1:]).is_file() else None)
    with serving({"127.0.0.1": place}) as server:
        desk = desk_of(bench, tmp_path / "village", trusted(f"http://127.0.0.1:{server.port}/", key), is_offline=True)
        content = PublicFile(desk, URL).bytes_of(0, len(CONTENT))

    assert content == CONTENT
    assert desk.line.tally.requests == len(server.asked)


def test_a_server_that_sends_elsewhere_is_not_followed(key: Path, bench: Bench, tmp_path: Path) -> None:
    told: list[str] = []
    with serving({"127.0.0.1": lambda asked: Answer(b"", 302, {"Location": "http://169.254.169.254/"})}) as server:
        place = trusted(f"http://127.0.0.1:{server.port}/", key)
        desk = desk_of(bench, tmp_path / "village", place, told=told)
        PublicFile(desk, URL).known()

    assert "sends elsewhere" in told[0]
    assert len(server.asked) == 1


def test_where_a_mirror_says_there_is_nothing_the_rest_goes_on_without_a_line(
    mirror: Path, key: Path, bench: Bench, tmp_path: Path
) -> None:
    desk = desk_of(bench, tmp_path / "village", trusted(mirror, key), is_offline=True)

    with pytest.raises(NotFoundError):
        PublicFile(desk, GONE).known()
    with pytest.raises(SourceError, match="not in the cache"):
        PublicFile(desk, f"https://{HOST}/other.tif").known()


def test_what_a_mirror_lacks_is_fetched_from_the_source(mirror: Path, key: Path, bench: Bench, tmp_path: Path) -> None:
    index = json.loads((mirror / INDEX).read_bytes())
    index["files"][URL]["spans"] = index["files"][URL]["spans"][:1]
    signed_by_hand(mirror, key, index)
    desk = desk_of(bench, tmp_path / "village", trusted(mirror, key))

    content = PublicFile(desk, URL).bytes_of(0, len(CONTENT))

    assert content == CONTENT
    assert bench.asked


def signed_by_hand(mirror: Path, key: Path, index: object, raw: bytes | None = None) -> None:
    """Write a list and sign it."""
    content = raw if raw is not None else json.dumps(index).encode()
    signature = read_key(key).sign(b"landbalance mirror index 1\n" + content)
    (mirror / INDEX).write_bytes(content)
    (mirror / SIGNATURE).write_bytes(base64.b64encode(signature))


def test_a_newer_version_at_the_source_is_not_mixed_with_a_mirror(
    mirror: Path, key: Path, bench: Bench, tmp_path: Path
) -> None:
    newer = cog(VALUES + 1, from_origin(0, 40, 0.1, 0.1), "EPSG:4326", block=128)
    index = json.loads((mirror / INDEX).read_bytes())
    index["files"][URL]["spans"] = index["files"][URL]["spans"][:1]
    signed_by_hand(mirror, key, index)
    bench.services[HOST] = files(lambda path: newer)  # type: ignore[index]
    desk = desk_of(bench, tmp_path / "village", trusted(mirror, key))

    array = PublicFile(desk, URL).window(0, 0, 400, 400)

    np.testing.assert_array_equal(array, VALUES + 1)
    assert desk.cache.via(URL) == []


def test_wrong_bytes_are_told_of_once_and_the_source_is_asked(
    mirror: Path, key: Path, bench: Bench, tmp_path: Path
) -> None:
    for path in (mirror / OBJECTS).glob("*/*"):
        path.write_bytes(b"x" * path.stat().st_size)
    told: list[str] = []
    desk = desk_of(bench, tmp_path / "village", trusted(mirror, key), told=told)

    content = PublicFile(desk, URL).bytes_of(0, len(CONTENT))

    assert content == CONTENT
    assert len(told) == 1
    assert "something else than its list says" in told[0]
    assert desk.cache.via(URL) == []


def _unsigned(mirror: Path, key: Path) -> None:
    (mirror / SIGNATURE).unlink()


def _changed(mirror: Path, key: Path) -> None:
    (mirror / INDEX).write_bytes((mirror / INDEX).read_bytes().replace(b"Centre", b"Center"))


def _other_key(mirror: Path, key: Path) -> None:
    make_key(mirror / "other.key")
    signed_by_hand(mirror, mirror / "other.key", json.loads((mirror / INDEX).read_bytes()))


def _nonsense(mirror: Path, key: Path) -> None:
    signed_by_hand(mirror, key, None, b"[1, 2]")


def _climbing(mirror: Path, key: Path) -> None:
    text = re.sub(rb'"[0-9a-f]{64}"', b'"../../etc/passwd"', (mirror / INDEX).read_bytes())
    signed_by_hand(mirror, key, None, text)


def _nowhere(mirror: Path, key: Path) -> None:
    (mirror / INDEX).unlink()


def _garbled(mirror: Path, key: Path) -> None:
    (mirror / SIGNATURE).write_bytes(b"\xff\xfe" * 10)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (_unsigned, "no mirror with a signed list"),
        (_changed, "not signed by the key"),
        (_other_key, "not signed by the key"),
        (_garbled, "not signed by the key"),
        (_nonsense, "not what it should be"),
        (_climbing, "not what it should be"),
        (_nowhere, "no mirror with a signed list"),
    ],
)
def test_a_list_that_is_not_believed_is_told_in_one_line(
    harm: Callable[[Path, Path], None], said: str, mirror: Path, key: Path, bench: Bench, tmp_path: Path
) -> None:
    harm(mirror, key)
    told: list[str] = []
    desk = desk_of(bench, tmp_path / "village", trusted(mirror, key), told=told)

    content = PublicFile(desk, URL).bytes_of(0, len(CONTENT))

    assert content == CONTENT
    assert len(told) == 1
    assert said in told[0]
    assert "\n" not in told[0]


@pytest.mark.parametrize(("days", "said"), [(-500, "more than 400 days old"), (3, "yet to come")])
def test_an_old_list_and_one_of_the_future_are_refused(
    days: int, said: str, mirror: Path, key: Path, bench: Bench, tmp_path: Path
) -> None:
    remade(mirror, key, bench, tmp_path, NOW + timedelta(days=days))
    told: list[str] = []

    PublicFile(desk_of(bench, tmp_path / "village", trusted(mirror, key), told=told), URL).known()

    assert said in told[0]


def test_a_clock_wrong_by_a_day_does_not_matter(mirror: Path, key: Path, bench: Bench, tmp_path: Path) -> None:
    remade(mirror, key, bench, tmp_path, NOW + timedelta(days=1))
    desk = desk_of(bench, tmp_path / "village", trusted(mirror, key), is_offline=True)

    assert PublicFile(desk, URL).known().size == len(CONTENT)


def test_an_older_list_than_one_that_was_seen_is_refused(mirror: Path, key: Path, bench: Bench, tmp_path: Path) -> None:
    first = desk_of(bench, tmp_path / "village", trusted(mirror, key))
    assert list(first.mirrors.files(URL))
    remade(mirror, key, bench, tmp_path, NOW - timedelta(days=30))
    told: list[str] = []

    again = desk_of(bench, tmp_path / "village", trusted(mirror, key), told=told)

    assert not list(again.mirrors.files(URL))
    assert "older than the one of" in told[0]


def test_a_mirror_stands_for_the_addresses_it_was_named_for(
    mirror: Path, key: Path, bench: Bench, tmp_path: Path
) -> None:
    desk = desk_of(bench, tmp_path / "village", trusted(mirror, key, serves=("https://other.example.org/",)))

    PublicFile(desk, URL).known()

    assert bench.asked


def test_what_may_not_be_passed_on_is_in_no_mirror(mirror: Path) -> None:
    index = json.loads((mirror / INDEX).read_bytes())

    assert set(index["files"]) == {URL}
    held = {digest for file in index["files"].values() for *_, digest in file["spans"]}
    assert {path.name for path in (mirror / OBJECTS).glob("*/*")} == held


def test_a_check_names_each_part_that_is_wrong_and_making_it_again_mends_it(
    mirror: Path, key: Path, bench: Bench, tmp_path: Path
) -> None:
    part = next((mirror / OBJECTS).glob("*/*"))
    part.write_bytes(b"x" * part.stat().st_size)

    with opened(trusted(mirror, key)) as found:
        _, wrong = check_mirror(found)
    remade(mirror, key, bench, tmp_path, NOW)
    with opened(trusted(mirror, key)) as found:
        stock, mended = check_mirror(found)

    assert [each.url for each in wrong] == [URL]
    assert (stock.files, mended) == (1, ())


def test_the_private_key_is_for_its_owner_alone(key: Path) -> None:
    assert key.stat().st_mode & 0o077 == 0
    with pytest.raises(InputError, match="exists already"):
        make_key(key)


def test_mirrors_are_named_in_a_file_in_order(tmp_path: Path, key: Path) -> None:
    place = tmp_path / "settings" / "mirrors.toml"
    stick, server = trusted(tmp_path / "stick", key), trusted("https://mirror.example.org/lb", key)

    name_mirror(place, stick)
    name_mirror(place, server)
    name_mirror(place, stick)

    assert [each.place for each in read_mirrors(place)] == [server.place, stick.place]
    assert read_mirrors(tmp_path / "none.toml") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[mirror]\n"https://" = ["ftp://a/"]', "no place of a mirror"),
        ('[mirror]\n"https://" = ["https://a@b/"]', "no place of a mirror"),
        ('[mirror]\n"https://" = ["/media/stick"]', "no key for the mirror"),
        ('[mirror]\n"https://" = ["/media/stick"]\n[key]\n"/media/stick" = "rsa:1"', "no key of a mirror"),
        ("most_days = 0", "most_days"),
        ("wrong", "toml"),
    ],
)
def test_a_file_of_mirrors_that_makes_no_sense_is_refused_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "mirrors.toml").write_text(text)

    with pytest.raises(LandbalanceError, match=said) as caught:
        read_mirrors(tmp_path / "mirrors.toml")
    assert "\n" not in str(caught.value)
