"""Every example in a docstring of the pure floors runs and prints what it says."""

import doctest
from importlib import import_module
from pkgutil import walk_packages

import pytest

import landbalance

FLOORS = ("core", "kernels", "grid", "indicators", "accounting", "planning", "reporting")
MODULES = [
    module.name
    for floor in FLOORS
    for module in walk_packages([f"{landbalance.__path__[0]}/{floor}"], f"landbalance.{floor}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_print_what_they_say(name: str) -> None:
    failed, _ = doctest.testmod(import_module(name))

    assert failed == 0
