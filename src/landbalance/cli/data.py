"""`landbalance data`: register layers, list them, and check what is missing or doubtful."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption
from landbalance.cli.progress import progress_bar
from landbalance.core.addresses import without_secrets

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landbalance.core.layers import Layer
    from landbalance.core.legends import Legend
    from landbalance.io.census import ClassCensus, ValueCensus
    from landbalance.io.layer_checks import Finding
    from landbalance.io.workspace_file import LayerTable

FILES = ("boundary", "coast", "recodes")
app = typer.Typer(
    help="Register layers, list them, check what is missing.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@app.callback()
def data() -> None: ...


@app.command()
def add(
    path: Annotated[str, typer.Argument(help="File or address; {year} stands for four digits, one file a year.")],
    role: Annotated[str, typer.Option(help="What it is for: land_cover, productivity, soc, boundary, zones, ...")],
    quantity: Annotated[str, typer.Option(help="What it measures: ndvi, evi, gpp, npp, soc, mm, persons, ...")] = "",
    unit: Annotated[str, typer.Option(help="Unit of its values; that of the quantity when left out.")] = "",
    scale: Annotated[float | None, typer.Option(help="Physical value = stored value x scale + offset.")] = None,
    offset: Annotated[float | None, typer.Option(help="See scale.")] = None,
    years: Annotated[str, typer.Option(help="2001-2023, or 2001,2005; read from band names when left out.")] = "",
    band: Annotated[str, typer.Option(help="Number or name of the one band to take.")] = "",
    reference_year: Annotated[int | None, typer.Option(help="Year the stock stands for (SOC).")] = None,
    nodata: Annotated[
        list[str] | None, typer.Option(help='A value without data and why, such as "-32768=outside"; may be repeated.')
    ] = None,
    legend: Annotated[str, typer.Option(help="Legend of the codes: esa_cci, igbp_mcd12q1, ... or a TOML file.")] = "",
    align: Annotated[str, typer.Option(help="nearest, mode, bilinear, average or sum.")] = "",
    kind: Annotated[str, typer.Option(help="class, value, count or mask; that of the quantity when left out.")] = "",
    variable: Annotated[str, typer.Option(help="Variable of a NetCDF or Zarr.")] = "",
    crs: Annotated[str, typer.Option(help="Reference system, where the file does not say.")] = "",
    title: Annotated[str, typer.Option(help="Title.")] = "",
    source: Annotated[str, typer.Option(help="Who made it.")] = "",
    licence: Annotated[str, typer.Option(help="Licence it may be passed on under.")] = "",
    citation: Annotated[str, typer.Option(help="How to cite it.")] = "",
    id: Annotated[str, typer.Option("--id", help="Name of a group of zones.")] = "zones",  # noqa: A002
    name_field: Annotated[str, typer.Option(help="Column with the names of zones.")] = "",
    code_field: Annotated[str, typer.Option(help="Column with the codes of zones.")] = "",
    copy: Annotated[bool, typer.Option("--copy", help="Copy the file into data/; it is referenced otherwise.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take out other layers with this role first.")] = False,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Register a layer, a boundary or zones in landbalance.toml, and count what it holds."""
    from landbalance.io import register
    from landbalance.io.apart import read_apart
    from landbalance.io.layer_entries import files_of
    from landbalance.io.workspace import find_workspace

    folder = find_workspace(workspace)
    if role in FILES:
        register.set_file(folder, role, path)
        say(f"The {role} of {folder} is now {path}", quiet=quiet)
        return
    if role == "zones":
        zone = register.zone_entry(id=id, path=path, title=title, name_field=name_field, code_field=code_field)
        register.add_zones(folder, zone)
        say(f"Registered the zones {id}: {path}", quiet=quiet)
        return
    entry = register.layer_entry(
        role=role, path=path, quantity=quantity, unit=unit, scale=scale, offset=offset, years=stated_years(years),
        band=int(band) if band.isdigit() else band, reference_year=reference_year, nodata=stated_nodata(nodata or []),
        legend=legend, align=align, kind=kind, variable=variable, crs=crs, title=title, source=source, licence=licence,
        citation=citation,
    )  # fmt: skip
    # all of it is read, in a process of its own: a file that breaks its reader is never registered, and breaks no other
    layer, target, counted = read_apart(
        _looked_at, folder, entry, quiet or json, files=lambda: files_of(entry, Path.cwd())
    )
    register.add_layer(folder, entry, copy=copy, replace=replace)
    if json:
        print_json({"layer": layer, "census": counted})
        return
    say(f"Registered {layer.role} in {folder}: {spoken_years(layer)}", quiet=quiet)
    if not quiet:
        show_census(layer, counted, target)


