"""Fetching against services that misbehave: what comes is right, or it is said that it is not there."""

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import httpcore
import numpy as np
import pytest
from rasterio.transform import from_origin

from landbalance.core.errors import LandbalanceError, NotFoundError, SourceError
from landbalance.grid.extents import Extent
from landbalance.io.packs.addresses import known_hosts
from landbalance.io.packs.cache import Cache
from landbalance.io.packs.gate import Gate, PausedError, size_of
from landbalance.io.packs.line import Line
from landbalance.io.packs.public_file import Desk, PublicFile
from landbalance.io.packs.signing import Signer
from landbalance.io.packs.stac import search
from public_services import Answer, Asked, Bench, Local, Tokens, files, json_of, part_of, serving, stac_search
from testland import PC, cog, modis_items, registry, services

HOST = "data.worldpop.org"
URL = f"https://{HOST}/a.tif"
VALUES = np.arange(400 * 400, dtype=np.float32).reshape(400, 400)
CONTENT = cog(VALUES, from_origin(0, 40, 0.1, 0.1), "EPSG:4326", block=128)
OPEN: list[Desk] = []
BOX = Extent(((19.8, 8.8, 22.2, 11.2),), "")


@pytest.fixture
def bench() -> Iterator[Bench]:
    with serving({HOST: files(lambda path: CONTENT if path == "/a.tif" else None)}) as state:
        yield state


@pytest.fixture(autouse=True)
def hang_up() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def desk_of(bench: Bench, folder: Path, **options: object) -> Desk:
    line = Line(backend=Local(bench), **{"sleep": lambda seconds: None, **options})  # type: ignore[arg-type]
    OPEN.append(Desk(line, Signer(line), Cache(folder / "cache")))
    return OPEN[-1]


def test_a_window_is_read_with_few_requests_and_nothing_twice(bench: Bench, tmp_path: Path) -> None:
    file = PublicFile(desk_of(bench, tmp_path), URL)

    first = file.window(100, 100, 80, 80)
    asked = len(bench.asked)
    again = PublicFile(desk_of(bench, tmp_path), URL).window(100, 100, 80, 80)

    np.testing.assert_array_equal(first, VALUES[100:180, 100:180])
    np.testing.assert_array_equal(again, first)
    assert asked <= 3
    assert len(bench.asked) == asked


def test_overlapping_windows_fetch_no_byte_twice(bench: Bench, tmp_path: Path) -> None:
    desk = desk_of(bench, tmp_path)

    for row in (0, 50, 300, 90):
        np.testing.assert_array_equal(
            PublicFile(desk, URL).window(row, row, 60, 60), VALUES[row : row + 60, row : row + 60]
        )

    got: Counter[int] = Counter()
    for asked in bench.asked:
        first, last = (int(text) for text in asked.range.removeprefix("bytes=").split("-"))
        got.update(range(first, min(last, len(CONTENT) - 1) + 1))
    assert max(got.values()) == 1


@pytest.mark.parametrize("cut", [0, 1, 100, 5000, 30000])
def test_bodies_cut_short_make_no_wrong_pixel(cut: int, bench: Bench, tmp_path: Path) -> None:
    def fault(asked: Asked) -> Answer | None:
        answer = part_of(CONTENT, asked)
        answer.cut = min(cut, len(answer.body) - 1)
        return answer if len(bench.asked) % 3 else None

    bench.fault = fault

    np.testing.assert_array_equal(PublicFile(desk_of(bench, tmp_path), URL).window(0, 0, 400, 400), VALUES)


def test_a_server_that_ignores_ranges_is_read_right(bench: Bench, tmp_path: Path) -> None:
    bench.fault = lambda asked: Answer(CONTENT, headers={"ETag": '"1"'})

    np.testing.assert_array_equal(
        PublicFile(desk_of(bench, tmp_path), URL).window(10, 20, 30, 40), VALUES[10:40, 20:60]
    )
    assert len(bench.asked) == 1


