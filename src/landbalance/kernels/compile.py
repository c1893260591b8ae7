"""How hot kernels are compiled."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from numba import njit

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def kernel(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """Compile a function with numba: the GIL released, the machine code kept on disk, x / 0 as in numpy."""
    compiled: Callable[Arguments, Result] = njit(nogil=True, cache=True, error_model="numpy")(function)
    return compiled
