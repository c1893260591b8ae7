"""Public services on 127.0.0.1 that answer as the real ones do, under their real names; they can be told to misbehave.

A client reaches them through `Local`, a way to connect that leads every name here and leaves TLS out: the addresses
that are asked stay those of production.
"""

import gzip
import json
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpcore


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    host: str
    path: str
    query: str
    range: str
    body: bytes


@dataclass
class Answer:
    """What is sent back; `cut` sends only so many bytes of the body and hangs up."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None


Service = Callable[[Asked], Answer]
Fault = Callable[[Asked], Answer | None]


@dataclass
class Bench:
    """The services, what they were asked, and what they do wrong.

    Parameters
    ----------
    services : mapping of str to Service
        Host -> what answers there.
    fault : callable
        Asked first; what it returns is sent instead.
    """

    services: Mapping[str, Service]
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    fault: Fault = lambda asked: None
    connections: Counter[str] = field(default_factory=Counter)
    clock_off: float = 0.0

    def hosts(self) -> set[str]:
        """Return the hosts that were asked."""
        return {asked.host for asked in self.asked}

    def paths(self, part: str = "") -> list[str]:
        """Return what was asked of addresses that hold a text."""
        return [asked.host + asked.path for asked in self.asked if part in asked.host + asked.path]


class Local(httpcore.NetworkBackend):
    """Leads every name to the bench; what TLS would wrap stays as it is."""

    def __init__(self, bench: Bench) -> None:
        self._bench, self._inner = bench, httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: Any = None) -> httpcore.NetworkStream:  # fmt: skip
        assert port == 443
        self._bench.connections[host] += 1
        return _Plain(self._inner.connect_tcp("127.0.0.1", self._bench.port, timeout, None, socket_options))


class _Plain(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: str | None = None,
                  timeout: float | None = None) -> httpcore.NetworkStream:  # fmt: skip
        return self

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@contextmanager
def serving(services: Mapping[str, Service]) -> Iterator[Bench]:
    """Serve until the block ends."""
    state = Bench(services)

    class Handler(_Handler):
        bench = state

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    bench: Bench
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        return formatdate(time.time() + self.bench.clock_off, usegmt=True)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        host = self.headers["Host"].partition(":")[0]
        asked = Asked(self.command, host, parts.path, parts.query, self.headers.get("Range", ""), body)
        self.bench.asked.append(asked)
        service = self.bench.services.get(host, lambda _: Answer(status=404))
        answer = self.bench.fault(asked) or service(asked)
        sent = answer.body if answer.cut is None else answer.body[: answer.cut]
        self.send_response(answer.status)
        for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(sent)
        if answer.cut is not None:
            self.wfile.flush()
            self.close_connection = True


def part_of(content: bytes, asked: Asked) -> Answer:
    """Answer a request for a part of a file, as object storage does."""
    marks = {"ETag": f'"{zlib.crc32(content):08x}"', "Accept-Ranges": "bytes"}
    if not asked.range.startswith("bytes="):
        return Answer(content, headers=marks)
    first, _, last = asked.range.removeprefix("bytes=").partition("-")
    start, stop = int(first), min(int(last or len(content) - 1), len(content) - 1)
    if start >= len(content):
        return Answer(status=416, headers={"Content-Range": f"bytes */{len(content)}"})
    span = {"Content-Range": f"bytes {start}-{stop}/{len(content)}"}
    return Answer(content[start : stop + 1], 206, marks | span)


def json_of(value: Any) -> Answer:
    """Answer with JSON."""
    return Answer(json.dumps(value).encode(), headers={"Content-Type": "application/json"})


def files(find: Callable[[str], bytes | None]) -> Service:
    """Serve files by path; None is 404."""

    def service(asked: Asked) -> Answer:
        content = find(asked.path)
        return Answer(b"not found", 404) if content is None else part_of(content, asked)

    return service


TOKEN = "st=2026-01-01&se=2027-01-01&sp=rl&sig=PLANTEDSECRET{number}"


@dataclass
class Tokens:
    """Gives tokens by account and container, and knows which are good."""

    life_s: float = 3600.0
    given: dict[str, set[str]] = field(default_factory=dict)
    count: int = 0
    now: Callable[[], float] = time.time
    _lock: Any = field(default_factory=threading.Lock)

    def give(self, asked: Asked) -> Answer:
        """Answer /api/sas/v1/token/{account}/{container}."""
        place = "/".join(asked.path.split("/")[-2:])
        with self._lock:
            self.count += 1
            token = TOKEN.format(number=self.count)
            self.given.setdefault(place, set()).add(token)
        expiry = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now() + self.life_s))
        return json_of({"msft:expiry": expiry, "token": token})

    def guarded(self, service: Service) -> Service:
        """Serve only under a token of the container."""

        def answer(asked: Asked) -> Answer:
            place = asked.host.split(".")[0] + "/" + asked.path.split("/")[1]
            if asked.query not in self.given.get(place, set()):
                return Answer(b"<Error><Code>AuthenticationFailed</Code></Error>", 403)
            if asked.path.endswith("/"):
                return Answer(b"<Error><Code>ResourceTypeMismatch</Code></Error>", 409)
            return service(asked)

        return answer


def stac_search(items: Callable[[dict[str, Any]], list[dict[str, Any]]], root: str, page: int = 100) -> Service:
    """Answer POST /search, page by page; the body of the next page is given whole."""

    def service(asked: Asked) -> Answer:
        body = json.loads(asked.body or b"{}") or {key: value[0] for key, value in parse_qs(asked.query).items()}
        found = [] if "bbox" not in body else items(body)
        start = int(str(body.get("token", "next:0")).rpartition(":")[2])
        links = []
        if start + page < len(found):
            token = f"next:{body['collections'][0]}:{start + page}"
            links = [{"rel": "next", "method": "POST", "type": "application/geo+json", "href": f"{root}/search",
                      "body": {**body, "token": token}}]  # fmt: skip
        return json_of({"type": "FeatureCollection", "features": found[start : start + page], "links": links})

    return service


def gzipped(content: bytes) -> bytes:
    """Return packed bytes, the same each time."""
    return gzip.compress(content, mtime=0)
