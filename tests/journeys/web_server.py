"""A web server on 127.0.0.1 that gives parts of files, and can be told to misbehave."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass
class WebServer:
    """Where the server is, what it was asked, and what it does wrong.

    Parameters
    ----------
    fault : callable
        Number of the request -> "" (answer it), "503", "404", "403", "drop", "truncate", "whole" or "redirect:URL".
    """

    folder: Path
    address: str = ""
    asked: list[str] = field(default_factory=list)
    fault: Callable[[int], str] = lambda number: ""
    has_marks: bool = True

    def url(self, name: str) -> str:
        """Return the address of a file."""
        return f"{self.address}/{name}"


@contextmanager
def serving(folder: Path) -> Iterator[WebServer]:
    """Serve a folder until the block ends."""
    state = WebServer(folder)

    class Handler(_Handler):
        web = state

    server = _Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    web: WebServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        self.web.asked.append(f"{self.command} {self.path}")
        fault = self.web.fault(len(self.web.asked))
        if fault == "drop":
            self.close_connection = True
            return
        if fault.startswith("redirect:"):
            self._head(302, 0, {"Location": fault.removeprefix("redirect:")})
            return
        file = self.web.folder / urlsplit(self.path).path.lstrip("/")
        if fault.isdigit() or not file.is_file():
            self._head(int(fault) if fault.isdigit() else 404, 0)
            return
        content = file.read_bytes()
        status, headers, body = self._part(content) if fault != "whole" else (200, {}, content)
        if self.web.has_marks:
            headers["ETag"] = f'"{hash(content):x}"'
        self._head(status, len(body), headers)
        if with_body:
            self.wfile.write(body[: len(body) // 2] if fault == "truncate" else body)
        if fault == "truncate":
            self.close_connection = True

    def _part(self, content: bytes) -> tuple[int, dict[str, str], bytes]:
        wanted = self.headers.get("Range", "")
        if not wanted.startswith("bytes="):
            return 200, {"Accept-Ranges": "bytes"}, content
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start, stop = int(first), min(int(last or len(content) - 1), len(content) - 1)
        if start >= len(content):
            return 416, {"Content-Range": f"bytes */{len(content)}"}, b""
        return 206, {"Content-Range": f"bytes {start}-{stop}/{len(content)}"}, content[start : stop + 1]

    def _head(self, status: int, length: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