@app.command("list")
def list_layers(workspace: WorkspaceOption = None, json: JsonOption = False) -> None:
    """Print the registered layers."""
    from landbalance.io.workspace import load_workspace

    loaded = load_workspace(workspace)
    if json:
        print_json({"workspace": loaded.path, "layers": loaded.layers, "zones": loaded.zones})
        return
    print_table(
        ("role", "quantity", "unit", "years", "alignment", "legend", "licence", "file"),
        [
            (
                layer.role,
                layer.quantity,
                layer.unit,
                spoken_years(layer),
                layer.alignment,
                Path(layer.legend).name,
                layer.licence or "not stated",
                Path(without_secrets(layer.slices[0].path)).name,
            )
            for layer in loaded.layers
        ],
    )


@app.command()
def check(workspace: WorkspaceOption = None, quiet: QuietOption = False, json: JsonOption = False) -> None:
    """Check files, places, years, codes, values and licences; exit with 1 if something is wrong."""
    from landbalance.core.errors import RuleError
    from landbalance.io.apart import read_apart
    from landbalance.io.checks import rasters_of
    from landbalance.io.workspace import find_workspace

    folder = find_workspace(workspace)
    findings = read_apart(_checked, folder, quiet, files=lambda: rasters_of(folder))
    shown = [finding for finding in findings if not quiet or finding.level != "ok"]
    if json:
        print_json(shown)
    else:
        for finding in shown:
            step = f"; {finding.next_step}" if finding.next_step else ""
            say(f"{finding.level:8}{finding.subject}: {finding.text}{step}")
    wrong = [finding for finding in findings if finding.level == "error"]
    if wrong:
        raise RuleError(
            "{count} of {all} checks failed, first {subject}: {text}",
            count=len(wrong),
            all=len(findings),
            subject=wrong[0].subject,
            text=wrong[0].text,
            hint=wrong[0].next_step.replace("{", "{{").replace("}", "}}"),
        )


