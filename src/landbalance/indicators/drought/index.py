"""Standardised precipitation index and standardised precipitation evapotranspiration index."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from landbalance.core.errors import InputError, RuleError
from landbalance.core.parameters import Settings
from landbalance.core.remarks import Remark
from landbalance.core.tables import toml_table
from landbalance.core.types import Array
from landbalance.indicators.drought.steps import Steps
from landbalance.kernels.standardise import Distribution, Fit, Reliability, standardise

Kind = Literal["spi", "spei"]
RELIABILITY_NAMES = {
    Reliability.GOOD: "good",
    Reliability.SHORT: "fewer than 30 reference years",
    Reliability.TOO_SHORT: "fewer than 20 reference years",
    Reliability.ZEROS: "unreliable: too many steps without rain (hyper-arid)",
    Reliability.CONSTANT: "nothing varies",
}
_ZERO_SHARES = {"classical": 1.0, "centre": 0.5}


PET_METHODS = ("", "layer", "hargreaves", "thornthwaite", "penman-monteith")


@dataclass(frozen=True)
class IndexMethod:
    """How a drought index is computed: all of it is stored with every result.

    Parameters
    ----------
    kind : {"spi", "spei"}
        Of rain, or of rain less potential evapotranspiration.
    months : int
        Months that are summed.
    distribution : str
        "gamma", "pearson3" or "loglogistic".
    fit : {"thom", "ml"}
        Closed form, or maximum likelihood, of the gamma curve.
    reference : tuple of int
        First and last reference year.
    zero_mode : {"classical", "centre"}
        Where zeros stand: at the end of their mass, or in its middle.
    clip : float
        Largest size of the index.
    pet : str
        How potential evapotranspiration is made, for SPEI: "layer", "hargreaves", "thornthwaite", "penman-monteith";
        empty for the first of them that the layers allow.
    """

    kind: Kind
    months: int
    distribution: str
    fit: str
    reference: tuple[int, int]
    zero_mode: str
    clip: float
    pet: str = ""

    def __post_init__(self) -> None:
        if self.kind == "spei" and self.distribution == "gamma":
            raise InputError(
                "gamma knows no values below zero, and a water balance has them", hint="take loglogistic or pearson3"
            )
        if self.pet not in PET_METHODS or (self.pet and self.kind == "spi"):
            raise InputError(
                "{kind} knows no evapotranspiration by {pet}", kind=self.kind.upper(), pet=self.pet,
                hint='with SPEI, use one of {known}',
            known=', '.join(PET_METHODS[1:]))  # fmt: skip
        if self.months < 1:
            raise InputError("an index over {months} months", months=self.months, hint="give 1, 3, 6, 12 or more")

    @property
    def name(self) -> str:
        """Return "SPI-3", "SPEI-12", ..."""
        return f"{self.kind.upper()}-{self.months}"

    @property
    def text(self) -> Remark:
        """Return the method in one line, for metadata."""
        first, last = self.reference
        parts: dict[str, object] = {"index": self.name, "distribution": self.distribution, "clip": f"{self.clip:g}"}
        parts |= {"first": first, "last": last}
        if self.distribution == "gamma":
            parts["distribution"] = Remark("gamma, fitted by {fit}", fit=self.fit)
        if self.pet:
            parts["distribution"] = Remark(
                "{distribution}, evapotranspiration by {pet}", distribution=parts["distribution"], pet=self.pet
            )
        if self.kind == "spi":
            parts["clip"] = Remark("{clip}, zeros {zeros}", clip=parts["clip"], zeros=self.zero_mode)
        return Remark("{index}, {distribution}, reference {first}-{last}, cut at +-{clip}", **parts)


def index_method(kind: Kind, settings: Settings, **given: object) -> IndexMethod:
    """Return the method of a profile; what is given goes before.

    Examples
    --------
    >>> from landbalance.core.parameters import resolve
    >>> index_method("spi", resolve(), months=3).text
    'SPI-3, gamma, fitted by thom, reference 1981-2010, cut at +-3, zeros classical'
    """
    stated: dict[str, object] = {
        "months": settings.integer("spi_months"),
        "distribution": settings.text(f"{kind}_distribution"),
        "fit": settings.text("spi_fit"),
        "reference": (settings.integer("spi_reference_first"), settings.integer("spi_reference_last")),
        "zero_mode": settings.text("zero_mode"),
        "clip": settings.number("clip_spi"),
    }
    chosen = stated | {name: value for name, value in given.items() if value is not None}
    _one_of("distribution", chosen["distribution"], tuple(each.name.lower() for each in Distribution))
    _one_of("fit", chosen["fit"], ("thom", "ml"))
    _one_of("zero_mode", chosen["zero_mode"], tuple(_ZERO_SHARES))
    return IndexMethod(kind, **chosen)  # type: ignore[arg-type]


def drought_index(series: Array, steps: Steps, method: IndexMethod) -> tuple[Array, NDArray[np.int8]]:
    """Return a standardised index.

    Parameters
    ----------
    series : ndarray of float32 or float64, shape (time, ...)
        Rain [mm], or rain less potential evapotranspiration [mm], in equal steps; NaN missing.
    steps : Steps
        Of the rows.
    method : IndexMethod
        How.

    Returns
    -------
    index : ndarray, shape (time, ...)
        [1]; NaN where the sum or the fit is unknown.
    reliability : ndarray of int8, shape (step of the year, ...)
        `Reliability` codes.

    Raises
    ------
    InputError
        If rain is negative, or the reference period has fewer than 20 years.

    References
    ----------
    .. [1] McKee, T.B., Doesken, N.J., Kleist, J. (1993), The relationship of drought frequency and duration to time
       scales, 8th Conference on Applied Climatology, 179-184.

    Examples
    --------
    >>> from landbalance.core.parameters import resolve
    >>> rain = np.tile(np.arange(30.0)[:, None] + 10, (1, 12)).reshape(360, 1)
    >>> index, _ = drought_index(rain, Steps("month", (1981, 0), 360), index_method("spi", resolve(), months=1))
    >>> bool((np.diff(index[::12, 0]) > 0).all())
    True
    """
    first, last = (year - steps.first[0] for year in method.reference)
    _check_reference(steps, method)
    if method.kind == "spi":
        refuse_negative(series)
    limits = toml_table("drought")["years"]
    fit = Fit(
        width=method.months * steps.per_year // 12,
        steps=steps.per_year,
        phase=steps.first[1],
        first=first,
        last=last,
        least=limits["least"],
        enough=limits["enough"],
        distribution=int(Distribution[method.distribution.upper()]),
        likelihood=method.fit == "ml",
        zeros=method.kind == "spi",
        zero_share=_ZERO_SHARES[method.zero_mode],
        clip=method.clip,
    )
    index, reliability = standardise(np.ascontiguousarray(series.reshape(len(series), -1)), fit)
    return index.reshape(series.shape), reliability.reshape(steps.per_year, *series.shape[1:])


def refuse_empty(reliability: NDArray[np.int8], known: NDArray[np.bool_], method: IndexMethod) -> None:
    """Refuse an index that no cell has, saying why.

    Parameters
    ----------
    reliability : ndarray of int8, shape (step of the year, cell)
        `Reliability` codes.
    known : ndarray of bool, shape (cell,)
        Cells with any value in the input.

    Raises
    ------
    RuleError
        If nothing could be fitted.
    """
    fitted = (reliability <= Reliability.SHORT) & known
    if fitted.any():
        return
    codes = reliability[:, known]
    if codes.size == 0:
        raise RuleError("{name}: the input has no value at all", name=method.name, hint="check its nodata values")
    counts = np.bincount(codes.ravel(), minlength=len(Reliability))
    why = Reliability(int(counts.argmax()))
    hint = "take SPEI, or more months" if why is Reliability.ZEROS else "check the input, or choose other years"
    raise RuleError("{name} has no value anywhere: {why}", name=method.name, why=RELIABILITY_NAMES[why], hint=hint)


def refuse_negative(rain: Array) -> None:
    """Refuse rain below zero.

    Raises
    ------
    InputError
        If there is any.
    """
    least = float(np.nanmin(rain)) if np.isfinite(rain).any() else 0.0
    if least < 0:
        raise InputError(
            "rain is {value:g} mm in {count} places", value=least, count=int((rain < 0).sum()),
            hint="declare the value that means missing, or check the scale",
        )  # fmt: skip


def _check_reference(steps: Steps, method: IndexMethod) -> None:
    """Refuse a reference period that the series does not cover for twenty years."""
    first, last = max(method.reference[0], steps.years[0]), min(method.reference[1], steps.years[1])
    least = toml_table("drought")["years"]["least"]
    if last - first + 1 < least:
        raise InputError(
            "the series {start}-{end} has {years} years of the reference {first}-{last}, and an index needs {least}",
            start=steps.years[0], end=steps.years[1], years=max(last - first + 1, 0), first=method.reference[0],
            last=method.reference[1], least=least, hint="give a longer series or other reference years",
        )  # fmt: skip


def _one_of(name: str, value: object, choices: tuple[str, ...]) -> None:
    """Refuse a word that is not among the choices."""
    if value not in choices:
        raise InputError(
            "{name} is {value}", name=name, value=value, hint="use one of {known}", known=", ".join(choices)
        )
