"""How hot kernels are compiled, and where their machine code is kept."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import ParamSpec, TypeVar

from numba import njit
from numba.core import config as settings

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")
_FLOORS = ("core", "kernels", "indicators")  # where kernels are, and the constants they are compiled with


def kernel(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function with numba: the GIL released, the machine code kept on disk, x / 0 as in numpy."""
    with _own_cache():
        compiled: Callable[Arguments, Result] = njit(nogil=True, cache=True, error_model="numpy")(function)
    return compiled


@contextmanager
def _own_cache() -> Iterator[None]:
    """Keep machine code in a folder named after all sources: numba itself looks at the file of a function alone.

    A kernel that calls one of another file would otherwise go on with the old machine code of that one.
    """
    given = settings.CACHE_DIR  # type: ignore[attr-defined]
    base = given or str(files("landbalance") / "__pycache__")
    settings.CACHE_DIR = f"{base}/{source_digest()}"  # type: ignore[attr-defined]
    try:
        yield
    finally:
        settings.CACHE_DIR = given  # type: ignore[attr-defined]


@cache
def source_digest() -> str:
    """Return a short digest of all sources that machine code is made of."""
    digest = hashlib.sha256()
    for floor in _FLOORS:
        sources = (each for each in files(f"landbalance.{floor}").iterdir() if each.name.endswith(".py"))
        for source in sorted(sources, key=lambda each: each.name):
            digest.update(source.name.encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]