@app.command()
def optimise(
    role: Annotated[str, typer.Argument(help="Layer to make an analysis copy of.")],
    force: Annotated[bool, typer.Option("--force", help="Write the copy also where it does not pay.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only measure.")] = False,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Write a stack again so that runs read it faster, where that pays; the original stays where it is."""
    from landbalance.core.errors import NotFoundError
    from landbalance.io.optimise import measure_gain
    from landbalance.io.optimise import optimise as write_copy
    from landbalance.io.register import point_to_copy
    from landbalance.io.workspace import load_workspace

    loaded = load_workspace(workspace)
    layer = loaded.layer(role)
    if layer is None:
        known = ", ".join(each.role for each in loaded.layers)
        raise NotFoundError("there is no layer {role}", role=role, hint="it has {known}", known=known)
    folder = Path(loaded.path)
    (folder / "data").mkdir(exist_ok=True)
    gain = measure_gain(layer, folder / "data")
    if json:
        print_json({**vars(gain), "times_faster": gain.times_faster, "pays": gain.pays})
    else:
        rows = [
            (name, f"{speed.megabytes_per_second:,.0f}", f"{speed.bytes_per_number * gain.numbers / 1e6:,.0f}")
            for name, speed in (("as it is", gain.before), (f"copy ({gain.format})", gain.after))
        ]
        print_table(("", "MB/s for a processor", "size in MB"), rows, right=("MB/s for a processor", "size in MB"))
        say(f"A copy is read {gain.times_faster:.1f} times as fast.", quiet=quiet)
    if dry_run:
        return
    path = write_copy(
        layer, gain, folder / "data" / f"{role}_analysis.tif", force=force, progress=progress_bar(quiet=quiet or json)
    )
    try:
        point_to_copy(folder, role, path)
    except BaseException:
        path.unlink()
        raise
    say(f"{role} is read from {path} now; landbalance.toml names the original beside it", quiet=quiet or json)


def _looked_at(
    folder: Path, entry: "LayerTable", quiet: bool
) -> "tuple[Layer, Legend, list[ClassCensus | ValueCensus]]":
    """Return the layer a table describes, the legend it nests into, and what its slices hold."""
    from landbalance.io.register import read_layer
    from landbalance.io.workspace import nesting_for

    layer = read_layer(folder, entry)
    target, nesting = nesting_for(layer, folder)
    return layer, target, count(layer, target, nesting, quiet=quiet)


def _checked(folder: Path, quiet: bool) -> "tuple[Finding, ...]":
    """Return what a check of a workspace finds."""
    from landbalance.io.checks import check_workspace

    return check_workspace(folder, progress=progress_bar(quiet=quiet))


def count(
    layer: "Layer", target: "Legend", nesting: "Mapping[int, int] | None", *, quiet: bool
) -> "list[ClassCensus | ValueCensus]":
    """Count every slice of a layer."""
    from landbalance.io.census import count_classes, count_values

    bar = progress_bar(quiet=quiet)
    bar.start(len(layer.slices), "counting")
    counted: list[ClassCensus | ValueCensus] = []
    for piece in layer.slices:
        if layer.kind in ("class", "mask"):
            legend = target if nesting is not None else None
            counted.append(count_classes(layer, piece, target=legend, nesting=nesting))
        else:
            counted.append(count_values(layer, piece))
        bar.advance(1)
    bar.finish()
    return counted


def show_census(layer: "Layer", counted: "list[ClassCensus | ValueCensus]", target: "Legend") -> None:
    """Print what the slices of a layer hold: classes before and after nesting, or the range of the values."""
    from landbalance.io.census import ClassCensus, ValueCensus

    classes = [each for each in counted if isinstance(each, ClassCensus)]
    values = [each for each in counted if isinstance(each, ValueCensus)]
    if classes:
        _show_classes(layer, classes, target)
    if values:
        _show_values(layer, values)


def stated_years(text: str) -> str | list[int | str]:
    """Return the years of the option: a range as it is, a list split at commas."""
    return [word.strip() for word in text.split(",")] if "," in text else text


def stated_nodata(words: list[str]) -> list[dict[str, object]]:
    """Return nodata values with their reasons from words such as "-32768=outside"."""
    out: list[dict[str, object]] = []
    for word in words:
        value, _, reason = word.partition("=")
        try:
            out.append({"value": float(value), "reason": reason or "no data"})
        except ValueError as error:
            raise typer.BadParameter(f'{word!r} is no value: write --nodata "-32768=outside"') from error
    return out


def spoken_years(layer: "Layer") -> str:
    """Return the years of a layer in words."""
    years = layer.years
    if not years:
        return "no years"
    if len(years) == 1:
        return str(years[0])
    whole = len(years) == years[-1] - years[0] + 1
    return f"{years[0]}-{years[-1]}" if whole else f"{years[0]}-{years[-1]} ({len(years)} years)"


def _show_classes(layer: "Layer", counted: "list[ClassCensus]", target: "Legend") -> None:
    """Print the codes of the first and last slice, then the codes without a class."""
    names = {entry.code: entry.name for entry in target.classes}
    ends = counted if len(counted) == 1 else [counted[0], counted[-1]]
    for census in ends:
        year = "" if census.year is None else f" {census.year}"
        say("", f"codes of {layer.role}{year}, before nesting")
        rows = [(each.code, f"{each.pixels:,}", f"{each.area_km2:,.1f}") for each in census.before]
        print_table(("code", "pixels", "km2"), rows, right=("code", "pixels", "km2"))
        if census.after:
            say("", f"classes of {target.id}{year}, after nesting")
            print_table(
                ("class", "name", "pixels", "km2"),
                [(e.code, names[e.code], f"{e.pixels:,}", f"{e.area_km2:,.1f}") for e in census.after],
                right=("class", "pixels", "km2"),
            )
        for reason, pixels in census.missing.items():
            say(f"without data ({reason}): {pixels:,} pixels, {pixels / census.pixels:.1%}")
    unmapped: dict[int, int] = {}
    for census in counted:
        for each in census.unmapped:
            unmapped[each.code] = unmapped.get(each.code, 0) + each.pixels
    if unmapped:
        named = ", ".join(f"{code} ({pixels:,} pixels)" for code, pixels in sorted(unmapped.items()))
        say(f"warning: codes outside the legend, over all years: {named}; they are read as no data")


def _show_values(layer: "Layer", counted: "list[ValueCensus]") -> None:
    """Print the range and the gaps of every slice."""
    say("", f"{layer.role}: {layer.quantity} [{layer.unit}]")
    reasons = list(dict.fromkeys(reason for census in counted for reason in census.missing))
    print_table(
        ("year", "least", "mean", "most", *reasons),
        [
            (
                census.year,
                *(
                    "" if number is None else f"{number:.4g}"
                    for number in (census.minimum, census.mean, census.maximum)
                ),
                *(f"{census.missing.get(reason, 0) / census.pixels:.1%}" for reason in reasons),
            )
            for census in counted
        ],
        right=("least", "mean", "most", *reasons),
    )
