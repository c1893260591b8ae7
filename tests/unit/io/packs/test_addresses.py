"""Whom a pack may ask: nothing that only looks like a known host gets through."""

import socket
from typing import Any

import httpcore
import httpx
import pytest

from landbalance.core.errors import SourceError
from landbalance.io.packs.addresses import known_hosts, plain
from landbalance.io.packs.public_backend import PublicBackend
from landbalance.io.packs.strict import strict_json

GOOD = "https://data.worldpop.org/a.tif"
REFUSED = [
    "http://data.worldpop.org/a.tif",
    "https://127.0.0.1/a",
    "https://[::1]/a",
    "https://169.254.169.254/latest",
    "https://10.0.0.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "file:///etc/passwd",
    "ftp://data.worldpop.org/a",
    "s3://bucket/key",
    "//data.worldpop.org/a",
    "https://data.worldpop.org@evil.example/",
    "https://user:pw@data.worldpop.org/a",
    "https://data.worldpop.org./a",
    "https://data.worldpop.org:8443/a",
    "https://evil.example/data.worldpop.org",
    "https://data.worldpop.org.evil.example/",
    "https://other.blob.core.windows.net/c/x.tif",
    "https://localhost/",
    "",
    "data.worldpop.org",
    "https://data.worldpop.org\\@evil.example/",
    "https://data.worldpop.org/\r\nHost: evil",
    "https://ⅾata.worldpop.org.evil/",
    "https://",
]


@pytest.mark.parametrize("address", REFUSED)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(SourceError):
        known_hosts().checked(address)


@pytest.mark.parametrize("address", [GOOD, "https://modiseuwest.blob.core.windows.net/modis-061-cogs/a.tif?sig=1"])
def test_known_addresses_are_asked(address: str) -> None:
    assert str(known_hosts().checked(address)) == address


@pytest.mark.parametrize(
    ("begin", "location", "works"),
    [
        ("https://github.com/a", "https://media.githubusercontent.com/a", True),
        ("https://github.com/a", "/b", True),
        ("https://github.com/a", "https://data.worldpop.org/a", False),
        ("https://github.com/a", "http://github.com/b", False),
        ("https://github.com/a?sig=geheim", "https://media.githubusercontent.com/a?x=geheim", False),
        ("https://github.com/a", "https://169.254.169.254/", False),
        ("https://github.com/a", "", True),
    ],
)
def test_a_server_sends_on_only_where_it_may(begin: str, location: str, works: bool) -> None:
    asked = httpx.URL(begin)

    if works:
        assert known_hosts().next_of(asked, location).scheme == "https"
    else:
        with pytest.raises(SourceError):
            known_hosts().next_of(asked, location)


@pytest.mark.parametrize(
    "found", [["127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"], ["8.8.8.8", "192.168.0.1"], ["::1"], ["fd00::1"]]
)
def test_names_that_lead_to_private_addresses_are_refused(found: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    with pytest.raises(SourceError, match="no public address"):
        PublicBackend().connect_tcp("data.worldpop.org", 443)


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])  # a name that changes its answer
    connected: list[str] = []
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda host, port, **_: [(0, 0, 0, "", (name, port)) for name in next(answers)]
    )

    class Inner(httpcore.SyncBackend):
        def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.NetworkStream:
            connected.append(host)
            return httpcore.NetworkStream()

    backend = PublicBackend()
    backend._inner = Inner()
    backend.connect_tcp("data.worldpop.org", 443)

    assert connected == ["8.8.8.8"]


def test_tokens_are_taken_out_of_what_is_stored() -> None:
    assert plain("https://a.blob.core.windows.net/c/x.tif?st=1&sig=geheim") == "https://a.blob.core.windows.net/c/x.tif"
    assert plain("https://x.example/a?format=json") == "https://x.example/a?format=json"


@pytest.mark.parametrize("text", ['{"a": NaN}', '{"a": 1e400}', "[" * 70 + "]" * 70, '{"a": "\\ud800"}', "{", "\xff"])
def test_odd_json_is_refused(text: str) -> None:
    with pytest.raises(SourceError):
        strict_json(text.encode("latin-1"), "https://x.example/a")


def test_brackets_in_quotes_are_not_depth() -> None:
    assert strict_json(('{"a": "' + "[" * 100 + '"}').encode(), "x") == {"a": "[" * 100}
