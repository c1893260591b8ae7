"""A real server under fault and load: many writers (F05, F06), a restarted database (F04), 200 people (F10)."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import aiohttp
import httpx
import numpy as np
import pytest
from keeping import STATE, Place, key_of, make_place, served, session_of

from postgresql import controlled_server, programs

pytestmark = pytest.mark.database
PRACTICES = "/api/workspaces/alpha/practices"
SECONDS = float(os.environ.get("LANDBALANCE_LOAD_SECONDS", "180"))


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return make_place(tmp_path / "home")


def has_postgresql() -> bool:
    try:
        programs()
    except SystemExit:
        return False
    return True


def edits(base: str, key: str, times: int) -> Counter[int]:
    """Change one record again and again, each time from the version just read."""
    found: Counter[int] = Counter()
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
        for number in range(times):
            version = client.get(f"{PRACTICES}/zai").json()["version"]
            answer = client.patch(f"{PRACTICES}/zai", json={"version": version, "name": f"P{number}"})
            found[answer.status_code] += 1
    return found


def check_edits(place: Place, workers: int, threads: int, times: int) -> None:
    key = key_of(place)
    with served(place, workers) as base:
        headers = {"Authorization": f"Bearer {key}"}
        assert httpx.post(base + PRACTICES, json={"code": "zai", "name": "P"}, headers=headers).status_code == 201
        with ThreadPoolExecutor(threads) as pool:
            found = sum(pool.map(lambda _: edits(base, key, times), range(threads)), Counter())
        version = httpx.get(f"{base}{PRACTICES}/zai", headers=headers).json()["version"]

    assert set(found) <= {200, 409}
    assert sum(found.values()) == threads * times
    assert version == found[200] + 1
    state = place.ask(STATE)
    assert (len(state["versions"]), state["broken"], state["whole"]) == (version, "", "ok")
    print(f"{threads} threads x {times} edits, {workers} processes: {found[200]} accepted, {found[409]} told, 0 lost")


def test_edits_at_once_are_accepted_or_told_and_never_lost(place: Place) -> None:
    check_edits(place, workers=1, threads=4, times=5)


@pytest.mark.deep
def test_sixteen_writers_in_two_processes_lose_nothing(place: Place) -> None:
    check_edits(place, workers=2, threads=16, times=25)


@pytest.fixture
def restartable(tmp_path: Path) -> Iterator[tuple[Place, Callable[[], object]]]:
    if not has_postgresql():
        pytest.skip("no PostgreSQL on this machine; ./dev test installs it")
    with controlled_server() as (address, restart):
        yield make_place(tmp_path / "home", address), restart


@pytest.mark.deep
def test_a_restarted_database_is_503_for_a_moment_and_then_fine(
    restartable: tuple[Place, Callable[[], object]],
) -> None:
    place, restart = restartable
    with served(place, 1) as base, ThreadPoolExecutor(8) as pool:
        during = [pool.submit(asked, base, 6.0) for _ in range(8)]
        time.sleep(1)
        restart()
        found = sum((each.result() for each in during), Counter())
        after = asked(base, 2.0)

    assert set(found) <= {200, 503}
    assert set(after) == {200}
    print(f"restart under load: {found[200]} answered, {found[503]} told to come again; afterwards all {after[200]}")


def asked(base: str, seconds: float) -> Counter[int]:
    """Read for some seconds; a 503 must say when to come again."""
    found: Counter[int] = Counter()
    ends = time.monotonic() + seconds
    with httpx.Client(base_url=base, timeout=60) as client:
        while time.monotonic() < ends:
            answer = client.get("/api/countries?limit=5")
            assert answer.status_code != 503 or answer.headers["Retry-After"]
            found[answer.status_code] += 1
    return found


async def people(base: str, keys: tuple[str, str], count: int, seconds: float) -> tuple[list[float], Counter[int]]:
    """Let many people read and write, nine to one, without a pause; return seconds and statuses."""
    took: list[float] = []
    statuses: Counter[int] = Counter()
    ends = time.monotonic() + seconds
    key, session_key = keys
    pages = ["/", "/w/alpha/practices/", "/w/alpha/people/", PRACTICES + "?limit=20", PRACTICES + "/p-0"]

    async def person(session: aiohttp.ClientSession, number: int) -> None:
        draw = random.Random(number)
        mine = 0
        while time.monotonic() < ends:
            begun = time.perf_counter()
            if draw.random() < 0.1:
                body = {"code": f"n{number}-{mine}", "name": "P"}
                mine += 1
                request = session.post(base + PRACTICES, json=body, headers={"Authorization": f"Bearer {key}"})
            else:
                request = session.get(base + draw.choice(pages), allow_redirects=False)
            try:
                async with request as answer:
                    await answer.read()
                    statuses[answer.status] += 1
            except aiohttp.ClientError:
                statuses[0] += 1
            took.append(time.perf_counter() - begun)

    given = {"connector": aiohttp.TCPConnector(limit=count), "timeout": aiohttp.ClientTimeout(120)}
    async with aiohttp.ClientSession(headers={"Cookie": f"landbalance={session_key}"}, **given) as session:
        await asyncio.gather(*(person(session, number) for number in range(count)))
    return took, statuses


@pytest.mark.deep
def test_two_hundred_people_meet_no_error(place: Place) -> None:
    keys = key_of(place), session_of(place)
    place.ask(FILLED)
    with served(place, 2) as base:
        took, statuses = asyncio.run(people(base, keys, 200, SECONDS))

    p50, p95, p99 = np.percentile(took, [50, 95, 99])
    where = "PostgreSQL" if place.database else "SQLite"
    print(
        f"{where}: 200 connections 90/10 for {SECONDS:.0f} s: {len(took) / SECONDS:.0f} a second, "
        f"p50 {p50:.3f} s, p95 {p95:.3f} s, p99 {p99:.3f} s (goal 1 s), statuses {dict(statuses)}"
    )
    assert set(statuses) <= {200, 201}
    state = place.ask(STATE)
    assert (len(state["practices"]), state["broken"], state["whole"]) == (statuses[201] + 50, "", "ok")


FILLED = """
from landbalance.registry.accounts.models import User
from landbalance.registry.practices.services import add_practice
from landbalance.registry.workspaces.models import Workspace
alpha, keeper = Workspace.objects.get(slug="alpha"), User.objects.get(username="keeper")
for number in range(50):
    add_practice(keeper, alpha, {"code": f"p-{number}", "name": f"Practice {number}", "measures": ["A1"]})
print(json.dumps(True))
"""
