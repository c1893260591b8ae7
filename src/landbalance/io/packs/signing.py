"""Short-lived tokens that anyone gets: asked for by storage account and container, kept in memory only."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from landbalance.core.errors import SourceError
from landbalance.core.tables import toml_table
from landbalance.io.packs.line import ClosedError, Line, Reply
from landbalance.io.packs.strict import strict_json

TOKEN_BYTES = 1 << 16


@dataclass(frozen=True)
class Token:
    """A token, when it ends by the server's clock, and how long it was given for [s]."""

    query: str
    expiry: float
    life: float


class Signer:
    """Signs addresses of one provider's storage.

    The container in an address decides the token, not the collection that lists it: one token serves all files of a
    container until it ends. Ends are compared with the server's clock, so that a wrong clock here does not matter.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._rules = toml_table("pack")["signing"]["pc"]
        self._tokens: dict[tuple[str, str], Token] = {}
        self._locks: dict[tuple[str, str], threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, address: str, **options: Any) -> Reply:
        """Ask for a file under a token, as `Line.get`; a token that is refused is renewed once."""
        key = self.key_of(address)
        if key is None:
            return self._line.get(address, **options)
        token = self._token(key, None)
        try:
            return self._line.get(f"{address}?{token.query}", **options)
        except ClosedError:
            token = self._token(key, token)
        return self._line.get(f"{address}?{token.query}", **options)

    def key_of(self, address: str) -> tuple[str, str] | None:
        """Return account and container of an address; None where nothing is to be signed."""
        parts = urlsplit(address)
        host = parts.hostname or ""
        account, container = host.removesuffix(self._rules["suffix"]), parts.path.lstrip("/").partition("/")[0]
        is_signed = host.endswith(self._rules["suffix"]) and account in self._rules["accounts"] and not parts.query
        return (account, container) if is_signed else None

    def _token(self, key: tuple[str, str], refused: Token | None) -> Token:
        """Return a token that lasts; another than the one that was refused."""
        with self._one_at_a_time(key):
            held = self._tokens.get(key)
            left = held.expiry - self._server_time() if held else 0.0
            if held is None or held is refused or left < min(self._rules["early_s"], held.life / 2):
                held = self._tokens[key] = self._ask(key)
            return held

    def _server_time(self) -> float:
        """Return the time by the servers' clock."""
        return self._line.now() + self._line.clock_offset

    def _ask(self, key: tuple[str, str]) -> Token:
        """Ask for a token."""
        address = self._rules["token"].format(account=key[0], container=key[1])
        answer = strict_json(self._line.get(address, most=TOKEN_BYTES).content, address)
        try:
            expiry = _when(str(answer["msft:expiry"]))
            return Token(str(answer["token"]), expiry, expiry - self._server_time())
        except (KeyError, TypeError, ValueError) as error:
            raise SourceError("{address} gives no token", address=address, retryable=True,
                              hint="see landbalance pack probe") from error  # fmt: skip

    @contextmanager
    def _one_at_a_time(self, key: tuple[str, str]) -> Iterator[None]:
        """Let one thread ask for a container's token, the others wait for it."""
        with self._lock:
            lock = self._locks.setdefault(key, threading.Lock())
        with lock:
            yield


def _when(text: str) -> float:
    """Return a time as seconds since 1970."""
    stamp = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return (stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)).timestamp()
