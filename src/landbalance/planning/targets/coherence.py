"""Whether a target fits other targets, other conventions and what a country pays for (reporting B.9)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

UP, DOWN = frozenset({"increase", "at_least"}), frozenset({"decrease", "at_most"})
SAME = "same_commitment"
AGAINST = "conflicts_with"


@dataclass(frozen=True, kw_only=True)
class Pledge:
    """What of a target must fit others.

    Parameters
    ----------
    links : tuple of (str, str, str)
        Framework, element and relation of each link.
    """

    target_id: str
    part_of: str = ""
    indicator: str = ""
    direction: str = ""
    area_km2: float | None = None
    area_unit: str = ""
    start_year: int | None = None
    target_year: int | None = None
    is_ldn: bool = False
    drivers: tuple[str, ...] = ()
    links: tuple[tuple[str, str, str], ...] = ()

    def commitments(self) -> frozenset[tuple[str, str]]:
        """Return the elements of other plans that are the same commitment."""
        return frozenset((framework, element) for framework, element, relation in self.links if relation == SAME)


@dataclass(frozen=True)
class Misfit:
    """Something that does not fit: which check says so, and with what.

    Parameters
    ----------
    check : str
        opposite, declared, same_number, deadline, unit, base_year, no_nbsap, no_ndc or subsidy.
    other : str
        The other target, link or subsidy.
    mine, theirs : object
        The two values, where there are two.
    """

    check: str
    other: str = ""
    mine: object = None
    theirs: object = None


def misfits(
    one: Pledge,
    others: Sequence[Pledge],
    *,
    sharing: Collection[str] = (),
    subsidies: Sequence[tuple[str, str]] = (),
) -> tuple[Misfit, ...]:
    """Return what does not fit between a target, other targets, other plans and subsidies.

    Parameters
    ----------
    one : Pledge
        The target.
    others : sequence of Pledge
        All others of the country.
    sharing : collection of str
        Those whose land overlaps that of the target.
    subsidies : sequence of (str, str)
        Name of each, and how it presses on land.

    Examples
    --------
    >>> wetland = Pledge(target_id="W", indicator="wetland area", direction="increase")
    >>> field = Pledge(target_id="F", indicator="Wetland area", direction="decrease")
    >>> misfits(wetland, [field], sharing=["F"])
    (Misfit(check='opposite', other='F', mine='increase', theirs='decrease'),)
    """
    found = [Misfit("declared", f"{frame} {element}") for frame, element, how in one.links if how == AGAINST]
    for other in others:
        if other.target_id != one.target_id:
            found += _between(one, other, is_shared=other.target_id in sharing)
    found += _absent(one)
    found += [Misfit("subsidy", name) for name, pathway in subsidies if _pays_for(one.drivers, pathway)]
    return tuple(found)


def _between(one: Pledge, other: Pledge, *, is_shared: bool) -> Iterator[Misfit]:
    """Yield what does not fit between two targets."""
    same = one.indicator.casefold().strip() == other.indicator.casefold().strip() != ""
    against = (one.direction in UP and other.direction in DOWN) or (one.direction in DOWN and other.direction in UP)
    if is_shared and same and against:
        yield Misfit("opposite", other.target_id, one.direction, other.direction)
    is_same = bool(one.commitments() & other.commitments())
    if is_same and one.area_km2 is not None and one.area_km2 == other.area_km2:
        yield Misfit("same_number", other.target_id)
    is_kin = is_same or one.part_of == other.target_id or other.part_of == one.target_id
    for check, mine, theirs in (
        ("deadline", one.target_year, other.target_year),
        ("base_year", one.start_year, other.start_year),
        ("unit", _unit(one), _unit(other)),
    ):
        if is_kin and mine is not None and theirs is not None and mine != theirs:
            yield Misfit(check, other.target_id, mine, theirs)


def _absent(one: Pledge) -> Iterator[Misfit]:
    """Yield the plans that a target of land degradation neutrality is missing in."""
    if not one.is_ldn:
        return
    if not any(framework == "gbf" for framework, _, _ in one.links):
        yield Misfit("no_nbsap")
    if not any(framework == "unfccc" and element.startswith("ndc") for framework, element, _ in one.links):
        yield Misfit("no_ndc")


def _unit(one: Pledge) -> str | None:
    """Return the unit of an area that is promised."""
    return one.area_unit if one.area_km2 is not None else None


def _pays_for(drivers: Sequence[str], pathway: str) -> bool:
    """Return whether a subsidy presses on land by a driver that a target fights."""
    said = pathway.replace("_", " ").casefold()
    return any(driver.strip() and driver.replace("_", " ").casefold().strip() in said for driver in drivers)
