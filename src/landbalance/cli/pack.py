"""`landbalance pack`: every default layer of a country, from public sources, and carried on a stick."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli import pack_mirror
from landbalance.cli.console import megabytes, print_json, print_table, say, warn
from landbalance.cli.options import JsonOption, QuietOption
from landbalance.cli.progress import progress_bar

if TYPE_CHECKING:
    from landbalance.io.packs.manifest import GapTable
    from landbalance.io.packs.plan import Plan

INCOMPLETE = 3
app = typer.Typer(
    help="Get the default layers of a country; carry them on a stick.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)
app.add_typer(pack_mirror.app, name="mirror")
CountryArgument = Annotated[str, typer.Argument(help="Country, ISO 3166 alpha-3, such as KEN.")]
SizeOption = Annotated[str, typer.Option(help="minimal, standard or full.")]
YearsOption = Annotated[str, typer.Option(help="Years of the series, such as 2000-2023.")]
RoleOption = Annotated[list[str] | None, typer.Option(help="Only this role, such as soc; may be repeated.")]
BoundaryOption = Annotated[Path | None, typer.Option(help="The country's own boundary, or that of a part of it.")]
ToOption = Annotated[Path, typer.Option(help="Folder of packs.")]
PackArgument = Annotated[str, typer.Argument(help="Pack: its name in the folder of packs, or its path.")]
CacheOption = Annotated[Path | None, typer.Option(help="Folder of what was fetched; packs share it.")]


@app.callback()
def pack() -> None: ...


@app.command("plan")
def show_plan(
    country: CountryArgument, size: SizeOption = "standard", years: YearsOption = "", role: RoleOption = None,
    boundary: BoundaryOption = None, json: JsonOption = False,
) -> None:  # fmt: skip
    """Show sources, bytes, requests, time and licences of a pack, and what will be missing; nobody is asked."""
    from landbalance.core.tables import toml_table
    from landbalance.io.packs.order import Order, planned
    from landbalance.io.packs.plan import costs_of, size_called

    plan = planned(Order(country, size_called(size), years, tuple(role or ()), boundary))
    costs, speeds = costs_of(plan), toml_table("pack")["speeds_mbit_s"]
    if json:
        print_json({"country": plan.place.iso3, "extent": plan.extent, "costs": costs, "gaps": plan.gaps})
        return
    say(f"{plan.place.name} ({plan.place.iso3}), {plan.size}; extent: {plan.extent.source}")
    print_table(
        ("role", "source", "years", "files", "requests", "read", "keep", "licence"),
        [(source_role(plan, cost.source.id), cost.source.id, cost.years, f"{cost.files:,}", f"{cost.requests:,}",
          megabytes(cost.read_bytes), megabytes(cost.keep_bytes), cost.source.licence) for cost in costs],
        right=("files", "requests", "read", "keep"),
    )  # fmt: skip
    total = sum(cost.read_bytes for cost in costs), sum(cost.keep_bytes for cost in costs)
    say(f"read {megabytes(total[0])}, keep {megabytes(total[1])}, {sum(cost.requests for cost in costs):,} requests")
    say(
        "time "
        + ", ".join(f"{_hours(sum(cost.seconds(speed) for cost in costs))} at {speed} Mbit/s" for speed in speeds)
    )
    for gap in plan.gaps:
        say(f"missing: {gap.role} {_years(gap.years)}".rstrip() + f": {gap.said}")
    for cost in costs:
        for doubt in cost.source.unsure:
            say(f"not sure: {cost.source.id}: {doubt}")


@app.command()
def build(
    country: CountryArgument, size: SizeOption = "standard", years: YearsOption = "", role: RoleOption = None,
    boundary: BoundaryOption = None,
    resume: Annotated[bool, typer.Option("--resume", help="Insist on going on with one that was begun.")] = False,
    until: Annotated[str, typer.Option(help="Stop after so many bytes, such as 200MB; go on another day.")] = "",
    between: Annotated[str, typer.Option(help="Hours in which the line may be used, such as 22:00-06:00.")] = "",
    fallback: Annotated[str, typer.Option(help="auto: take another source where one does not answer.")] = "",
    offline: Annotated[bool, typer.Option("--offline", help="Ask no source: cache and mirrors alone.")] = False,
    mirrors: pack_mirror.MirrorsOption = None,
    to: ToOption = Path("packs"), cache: CacheOption = None, quiet: QuietOption = False, json: JsonOption = False,
) -> None:  # fmt: skip
    """Build a pack, or go on with one; nothing is fetched twice. Exits with 3 while something is missing."""
    from landbalance.core.errors import InputError
    from landbalance.io.packs.build import build_pack
    from landbalance.io.packs.gate import Gate, PausedError
    from landbalance.io.packs.line import Line
    from landbalance.io.packs.mirrors import mirrors_file, read_mirrors
    from landbalance.io.packs.order import Order
    from landbalance.io.packs.plan import size_called
    from landbalance.io.packs.public_file import open_desk

    if fallback not in ("", "auto"):
        raise InputError(
            "{value!r} is no way to fall back", value=fallback, hint="write --fallback auto, or leave it out"
        )
    gate = Gate(until, between, told=lambda text: say(text, quiet=quiet))
    order = Order(country.upper(), size_called(size), years, tuple(role or ()), boundary, fallback=fallback == "auto",
                  must_resume=resume)  # fmt: skip
    trusted = read_mirrors(mirrors or mirrors_file())
    desk = open_desk(
        Line(gate=gate, wait=gate.wait, is_offline=offline), cache, trusted, told=lambda error: warn(str(error))
    )
    try:
        built = build_pack(order, to, desk, progress=progress_bar(quiet=quiet or json))
    except PausedError as pause:
        say(f"paused: {pause}", quiet=quiet)
        raise typer.Exit(INCOMPLETE) from None
    finally:
        desk.close()
    unexpected = [gap for gap in built.gaps if gap.reason in ("failed", "offline")]
    if json:
        print_json({"pack": built.folder, "layers": built.layers, "gaps": [gap.model_dump() for gap in built.gaps]})
    else:
        say(f"{built.folder}: {built.layers} layers", quiet=quiet)
        _say_gaps(built.gaps, quiet=quiet)
        say(f"Next: landbalance init {country.lower()} --pack {built.folder}", quiet=quiet)
    if unexpected:
        raise typer.Exit(INCOMPLETE)


@app.command()
def check(
    name: PackArgument, to: ToOption = Path("packs"), quiet: QuietOption = False, json: JsonOption = False
) -> None:
    """Check a pack: files, cells, codes, values, sums, seams, licences; exit with 1 if something failed."""
    from landbalance.core.errors import RuleError
    from landbalance.io.packs.carry import check_folder, find_pack

    found = check_folder(find_pack(name, to))
    if json:
        print_json(found)
    else:
        order = {"fail": 0, "warn": 1, "ok": 2}
        for each in sorted(found, key=lambda each: order[each.result]):
            say(f"{each.result:5}{each.check:11}{each.layer}: {each.text}", quiet=quiet and each.result == "ok")
    failed = [each for each in found if each.result == "fail"]
    if failed:
        raise RuleError("{count} checks failed: {names}", count=len(failed),
                        names=", ".join(sorted({each.check for each in failed})),
                        hint="fetch those layers again, or replace them: landbalance pack add")  # fmt: skip


@app.command()
def add(
    name: PackArgument,
    file: Annotated[Path, typer.Argument(help="GeoTIFF, or polygons for --role boundary.")],
    role: Annotated[str, typer.Option(help="What it is for: land_cover, ndvi, soc, climate_zone, boundary, ...")],
    year: Annotated[int | None, typer.Option(help="Its year.")] = None,
    legend: Annotated[str, typer.Option(help="Legend of its codes, such as esa_cci.")] = "",
    quantity: Annotated[str, typer.Option(help="What it measures: ndvi, soc, mm, persons, ...")] = "",
    scale: Annotated[float, typer.Option(help="Physical value = stored value x scale.")] = 1.0,
    unit: Annotated[str, typer.Option(help="Its unit.")] = "",
    title: Annotated[str, typer.Option(help="Its title.")] = "",
    licence: Annotated[str, typer.Option(help="Licence it may be passed on under.")] = "not stated",
    citation: Annotated[str, typer.Option(help="How to cite it.")] = "",
    private: Annotated[bool, typer.Option("--private", help="Never pass it on.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take out the layer of this role and year.")] = False,
    to: ToOption = Path("packs"), quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Put a national layer into a pack, beside the public one or in its place."""
    from landbalance.core.roles import roles
    from landbalance.io.packs.carry import add_layer, find_pack
    from landbalance.io.packs.manifest import PackLayer

    role = "boundaries" if role == "boundary" else role
    known = roles().get(role)
    layer = PackLayer(
        role=role, source="own", path="own", sha256="", bytes=0, kind="vector" if role == "boundaries" else "raster",
        title=title or (known.title if known else role), year=year, scale=scale, unit=unit, legend=legend,
        quantity=quantity or (known.quantity if known else ""), licence=licence,
        citation=citation or f"given by the country: {file.name}", share=not private,
    )  # fmt: skip
    placed = add_layer(find_pack(name, to), layer, file, replace=replace)
    say(f"{placed.path}: {placed.role} {placed.year or ''}".rstrip(), quiet=quiet)


