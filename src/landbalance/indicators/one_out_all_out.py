"""SDG indicator 15.3.1 of one period: one out, all out."""

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError
from landbalance.core.types import Array, StatusGrid
from landbalance.core.vocab import Status
from landbalance.indicators.spec import Band, Indicator, Parameter
from landbalance.kernels.compile import kernel

NODATA_RULES = ("any", "degraded_wins", "available")
_DEGRADED, _STABLE, _IMPROVED, _MISSING = 1, 2, 4, 8  # what has been seen of a cell, as bits


def one_out_all_out(layers: StatusGrid, *, nodata_rule: str) -> StatusGrid:
    """Combine the statuses of several layers: degraded if one is, else improved if one is, else stable.

    Parameters
    ----------
    layers : ndarray of int8, shape (layer, ...)
        `Status` codes. A cell that is NOT_APPLICABLE in a layer leaves that layer out.
    nodata_rule : {"any", "degraded_wins", "available"}
        What a missing layer does: the cell is unknown; it is unknown unless another layer is degraded; the known layers
        decide.

    Returns
    -------
    ndarray of int8, shape (...)
        `Status` codes; NODATA also where no layer says anything.

    Raises
    ------
    InputError
        If the rule is unknown.

    References
    ----------
    .. [1] UNCCD (2021), Good Practice Guidance, SDG Indicator 15.3.1, version 2.

    Examples
    --------
    >>> one_out_all_out(np.int8([[1, -1, -1], [0, 1, -128], [0, 0, 0]]), nodata_rule="any")
    array([   1,   -1, -128], dtype=int8)
    """
    verdict = np.empty(layers[0].size, dtype=np.int8)
    _combine(layers.reshape(layers.shape[0], -1).view(np.uint8), _bits(), _verdicts(nodata_rule), verdict)
    return verdict.reshape(layers.shape[1:])


def _bits() -> NDArray[np.uint8]:
    """Return what each status code adds to the bits seen; a code that is none counts as missing."""
    bits = np.full(256, _MISSING, dtype=np.uint8)
    bits[Status.STABLE], bits[Status.IMPROVED], bits[Status.DEGRADED] = _STABLE, _IMPROVED, _DEGRADED
    bits[Status.NOT_APPLICABLE] = 0
    return bits


def _verdicts(rule: str) -> NDArray[np.int8]:
    """Return the status for each combination of bits seen."""
    if rule not in NODATA_RULES:
        raise InputError(
            "there is no nodata rule {rule}", rule=rule, hint="use one of {known}", known=", ".join(NODATA_RULES)
        )
    verdicts = np.full(16, Status.NODATA, dtype=np.int8)
    for seen in range(1, 16):
        if seen & _MISSING and (rule == "any" or (rule == "degraded_wins" and not seen & _DEGRADED)):
            continue
        if seen & _DEGRADED:
            verdicts[seen] = Status.DEGRADED
        elif seen & _IMPROVED:
            verdicts[seen] = Status.IMPROVED
        elif seen & _STABLE:
            verdicts[seen] = Status.STABLE
    return verdicts


@kernel
def _combine(layers: Array, bits: Array, verdicts: Array, verdict: Array) -> None:
    """Gather the bits of every cell and look the verdict up, in place."""
    count, cells = layers.shape
    for cell in range(cells):
        seen = 0
        for layer in range(count):
            seen |= bits[layers[layer, cell]]
        verdict[cell] = verdicts[seen]


INDICATOR = Indicator(
    id="one-out-all-out",
    title="SDG indicator 15.3.1, one out all out",
    inputs=(Band("layers"),),
    parameters=(Parameter("nodata_rule", "any", choices=NODATA_RULES, setting="nodata_rule"),),
    output=Status,
    kernel=one_out_all_out,
    references=("unccd-gpg-2021", "unccd-prais-2026"),
)
