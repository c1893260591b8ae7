"""Run a declared indicator with the parameters of a profile."""

from typing import Any

from landbalance.indicators.arrays import filled
from landbalance.indicators.catalogue import indicator


def run(id_: str, profile: str = "unccd-2026", /, **given: Any) -> Any:
    """Return what the kernel of an indicator makes of inputs and parameters."""
    declared = indicator(id_)
    inputs = {band.name: given.pop(band.name) for band in declared.inputs}
    filler = declared.reduction.fills if declared.reduction else None
    extra = {filler: given.pop(filler)} if filler in given else {}
    return declared.kernel(**inputs, **filled(declared, given, profile), **extra)
