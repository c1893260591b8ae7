"""All declared indicators, discovered from the files of this package when asked for."""

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

from landbalance import indicators
from landbalance.core.errors import NotFoundError
from landbalance.indicators.spec import Indicator


@cache
def catalogue() -> dict[str, Indicator]:
    """Return every declared indicator by its id, sorted."""
    found: dict[str, Indicator] = {}
    for module in walk_packages(indicators.__path__, "landbalance.indicators."):
        for declared in vars(import_module(module.name)).values():
            if isinstance(declared, Indicator):
                found[declared.id] = declared
    return dict(sorted(found.items()))


def indicator(name: str) -> Indicator:
    """Return the indicator with this id.

    Raises
    ------
    NotFoundError
        If none has it.
    """
    known = catalogue()
    if name not in known:
        raise NotFoundError("no indicator is called {name}", name=name, hint="see landbalance indicator list")
    return known[name]
