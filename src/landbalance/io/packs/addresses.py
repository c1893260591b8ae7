"""Which addresses a pack may be fetched from: exact hosts of the registry, over https, and no look-alikes."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import httpx

from landbalance.core.addresses import without_secrets
from landbalance.core.errors import SourceError
from landbalance.core.sources import Source, sources
from landbalance.core.tables import toml_table

_NAME = re.compile(r"^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z](?:[a-z0-9-]*[a-z0-9])?$")
_ODD = re.compile(r"[\x00-\x20\x7f\\]")
SECRETS = frozenset({"sig", "se", "st", "sp", "token", "x-amz-signature", "x-amz-credential"})


@dataclass(frozen=True)
class Hosts:
    """Hosts that may be asked, and those that may send on to which other.

    Parameters
    ----------
    allowed : frozenset of str
        Exact names.
    redirects : mapping of str to frozenset of str
        Host -> hosts it may send on to beside itself.
    """

    allowed: frozenset[str]
    redirects: Mapping[str, frozenset[str]]

    def checked(self, address: str) -> httpx.URL:
        """Return an address that may be asked.

        Raises
        ------
        SourceError
            If it is no https address of a known host, or is written in a way that could lead elsewhere.
        """
        try:
            url = httpx.URL(address)
            host = url.raw_host.decode("ascii").lower()
        except (httpx.InvalidURL, UnicodeError, TypeError, ValueError) as error:
            raise _refused(address, "it is no address") from error
        if _ODD.search(address):
            raise _refused(address, "it holds blanks or control characters")
        if url.scheme != "https" or (url.port or 443) != 443:
            raise _refused(address, "only https on its own port is read")
        if url.userinfo:
            raise _refused(address, "it holds a user name")
        if _is_number(host) or not _NAME.match(host):
            raise _refused(address, "its host is no name")
        if host not in self.allowed:
            raise _refused(address, f"{host} is no host of the registry")
        return url

    def next_of(self, asked: httpx.URL, location: str) -> httpx.URL:
        """Return where a server sends a request on to.

        Raises
        ------
        SourceError
            If it may not send there, or passes a token on to another host.
        """
        try:
            target = asked.join(location)
        except (httpx.InvalidURL, UnicodeError, ValueError) as error:
            raise _refused(location, "it is no address") from error
        url = self.checked(str(target))
        if url.host == asked.host:
            return url
        if url.host not in self.redirects.get(asked.host, frozenset()):
            raise _refused(str(url), f"{asked.host} may not send there")
        held = {value for name, value in asked.params.multi_items() if name.lower() in SECRETS}
        if held & {value for _, value in url.params.multi_items()}:
            raise _refused(str(url), "it would carry a token to another host")
        return url


@cache
def known_hosts() -> Hosts:
    """Return the hosts of every source of the registry, and those of the signed storage."""
    return hosts_of(sources().values())


def hosts_of(listed: Iterable[Source]) -> Hosts:
    """Return the hosts of some sources, and those that signing needs."""
    table = toml_table("pack")
    signing = table["signing"]["pc"]
    names = {host for each in listed for host in each.hosts} | {signing["host"]}
    names |= {name + signing["suffix"] for name in signing["accounts"]}
    redirects = {host: frozenset(targets) for host, targets in table["redirect"].items()}
    return Hosts(frozenset(names), redirects)


def plain(address: str) -> str:
    """Return an address as it may be stored and shown: without query, except one that names what is asked.

    Examples
    --------
    >>> plain("https://a.blob.core.windows.net/c/x.tif?st=1&se=2&sig=abc")
    'https://a.blob.core.windows.net/c/x.tif'
    >>> plain("https://api.worldbank.org/v2/x?format=json")
    'https://api.worldbank.org/v2/x?format=json'
    """
    path, mark, query = address.partition("?")
    names = {part.partition("=")[0].lower() for part in query.split("&")}
    return path if names & SECRETS else without_secrets(path) + mark + query


def _is_number(host: str) -> bool:
    """Return whether a host is an IP address, in any of the ways they are written."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return bool(re.fullmatch(r"(0x)?[0-9a-f.x]+", host)) and not host.rpartition(".")[2].isalpha()
    return True


def _refused(address: str, why: str) -> SourceError:
    """Return the error for an address that is not asked."""
    return SourceError(
        "{address} is not asked: {why}",
        address=plain(str(address))[:200],
        why=why,
        retryable=False,
        hint="a source names its hosts in core/data/sources",
    )
