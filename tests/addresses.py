"""Every address of the platform, walked from the URL conf and filled with records of a country of others."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.contrib.sessions.models import Session
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from landbalance.registry.countries.models import CountryFact

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SAFE = ("GET", "HEAD", "OPTIONS")
BOGUS = {"key": "none", "app_label": "accounts", "url": "none/"}


@dataclass(frozen=True)
class Address:
    """One pattern of the URL conf: where it stands, its full name, what it takes."""

    place: str
    name: str
    pattern: URLPattern

    @property
    def takes(self) -> frozenset[str]:
        return frozenset(self.pattern.pattern.converters) | frozenset(self.pattern.pattern.regex.groupindex)

    @property
    def is_of_workspace(self) -> bool:
        return "<slug:workspace>" in self.place or "<workspace>" in self.place

    @property
    def room(self) -> str:
        """Whose address it is: `ours`, `api`, or that of a library."""
        heads = {"accounts/": "sign-in", "administration/": "administration", "api/": "api"}
        return next((room for head, room in heads.items() if self.place.startswith(head)), "ours")

    def path(self, workspace: str, filled: Mapping[str, Mapping[str, object]]) -> str:
        """Return the path with its arguments; those of a library's pages are made up.

        Raises
        ------
        AssertionError
            If nobody says what stands in it.
        """
        given = {name: value for name, value in filled.get(self.name, {}).items() if name not in ("bodies", "is_bare")}
        if self.is_of_workspace:
            given.setdefault("workspace", workspace)
        if self.room in ("sign-in", "administration"):
            given = {name: BOGUS.get(name, "1") for name in self.takes}
        wanted = self.takes | ({"workspace"} if self.is_of_workspace else set())
        missing = wanted - set(given)
        assert not missing, f"say in tests/rooms what stands for {sorted(missing)} in {self.name} ({self.place})"
        return reverse(self.name, kwargs={name: given[name] for name in wanted})


def addresses(resolver: URLResolver | None = None, place: str = "", space: str = "") -> Iterator[Address]:
    """Walk the URL conf."""
    for each in (resolver or get_resolver()).url_patterns:
        here = place + str(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from addresses(each, here, inner)
        else:
            yield Address(here, f"{space}{each.name}", each)


def fingerprint() -> str:
    """Return a digest of every row that people's acts can change."""
    digest = hashlib.sha256()
    for model in apps.get_models():
        if model not in (Session, CountryFact):
            digest.update(repr(sorted(map(repr, model._base_manager.values_list()))).encode())
    return digest.hexdigest()
