"""The line to the public servers: one client with patience, that knows whom it may ask and what it may spend.

Names are resolved once a connection, every address must be a public one, and the connection goes to that address under
the name's certificate. Redirects are followed by hand. A host that fails again and again is left alone for a while.
"""

import email.utils
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from random import SystemRandom
from typing import Any

import httpcore
import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from landbalance._version import __version__
from landbalance.core.errors import InputError, LandbalanceError, NotFoundError, SourceError
from landbalance.core.tables import toml_table
from landbalance.io.packs.addresses import Hosts, known_hosts, plain
from landbalance.io.packs.public_backend import PublicBackend, PublicTransport
from landbalance.io.packs.tally import Breaker, Reach, Tally

log = logging.getLogger(__name__)
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
ABSENT = frozenset({404, 410})
CHUNK = 1 << 16
SLOWEST_BYTES_S = 64  # slower than this for `PATIENCE_S`, and the request is made anew
PATIENCE_S = 60.0
NO_DATE = (TypeError, ValueError, OverflowError)
_AGAIN = re.compile(r"[Tt]ry again in (\d+) second")
_dice = SystemRandom()


@dataclass(frozen=True)
class Reply:
    """What a server answered."""

    status: int
    headers: httpx.Headers
    content: bytes
    url: str

    @property
    def etag(self) -> str:
        """Return the version mark; empty where there is none."""
        return str(self.headers.get("etag", ""))

    @property
    def span(self) -> tuple[int, int, int] | None:
        """Return first byte, last byte and size of a partial answer; None where it says none."""
        found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", self.headers.get("content-range", "").strip())
        return (int(found[1]), int(found[2]), int(found[3])) if found else None


@dataclass(frozen=True)
class _Question:
    """What is asked, and how much may come back."""

    method: str
    headers: dict[str, str]
    most: int
    is_slow: bool = False
    content: bytes | None = None
    check: "Callable[[Reply], str]" = lambda reply: ""


class _PassingFaultError(Exception):
    """A fault that may be gone in a moment; `after` is what the server asks to wait [s]."""

    def __init__(self, why: str, after: float | None = None) -> None:
        super().__init__(why)
        self.after = after


class ClosedError(SourceError):
    """A server refuses: a token may be too old."""


