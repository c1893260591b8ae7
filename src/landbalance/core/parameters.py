"""Method parameters: the profile table, national overrides with their reason, and where each value came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landbalance.core.errors import InputError, NotFoundError
from landbalance.core.tables import toml_table
from landbalance.core.types import Value

DEFAULT_PROFILE = "unccd-2026"
NOT_STATED = "not stated"


@dataclass(frozen=True)
class Override:
    """A value a country sets for itself, and why."""

    value: Value
    reason: str


@dataclass(frozen=True)
class Setting:
    """One parameter as a run uses it.

    `origin` is "profile" (the profile states it), "default" (the profile does not state it, so the value of
    unccd-2026 stands) or "national" (overridden, with `reason`).
    """

    name: str
    value: Value
    unit: str
    title: str
    origin: str
    source: str
    reason: str = ""


class Settings(Mapping[str, Value]):
    """All parameters of a run by name; `settings["soc_threshold"]` is the value, `settings.of(name)` its record."""

    def __init__(self, profile: str, settings: tuple[Setting, ...]) -> None:
        self.profile = profile
        self._settings = {setting.name: setting for setting in settings}

    def __getitem__(self, name: str) -> Value:
        return self.of(name).value

    def __iter__(self) -> Iterator[str]:
        return iter(self._settings)

    def __len__(self) -> int:
        return len(self._settings)

    def of(self, name: str) -> Setting:
        """Return the record of one parameter.

        Raises
        ------
        NotFoundError
            If no parameter has this name.
        """
        if name not in self._settings:
            raise NotFoundError("no parameter is called {name}", name=name, hint="see landbalance config show")
        return self._settings[name]

    def number(self, name: str) -> float:
        """Return a parameter that is a number."""
        value = self[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError("parameter {name} is {value}", name=name, value=value, hint="give a number")
        return float(value)

    def integer(self, name: str) -> int:
        """Return a parameter that is a whole number."""
        return int(self.number(name))

    def text(self, name: str) -> str:
        """Return a parameter that is a word."""
        return str(self[name])

    def flag(self, name: str) -> bool:
        """Return a parameter that is true or false."""
        return bool(self[name])


def profiles() -> tuple[str, ...]:
    """Return the names of the method profiles."""
    return tuple(toml_table("profiles")["profiles"])


def resolve(
    profile: str = DEFAULT_PROFILE,
    overrides: Mapping[str, Override] | None = None,
    stated: Mapping[str, Override] | None = None,
) -> Settings:
    """Return every parameter with its value and origin, for one profile and a country's overrides.

    `stated` is what the file of a custom profile states, each value with its source as the reason.

    Raises
    ------
    NotFoundError
        If the profile, or an overridden parameter, does not exist.
    InputError
        If an override is out of bounds, not among the choices, or gives no reason.

    Examples
    --------
    >>> resolve("unccd-2026")["soc_threshold"]
    0.1
    >>> resolve(overrides={"soc_threshold": Override(0.05, "national soil survey")}).of("soc_threshold").origin
    'national'
    """
    if profile not in profiles():
        raise NotFoundError(
            "no profile is called {profile}", profile=profile, hint="use one of {known}", known=", ".join(profiles())
        )
    table: dict[str, dict[str, Any]] = toml_table("profiles")["parameter"]
    overrides, stated = overrides or {}, stated or {}
    for name in (*overrides, *stated):
        if name not in table:
            raise NotFoundError("no parameter is called {name}", name=name, hint="see landbalance config show")
    rows = {name: row | _stated_cell(name, row, stated.get(name), profile) for name, row in table.items()}
    return Settings(profile, tuple(_setting(name, row, profile, overrides.get(name)) for name, row in rows.items()))


def _setting(name: str, row: dict[str, Any], profile: str, override: Override | None) -> Setting:
    """Return one parameter for a profile, checked."""
    if override is not None:
        if not override.reason.strip():
            raise InputError(
                "parameter {name} is overridden without a reason", name=name, hint="write why, as reason = ..."
            )
        value = _checked(name, row, override.value)
        return Setting(name, value, row.get("unit", ""), row["title"], "national", "workspace", override.reason)
    stated = row.get(profile, NOT_STATED) != NOT_STATED
    cell, origin = (row[profile], "profile") if stated else (row[DEFAULT_PROFILE], "default")
    return Setting(name, _plain(cell["value"]), row.get("unit", ""), row["title"], origin, cell["source"])


def _stated_cell(name: str, row: dict[str, Any], stated: Override | None, profile: str) -> dict[str, Any]:
    """Return the cell a custom profile adds to a row of the table, checked; nothing where it states none."""
    return {profile: {"value": _checked(name, row, stated.value), "source": stated.reason}} if stated else {}


def _checked(name: str, row: dict[str, Any], value: Value) -> Value:
    """Return an override that fits the parameter's type, bounds and choices."""
    default = row[DEFAULT_PROFILE]["value"]
    fits = isinstance(value, type(default)) or (isinstance(default, float) and type(value) is int)
    if isinstance(default, bool) != isinstance(value, bool) or not (fits or isinstance(default, list)):
        raise InputError(
            "{name} is {value!r}", name=name, value=value, hint="give a value like {default!r}", default=default
        )
    if "choices" in row and value not in row["choices"]:
        raise InputError(
            "{name} is {value!r}",
            name=name,
            value=value,
            hint="use one of {known}",
            known=", ".join(map(str, row["choices"])),
        )
    low, high = row.get("low"), row.get("high")
    if isinstance(value, int | float) and ((low is not None and value < low) or (high is not None and value > high)):
        raise InputError(
            "{name} is {value}", name=name, value=value, hint="give a value from {low} to {high}", low=low, high=high
        )
    return float(value) if isinstance(default, float) and isinstance(value, int) else _plain(value)


def _plain(value: Any) -> Value:
    """Return a list as a tuple, anything else unchanged."""
    return tuple(value) if isinstance(value, list) else value
