"""Connections to public addresses alone."""

import socket
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

from landbalance.core.errors import SourceError


class PublicBackend(httpcore.NetworkBackend):
    """Connects to public addresses only; a name is resolved once, and what was checked is what is connected to."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,
                    socket_options: Any = None) -> httpcore.NetworkStream:  # fmt: skip
        """Open a connection.

        Raises
        ------
        httpcore.ConnectError
            If the name has no address, one that is not public, or none that answers.
        """
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in self.resolve(host, port):
            try:
                return self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure

    def resolve(self, host: str, port: int) -> list[str]:
        """Return the addresses of a name; none if one of them is not public."""
        try:
            found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        private = [address for address in found if not ip_address(address).is_global]
        if private:
            raise SourceError(
                "{host} leads to {address}, which is no public address",
                host=host,
                address=private[0],
                retryable=False,
                hint="check the name service of this network",
            )
        return list(dict.fromkeys(found))


class PublicTransport(httpx.HTTPTransport):
    """The usual transport over another way to connect."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        super().__init__()
        context = httpx.create_ssl_context()
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=16, max_keepalive_connections=8, network_backend=backend
        )