class Line:
    """Asks public servers, politely.

    Parameters
    ----------
    hosts : Hosts, optional
        Whom it may ask; those of the registry when left out.
    backend : httpcore.NetworkBackend, optional
        How it connects; to public addresses only when left out.
    gate : callable, optional
        Called before each request with the bytes got so far; it may raise.
    wait : callable, optional
        Called between files by the thread that directs the work; it may wait for the hour.
    sleep, now : callable
        The clock.
    is_offline : bool
        Whether nothing may be asked.
    tally : Tally, optional
        Of a line it shares the account with.
    """

    def __init__(
        self,
        *,
        hosts: Hosts | None = None,
        backend: httpcore.NetworkBackend | None = None,
        gate: Callable[[int], None] = lambda got: None,
        wait: Callable[[], None] = lambda: None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.time,
        is_offline: bool = False,
        tally: Tally | None = None,
    ) -> None:
        self.hosts = hosts or known_hosts()
        self.is_offline = is_offline
        self.gate, self.wait, self.sleep, self.now = gate, wait, sleep, now
        self.tally = tally or Tally()
        self.clock_offset = 0.0  # seconds that servers are ahead of this machine
        self.rules = toml_table("pack")["retry"]
        self.limits = toml_table("pack")["limits"]
        self._breakers: dict[str, Breaker] = {}
        self._places: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()
        agent = {"User-Agent": f"landbalance/{__version__}", "Accept-Encoding": "identity"}
        timeout = httpx.Timeout(60.0, connect=10.0)
        backend = backend or PublicBackend()
        self._reach = Reach(backend, self.hosts.allowed)
        self._client = httpx.Client(transport=PublicTransport(backend), headers=agent, timeout=timeout)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def get(self, address: str, *, most: int, headers: dict[str, str] | None = None, slow: bool = False,
            places: int = 4, check: "Callable[[Reply], str]" = lambda reply: "") -> Reply:  # fmt: skip
        """Ask for a file or a part of it.

        Parameters
        ----------
        address : str
        most : int
            Bytes beyond which the answer is refused.
        headers : dict of str to str, optional
            Such as Range.
        slow : bool
            Whether the server is known to take minutes.
        places : int
            How many requests may run at once with this host.
        check : callable
            Says what is wrong with an answer, so that it is asked for again; nothing if it is right.

        Raises
        ------
        NotFoundError
            If there is nothing there.
        SourceError
            If the server refuses, stays unreachable, or answers something else than was asked for.
        NoLineError
            If no server at all can be reached.
        """
        return self._patiently(_Question("GET", headers or {}, most, slow, check=check), address, places)

    def post(self, address: str, body: Any, *, most: int) -> Reply:
        """Send JSON and return the answer.

        Raises
        ------
        NotFoundError, SourceError
            As `get`.
        """
        content = json.dumps(body, sort_keys=True).encode()
        return self._patiently(
            _Question("POST", {"Content-Type": "application/json"}, most, content=content), address, 4
        )

    def _patiently(self, question: _Question, address: str, places: int) -> Reply:
        """Ask, and ask again after faults that pass."""
        url = self.hosts.checked(address)
        if self.is_offline:
            raise SourceError("{address} is not in the cache", address=plain(address), retryable=True,
                              hint="run again without --offline")  # fmt: skip
        retrying = Retrying(
            stop=stop_after_attempt(self.rules["times"] + 1),
            wait=self._pause,
            sleep=self.sleep,
            retry=retry_if_exception_type(_PassingFaultError),
            reraise=True,
        )
        try:
            with self._place(url.host, places):
                return retrying(self._guarded, question, url)
        except _PassingFaultError as error:
            raise SourceError(
                "{address} cannot be read ({why})",
                address=plain(address),
                why=str(error),
                retryable=True,
                hint="check the line and run again: what was fetched is kept",
            ) from error

    def _pause(self, state: RetryCallState) -> float:
        """Return how long to wait before the next attempt."""
        error = state.outcome.exception() if state.outcome else None
        asked = error.after if isinstance(error, _PassingFaultError) else None
        own = self.rules["first_s"] * 2.0 ** (state.attempt_number - 1) * (0.5 + _dice.random())
        pause = float(asked) if asked is not None else min(float(self.rules["longest_s"]), own)
        log.info("%s: again in %.1f s", error, pause)
        return pause

    def _guarded(self, question: _Question, url: httpx.URL) -> Reply:
        """Ask once; the host's breaker and the budget are heard first."""
        breaker = self._breaker(url.host)
        if breaker.failures >= self.rules["failures"]:
            breaker.pauses += 1
            if breaker.pauses > self.rules["pauses"]:
                raise SourceError("{host} is down", host=url.host, retryable=True,
                                  hint="run again later, or with --fallback auto")  # fmt: skip
            self.sleep(self.rules["pause_s"])
            breaker.failures = self.rules["failures"] - 1
        try:
            reply = self._follow(question, url)
            if wrong := question.check(reply):
                raise _PassingFaultError(f"{url.host} {wrong}")
        except _PassingFaultError:
            breaker.fail()
            raise
        breaker.succeed()
        return reply

    def _follow(self, question: _Question, url: httpx.URL) -> Reply:
        """Ask once, and follow where the server may send the request on to."""
        for _ in range(self.limits["redirects"] + 1):
            reply = self._ask(question, url)
            if reply.status not in (301, 302, 303, 307, 308):
                return reply
            url = self.hosts.next_of(url, reply.headers.get("location", ""))
        raise SourceError("{address} is sent on again and again", address=plain(str(url)), retryable=False)

    def _ask(self, question: _Question, url: httpx.URL) -> Reply:
        """Make one request and read its answer, within what was asked for."""
        self.gate(self.tally.bytes)
        self.tally.ask(plain(str(url)))
        timeout = httpx.Timeout(300.0 if question.is_slow else 60.0, connect=10.0)
        try:
            with self._client.stream(
                question.method, url, headers=question.headers, content=question.content, timeout=timeout
            ) as answer:
                self._reach.hit(url.host)
                self._note_clock(answer)
                if answer.status_code >= 300:
                    return self._judged(answer, url)
                return Reply(answer.status_code, answer.headers, self._body(answer, question.most, url), str(url))
        except (httpx.TransportError, httpcore.ConnectError) as error:
            if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpcore.ConnectError):
                self._reach.miss(url.host)
            raise _PassingFaultError(f"{url.host}: {_first_line(error)}") from error

    def _judged(self, answer: httpx.Response, url: httpx.URL) -> Reply:
        """Return a redirect; raise for anything else that is no success."""
        status = answer.status_code
        if status in (301, 302, 303, 307, 308):
            return Reply(status, answer.headers, b"", str(url))
        if status in PASSING:
            said = b"".join(_limited(answer.iter_raw(CHUNK), 1 << 14)).decode("utf-8", "replace")
            raise _PassingFaultError(f"{url.host} answers {status}", _asked_pause(answer.headers, said, self.now()))
        address = plain(str(url))
        if status in ABSENT:
            raise NotFoundError("{address} does not exist", address=address)
        if status in (401, 403):
            raise ClosedError("{address} is closed", address=address, retryable=False,
                              hint="the source may ask for an account now: see landbalance pack probe")  # fmt: skip
        raise SourceError("{address} answers {status}", address=address, status=status, retryable=False)

    def _body(self, answer: httpx.Response, most: int, url: httpx.URL) -> bytes:
        """Return the content of an answer, whole, uncompressed and not over the limit."""
        if answer.headers.get("content-encoding", "identity").lower() not in ("", "identity"):
            raise _PassingFaultError(f"{url.host} sends packed bytes that were not asked for")
        stated = answer.headers.get("content-length", "")
        if stated.isdigit() and int(stated) > most:
            raise _too_much(url, int(stated), most)
        content, begun = bytearray(), time.monotonic()
        for piece in answer.iter_raw(CHUNK):
            content += piece
            if len(content) > most:
                raise _too_much(url, len(content), most)
            passed = time.monotonic() - begun
            if passed > PATIENCE_S and len(content) < passed * SLOWEST_BYTES_S:
                raise _PassingFaultError(f"{url.host} sends next to nothing")
        if stated.isdigit() and len(content) != int(stated):
            raise _PassingFaultError(f"{url.host} sent {len(content)} of {stated} bytes")
        self.tally.got(len(content))
        return bytes(content)

    def _note_clock(self, answer: httpx.Response) -> None:
        """Note how far servers are ahead of this machine."""
        with suppress(*NO_DATE):
            stated = email.utils.parsedate_to_datetime(answer.headers.get("date", ""))
            self.clock_offset = stated.timestamp() - self.now()

    def _breaker(self, host: str) -> Breaker:
        """Return the breaker of a host."""
        with self._lock:
            return self._breakers.setdefault(host, Breaker())

    def _place(self, host: str, places: int) -> threading.Semaphore:
        """Return what limits the requests with a host."""
        with self._lock:
            return self._places.setdefault(host, threading.Semaphore(places))