@pytest.mark.parametrize("span", ["bytes 5-99/1000", "bytes 0-10/99999999", "nonsense"])
def test_a_part_that_is_another_one_is_asked_for_again(span: str, bench: Bench, tmp_path: Path) -> None:
    def fault(asked: Asked) -> Answer | None:
        answer = part_of(CONTENT, asked)
        answer.headers["Content-Range"] = span
        return answer if len(bench.asked) % 2 else None

    bench.fault = fault

    np.testing.assert_array_equal(PublicFile(desk_of(bench, tmp_path), URL).window(0, 0, 100, 100), VALUES[:100, :100])


def test_packed_parts_are_never_taken_for_pixels(bench: Bench, tmp_path: Path) -> None:
    def fault(asked: Asked) -> Answer | None:
        answer = part_of(CONTENT, asked)
        answer.headers["Content-Encoding"] = "gzip"
        return answer if len(bench.asked) == 1 else None

    bench.fault = fault

    np.testing.assert_array_equal(PublicFile(desk_of(bench, tmp_path), URL).window(0, 0, 10, 10), VALUES[:10, :10])


def test_a_file_that_changes_is_begun_anew(bench: Bench, tmp_path: Path) -> None:
    other = cog(VALUES + 1, from_origin(0, 40, 0.1, 0.1), "EPSG:4326", block=128)
    file = PublicFile(desk_of(bench, tmp_path), URL)
    file.window(0, 0, 10, 10)
    bench.fault = lambda asked: part_of(other, asked)

    np.testing.assert_array_equal(file.window(350, 350, 50, 50), VALUES[350:, 350:] + 1)
    np.testing.assert_array_equal(file.window(0, 0, 10, 10), VALUES[:10, :10] + 1)


@pytest.mark.parametrize("place", [0.3, 0.6, 0.9])
def test_a_flipped_bit_in_the_cache_is_noticed(place: float, bench: Bench, tmp_path: Path) -> None:
    desk = desk_of(bench, tmp_path)
    PublicFile(desk, URL).window(0, 0, 400, 400)
    for held in (tmp_path / "cache" / "objects").glob("*/*"):
        content = bytearray(held.read_bytes())
        content[int(place * len(content))] ^= 1
        held.write_bytes(content)

    np.testing.assert_array_equal(PublicFile(desk, URL).window(0, 0, 400, 400), VALUES)


def test_the_pause_a_server_asks_for_is_kept(bench: Bench, tmp_path: Path) -> None:
    said = b'{"statusCode":429,"message":"Rate limit is exceeded. Try again in 35 seconds."}'
    answers = iter([Answer(said, 429), Answer(b"", 429, {"Retry-After": "7"}), Answer(b"<Code>ServerBusy</Code>", 503)])
    bench.fault = lambda asked: next(answers, None)
    pauses: list[float] = []

    PublicFile(desk_of(bench, tmp_path, sleep=pauses.append), URL).window(0, 0, 10, 10)

    assert pauses[:2] == [35.0, 7.0]
    assert 0 < pauses[2] <= 0.8 * 4 * 1.5


