"""What a line has asked and got, which hosts it leaves alone, and whether it reaches anybody at all."""

import threading
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field

import httpcore

from landbalance.core.errors import SourceError
from landbalance.io.packs.gate import NoLineError

MISSES = 3  # connections in a row that came to nothing, before others are tried
OTHERS = 4
PATIENCE_S = 5.0


@dataclass
class Breaker:
    """Leaves a host alone after failures in a row; after some pauses it is down."""

    failures: int = 0
    pauses: int = 0

    def fail(self) -> None:
        """Note a failure."""
        self.failures += 1

    def succeed(self) -> None:
        """Note an answer."""
        self.failures = self.pauses = 0


@dataclass
class Tally:
    """What was asked and got since the line was opened."""

    requests: int = 0
    bytes: int = 0
    addresses: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def ask(self, address: str) -> None:
        """Note a request."""
        with self._lock:
            self.requests += 1
            self.addresses.append(address)

    def got(self, count: int) -> None:
        """Note what came."""
        with self._lock:
            self.bytes += count


class Reach:
    """Notices that no server can be reached: then it is the line that is gone, and not what is asked for.

    Parameters
    ----------
    backend : httpcore.NetworkBackend
        How the line connects.
    hosts : collection of str
        Whom it may ask.
    """

    def __init__(self, backend: httpcore.NetworkBackend, hosts: Collection[str]) -> None:
        self._backend, self._hosts = backend, sorted(hosts)
        self._answered: dict[str, None] = {}
        self._misses = 0

    def hit(self, host: str) -> None:
        """Note an answer, of whatever kind."""
        self._answered[host] = None
        self._misses = 0

    def miss(self, host: str) -> None:
        """Note a host that could not be connected to; after some in a row others are knocked at.

        Raises
        ------
        NoLineError
            If none of them is there.
        """
        self._misses += 1
        known = dict.fromkeys([*self._answered, *self._hosts])  # behind a fence only some may be there
        others = [each for each in known if each != host][:OTHERS]
        if self._misses < MISSES or not others:
            return
        if not any(self._is_there(each) for each in others):
            raise NoLineError
        self._misses = 0

    def _is_there(self, host: str) -> bool:
        """Return whether a host can be connected to."""
        with suppress(httpcore.ConnectError, httpcore.ConnectTimeout, SourceError, OSError):
            self._backend.connect_tcp(host, 443, timeout=PATIENCE_S).close()
            return True
        return False