def _limited(pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Yield pieces up to a size."""
    got = 0
    for piece in pieces:
        got += len(piece)
        yield piece
        if got >= most:
            return


def _asked_pause(headers: httpx.Headers, said: str, now: float) -> float | None:
    """Return how long a server asks to wait [s]: its header, seconds or a date, or its text."""
    wait = headers.get("retry-after", "").strip()
    if wait.isdigit():
        return min(float(wait), 3600.0)
    with suppress(*NO_DATE):
        return min(max(email.utils.parsedate_to_datetime(wait).timestamp() - now, 0.0), 3600.0)
    found = _AGAIN.search(said)
    return min(float(found[1]), 3600.0) if found else None


def _too_much(url: httpx.URL, got: int, most: int) -> SourceError:
    """Return the error for an answer over its limit."""
    return SourceError(
        "{address} sends {got} bytes, over the {most} that were expected",
        address=plain(str(url)),
        got=got,
        most=most,
        retryable=False,
        hint="it is not what the registry says: see landbalance pack probe",
    )


def _first_line(error: BaseException) -> str:
    """Return the first line of what an error says."""
    said = str(error).strip()
    return plain(said.splitlines()[0]) if said else type(error).__name__


def worded(error: Exception) -> str:
    """Return an error as one line for a list of gaps."""
    return str(error) if isinstance(error, LandbalanceError) else f"{type(error).__name__}: {_first_line(error)}"


def full_disk(error: OSError, path: object) -> InputError:
    """Return the error for a file that cannot be written."""
    return InputError(
        "{path} cannot be written ({why})", path=path, why=error.strerror or error,
        hint="free some space and run again: what was fetched is kept",
    )  # fmt: skip