def test_a_file_that_is_not_there_is_asked_for_once(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        PublicFile(desk_of(bench, tmp_path), URL + "x").window(0, 0, 1, 1)

    assert len(bench.asked) == 1


def test_a_host_that_stays_broken_is_left_alone_and_then_given_up(bench: Bench, tmp_path: Path) -> None:
    bench.fault = lambda asked: Answer(b"", 503)
    pauses: list[float] = []
    desk = desk_of(bench, tmp_path, sleep=pauses.append)
    said = []

    for _ in range(8):
        with pytest.raises(SourceError) as caught:
            PublicFile(desk, URL).known()
        said.append(str(caught.value))

    assert pauses.count(60.0) == 3
    assert "is down" in said[-1]
    assert len(bench.asked) < 20


def test_more_than_was_expected_is_refused(bench: Bench, tmp_path: Path) -> None:
    bench.fault = lambda asked: Answer(b"0" * 300_000, 206, {"Content-Range": "bytes 0-299999/300000", "ETag": '"1"'})
    desk = desk_of(bench, tmp_path)

    with pytest.raises(SourceError, match="over the"):
        desk.line.get(URL, most=1000)


def test_one_token_serves_a_container_and_is_renewed_in_time(tmp_path: Path) -> None:
    clock = [time.time()]
    tokens = Tokens(life_s=3600.0, now=lambda: clock[0])
    blob = "modiseuwest.blob.core.windows.net"
    with serving({PC: tokens.give, blob: tokens.guarded(files(lambda path: CONTENT))}) as bench:
        desk = desk_of(bench, tmp_path, now=lambda: clock[0])
        with ThreadPoolExecutor(4) as pool:
            urls = [f"https://{blob}/modis-061-cogs/{number}.tif" for number in range(500)]
            assert all(
                known.size for known in pool.map(lambda url: PublicFile(desk, url, is_signed=True).known(), urls[:250])
            )
            assert tokens.count == 1
            clock[0] += 3400.0  # 200 s are left: fewer than five minutes
            bench.clock_off += 3400.0
            assert all(
                known.size for known in pool.map(lambda url: PublicFile(desk, url, is_signed=True).known(), urls[250:])
            )

        assert tokens.count == 2


@pytest.mark.parametrize("off", [-86400.0, 86400.0])
def test_a_clock_wrong_by_a_day_does_not_matter(off: float, tmp_path: Path) -> None:
    tokens = Tokens()
    blob = "modiseuwest.blob.core.windows.net"
    with serving({PC: tokens.give, blob: tokens.guarded(files(lambda path: CONTENT))}) as bench:
        desk = desk_of(bench, tmp_path, now=lambda: time.time() + off)
        for number in range(20):
            PublicFile(desk, f"https://{blob}/modis-061-cogs/{number}.tif", is_signed=True).known()

    assert tokens.count <= 2


def test_a_short_token_is_renewed_and_a_refused_one_once(tmp_path: Path) -> None:
    tokens = Tokens()
    blob = "modiseuwest.blob.core.windows.net"
    with serving({PC: tokens.give, blob: tokens.guarded(files(lambda path: CONTENT))}) as bench:
        desk = desk_of(bench, tmp_path)
        PublicFile(desk, f"https://{blob}/modis-061-cogs/1.tif", is_signed=True).known()
        tokens.given.clear()
        PublicFile(desk, f"https://{blob}/modis-061-cogs/2.tif", is_signed=True).known()
        assert tokens.count == 2
        bench.fault = lambda asked: Answer(b"<Code>AuthenticationFailed</Code>", 403) if asked.host == blob else None
        with pytest.raises(SourceError, match="closed"):
            PublicFile(desk, f"https://{blob}/modis-061-cogs/3.tif", is_signed=True).known()


def test_tokens_are_stored_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tokens = Tokens()
    blob = "modiseuwest.blob.core.windows.net"
    with (
        caplog.at_level("DEBUG"),
        serving({PC: tokens.give, blob: tokens.guarded(files(lambda path: CONTENT))}) as bench,
    ):
        desk = desk_of(bench, tmp_path)
        PublicFile(desk, f"https://{blob}/modis-061-cogs/1.tif", is_signed=True).window(0, 0, 9, 9)
        bench.fault = lambda asked: Answer(b"", 503) if asked.host == blob else None
        with pytest.raises(SourceError) as caught:
            PublicFile(desk, f"https://{blob}/modis-061-cogs/2.tif", is_signed=True).known()

    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    ours = "".join(record.getMessage() for record in caplog.records if record.name.startswith("landbalance"))
    assert b"PLANTEDSECRET" not in kept
    assert "PLANTEDSECRET" not in ours + str(caught.value) + "".join(desk.line.tally.addresses)


def test_offline_asks_nobody(bench: Bench, tmp_path: Path) -> None:
    PublicFile(desk_of(bench, tmp_path), URL).window(0, 0, 50, 50)
    before = sum(bench.connections.values())
    desk = desk_of(bench, tmp_path, is_offline=True)

    np.testing.assert_array_equal(PublicFile(desk, URL).window(0, 0, 50, 50), VALUES[:50, :50])
    with pytest.raises(SourceError, match="not in the cache"):
        PublicFile(desk, f"https://{HOST}/b.tif").known()

    assert sum(bench.connections.values()) == before


def test_rivals_share_a_cache(bench: Bench, tmp_path: Path) -> None:
    def read(_: int) -> bool:
        return bool((PublicFile(desk_of(bench, tmp_path), URL).window(0, 0, 400, 400) == VALUES).all())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(read, range(16)))