@app.command()
def diff(one: PackArgument, other: PackArgument, to: ToOption = Path("packs"), json: JsonOption = False) -> None:
    """List the layers that differ between two packs, and what rests on them."""
    from landbalance.io.packs.carry import diff_packs, find_pack

    rows = diff_packs(find_pack(one, to), find_pack(other, to))
    if json:
        print_json(rows)
        return
    if not rows:
        say("the layers are the same")
        return
    print_table(("layer", "change", "what rests on it"), [(row.path, row.change, row.effect) for row in rows])
    say("run both and compare: landbalance init ... --pack, landbalance assess")


@app.command()
def export(
    name: PackArgument,
    target: Annotated[Path, typer.Argument(help="Folder the file is written in, such as a stick.")],
    shareable: Annotated[bool, typer.Option("--shareable", help="Leave out what may not be passed on.")] = False,
    to: ToOption = Path("packs"), quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Write a pack as one file to carry."""
    from landbalance.io.packs.carry import export_pack, find_pack

    path = export_pack(find_pack(name, to), target, is_shareable=shareable)
    say(f"{path}: {megabytes(path.stat().st_size)}", quiet=quiet)
    if not shareable:
        warn("it may hold layers that must not be passed on: use --shareable for others")


@app.command("import")
def take_in(
    archive: Annotated[Path, typer.Argument(help="A pack: file or folder.")],
    to: ToOption = Path("packs"), quiet: QuietOption = False,
) -> None:  # fmt: skip
    """Take in a pack from a stick: every checksum is compared before it gets its name."""
    from landbalance.io.packs.carry import import_pack

    to.mkdir(parents=True, exist_ok=True)
    say(f"{import_pack(archive, to)}: whole", quiet=quiet)


@app.command()
def probe(
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be repeated.")] = None,
    to: Annotated[Path, typer.Option(help="Folder for the result.")] = Path(),
    cache: CacheOption = None, quiet: QuietOption = False, json: JsonOption = False,
) -> None:  # fmt: skip
    """Ask every public source for one header and compare it with the registry; exit with 1 if one differs."""
    import tempfile
    from dataclasses import asdict
    from json import dumps

    from landbalance.core.places import country
    from landbalance.core.sources import source as source_called
    from landbalance.core.sources import sources
    from landbalance.io.files import write_text
    from landbalance.io.packs.finding import Finder
    from landbalance.io.packs.line import Line
    from landbalance.io.packs.probe import PROBED, probe_sources, probed_extent
    from landbalance.io.packs.public_file import open_desk

    asked = [source_called(name) for name in source] if source else list(sources().values())
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(Line(), cache or Path(folder) / "cache")
        try:
            found = probe_sources(desk, asked, Finder(desk, country(PROBED), probed_extent(), Path(folder)), now)
        finally:
            desk.close()
    write_text(to / f"probe-{now.date()}.json", dumps([asdict(each) for each in found], indent=1) + "\n")
    if json:
        print_json(found)
    for each in () if json else found:
        say(
            f"{'ok   ' if each.is_right else 'fail '}{each.source}: {'; '.join(each.differences) or each.address}",
            quiet=quiet,
        )
    if any(not each.is_right for each in found):
        raise typer.Exit(1)


@app.command("sources")
def list_sources(json: JsonOption = False) -> None:
    """List the public sources: what is taken by itself, what needs a login, what is not sure."""
    from landbalance.core.sources import sources

    if json:
        print_json(list(sources().values()))
        return
    print_table(
        ("source", "role", "years", "taken", "licence", "seen"),
        [
            (each.id, each.role, each.years, "yes" if each.is_fetched else each.login or "by hand", each.licence,
             each.seen)
            for each in sources().values()
        ],
    )  # fmt: skip


def source_role(plan: "Plan", source: str) -> str:
    """Return the role a source has in a plan."""
    return next(product.role for product in plan.products if product.source.id == source)


def _say_gaps(gaps: "tuple[GapTable, ...]", *, quiet: bool) -> None:
    """Print what is missing."""
    from landbalance.io.packs.manifest import gap_line

    for gap in gaps:
        say(f"missing: {gap_line(gap)}", quiet=quiet)


def _years(years: tuple[int, ...]) -> str:
    """Return years as they are written."""
    from landbalance.core.sources import spoken_years

    return spoken_years(years)


def _hours(seconds: float) -> str:
    """Return a time for people."""
    return f"{seconds / 3600:.1f} h" if seconds >= 5400 else f"{max(seconds / 60, 1):.0f} min"