def test_whole_files_come_whole_and_stay_within_their_limit(tmp_path: Path) -> None:
    content = bytes(range(256)) * (20 << 12)  # 20 MiB and more: three parts
    with serving({HOST: files(lambda path: content)}) as bench:
        desk = desk_of(bench, tmp_path)
        place = PublicFile(desk, URL).whole(tmp_path / "a", 1 << 30)
        with pytest.raises(SourceError, match="over"):
            PublicFile(desk, URL).whole(tmp_path / "b", 1 << 20)

    assert hashlib.sha256(place.read_bytes()).digest() == hashlib.sha256(content).digest()


def test_the_budget_ends_the_work_and_the_hours_make_it_wait(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(PausedError, match="MB were fetched"):
        PublicFile(desk_of(bench, tmp_path, gate=Gate("1KB")), URL).window(0, 0, 400, 400)
    moments = iter([datetime(2026, 1, 1, 21, 58), datetime(2026, 1, 1, 21, 59), datetime(2026, 1, 1, 22, 0)])
    slept: list[float] = []
    Gate(between="22:00-06:00", now=lambda: next(moments), sleep=slept.append).wait()

    assert slept == [60.0, 60.0]


@pytest.mark.parametrize("text", ["", "0MB", "ten", "5 parsecs", "-1MB"])
def test_a_size_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(LandbalanceError, match="200MB"):
        size_of(text)


def test_a_search_pages_by_post_and_keeps_its_box(tmp_path: Path) -> None:
    with serving(services()) as bench:
        desk = desk_of(bench, tmp_path)
        found = search(desk, registry()["mod13q1_pc"], BOX, 2005)
        bodies = [json.loads(asked.body) for asked in bench.asked if asked.path.endswith("/search")]

    assert len(bodies) == 2
    assert all(body["bbox"] == list(BOX.bounds) for body in bodies)
    assert len(found) == 4 * 23 * 2
    assert not [url for url in found.values() if "MYD13Q1" in url or "2010001000000" in url or "cogsold" in url]


def test_an_answer_is_asked_for_once_a_week(tmp_path: Path) -> None:
    with serving(services()) as bench:
        first = search(desk_of(bench, tmp_path), registry()["mod13q1_pc"], BOX, 2005)
        asked = len(bench.asked)
        assert search(desk_of(bench, tmp_path), registry()["mod13q1_pc"], BOX, 2005) == first
        assert len(bench.asked) == asked


def test_pages_that_repeat_end(tmp_path: Path) -> None:
    def endless(asked: Asked) -> Answer:
        body = json.loads(asked.body)
        count = int(body.get("token", "0")) + 1
        page = modis_items(body)[:10]
        link = {
            "rel": "next",
            "method": "POST",
            "href": f"https://{PC}/api/stac/v1/search",
            "body": {**body, "token": str(count)},
        }
        return json_of({"type": "FeatureCollection", "features": page, "links": [link]})

    with serving({PC: endless}) as bench:
        search(desk_of(bench, tmp_path), registry()["mod13q1_pc"], BOX, 2005)

    assert len(bench.asked) == 2


@pytest.mark.parametrize("variant", ["merge", "get"])
def test_other_ways_to_page_are_followed(variant: str, tmp_path: Path) -> None:
    pages = stac_search(modis_items, f"https://{PC}/api/stac/v1", page=50)

    def other(asked: Asked) -> Answer:
        if asked.method == "GET":
            number = int(asked.query.removeprefix("token="))
            body = {
                "collections": ["modis-13Q1-061"],
                "bbox": [0, 0, 1, 1],
                "datetime": "2005-01-01",
                "token": f"x:{number}",
            }
            asked = Asked("POST", asked.host, asked.path, "", "", json.dumps(body).encode())
        page = json.loads(pages(asked).body)
        for link in page["links"]:
            token = link["body"]["token"]
            if variant == "merge":
                link |= {"merge": True, "body": {"token": token}}
            else:
                link |= {"method": "GET", "href": f"https://{PC}/api/stac/v1/search?token={token.rpartition(':')[2]}"}
                link.pop("body")
        return json_of(page)

    with serving({PC: other}) as bench:
        found = search(desk_of(bench, tmp_path), registry()["mod13q1_pc"], BOX, 2005)

    assert len(found) == 4 * 23 * 2


def test_an_address_in_an_item_that_leads_elsewhere_is_not_asked(tmp_path: Path) -> None:
    def hostile(body: dict[str, object]) -> list[dict[str, object]]:
        items = modis_items(body)[:1]
        items[0]["assets"]["250m_16_days_NDVI"]["href"] = "https://169.254.169.254/latest/meta-data"
        return items

    with serving(services(search=hostile)) as bench:
        desk = desk_of(bench, tmp_path)
        found = search(desk, registry()["mod13q1_pc"], BOX, 2005)
        with pytest.raises(SourceError, match="not asked"):
            PublicFile(desk, next(url for url in found.values() if "169" in url), is_signed=True).known()

    assert bench.hosts() == {PC}


class Cut(httpcore.NetworkBackend):
    """Reaches nobody, or nobody but one host."""

    def __init__(self, there: str = "") -> None:
        self.there, self.asked = there, list[str]()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: object = None) -> httpcore.NetworkStream:  # fmt: skip
        self.asked.append(host)
        if host == self.there:
            return httpcore.MockStream([])
        raise httpcore.ConnectError("[Errno 101] Network is unreachable")


def test_without_any_network_the_work_pauses_after_a_few_tries_with_the_next_step(tmp_path: Path) -> None:
    backend = Cut()
    line = Line(backend=backend, sleep=lambda seconds: None)

    with pytest.raises(PausedError, match="no server can be reached") as caught:
        line.get(URL, most=100)
    line.close()

    assert "run the command again" in str(caught.value)
    assert len(backend.asked) <= 7


def test_one_server_that_is_gone_is_not_taken_for_the_line_where_others_once_answered() -> None:
    line = Line(backend=Cut(there=sorted(known_hosts().allowed)[-1]), sleep=lambda seconds: None)
    line._reach.hit(sorted(known_hosts().allowed)[-1])

    with pytest.raises(SourceError, match="cannot be read"):
        line.get(URL, most=100)
    line.close()


def test_a_slow_trickle_is_given_up(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from landbalance.io.packs import line as module

    moments = iter(range(0, 1_000_000, 100))
    monkeypatch.setattr(module.time, "monotonic", lambda: float(next(moments)))
    monkeypatch.setattr(module, "SLOWEST_BYTES_S", 1 << 30)

    with pytest.raises(SourceError, match="next to nothing"):
        PublicFile(desk_of(bench, tmp_path), URL).known()


def test_threads_wait_for_their_turn_with_a_host(bench: Bench, tmp_path: Path) -> None:
    at_once, most, lock = [0], [0], threading.Lock()

    def count(asked: Asked) -> Answer | None:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.02)
        with lock:
            at_once[0] -= 1
        return None

    bench.fault = count
    read: Callable[[int], object] = lambda _: desk.line.get(URL, most=1 << 24, places=1)  # noqa: E731
    desk = desk_of(bench, tmp_path)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(read, range(6)))

    assert most[0] == 1
