"""`landbalance target`: the register of targets from the command line."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from pydantic import ValidationError

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.neutrality import RunOption, folder_for, open_for, say_where
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption
from landbalance.cli.records import acting, workspace_of
from landbalance.core.errors import InputError
from landbalance.io.target_rows import COLUMNS, TargetRow, cell_of
from landbalance.registry.faults import Fault, faults_of
from landbalance.registry.targets import exchange, services
from landbalance.registry.targets.checks import missing_words
from landbalance.registry.targets.coherence import misfit_words
from landbalance.registry.targets.models import Target
from landbalance.registry.targets.nation import is_national
from landbalance.registry.targets.outcomes import assess_from_run
from landbalance.registry.targets.queries import filtered, find_assessment, find_target, states_of, targets_of

if TYPE_CHECKING:
    from landbalance.planning.targets import TargetProgress

app = typer.Typer(rich_markup_mode=None, add_completion=False, help="Set, show, revise and exchange targets.")
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="NAME=VALUE of a field, as many as needed; lists with semicolons.")
]


@app.command("list")
def show_list(
    words: Annotated[str, typer.Argument(help="Words in code, title, text or place.")] = "",
    stage: Annotated[str, typer.Option(help="Stage of life.")] = "",
    json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """List the targets with how far each is."""
    found = filtered(targets_of(acting(), workspace_of(workspace)), words=words, stage=stage)
    states = states_of(acting(), workspace_of(workspace), found)
    if json:
        print_json([_record(each.target, light=each.light) for each in states])
        return
    rows = [
        (
            each.target.code,
            each.target.title,
            each.target.target_type,
            each.target.target_year,
            each.target.stage,
            each.light,
        )
        for each in states
    ]
    print_table(("code", "title", "type", "year", "stage", "light"), rows, right=("year",))


@app.command()
def show(code: str, json: JsonOption = False, workspace: WorkspaceOption = None) -> None:
    """Show one target, how far it is and what it lacks."""
    target = find_target(acting(), workspace_of(workspace), code)
    state = states_of(acting(), target.workspace, [target])[0]
    missing = missing_words(target)
    if json:
        print_json(_record(target, light=state.light, progress=state.progress, missing=missing))
        return
    say(f"{target.code}: {target.title}")
    rows = [(name, cell_of(name, getattr(target, name))) for name in COLUMNS[2:]]
    print_table(("field", "value"), [row for row in rows if row[1] not in (None, "", "no")])
    say(f"stage {target.stage}, revision {target.revision}, version {target.version}, {target.state}; {state.light}")
    for side in ("action", "outcome"):
        reading = getattr(state.progress, side, None)
        if reading is not None and reading.progress is not None:
            say(f"{side}: {reading.progress:.0%} ({reading.light})")
    for each in missing:
        say(f"missing: {each}")
    for each in misfit_words(acting(), target, targets_of(acting(), target.workspace)):
        say(f"does not fit: {each}")


@app.command()
def add(code: str, title: str, set_: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Set a target with CODE and TITLE."""
    row = _row({"code": code, "title": title, **_pairs(set_)})
    target = services.add_target(acting(), workspace_of(workspace), row)
    say(f"{target.code}: set, version {target.version}")


@app.command()
def edit(code: str, set_: SetOption = None, workspace: WorkspaceOption = None) -> None:
    """Change fields of a target that nobody has agreed to yet."""
    target = find_target(acting(), workspace_of(workspace), code)
    services.edit_target(acting(), target, _row(_pairs(set_), target))
    say(f"{target.code}: version {target.version}")


@app.command()
def revise(
    code: str,
    reason: Annotated[str, typer.Option(help="Code of the reason, such as ambition_up or new_data.")],
    text: Annotated[str, typer.Option(help="Why the commitment changes; kept in its history.")],
    set_: SetOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Change what is committed under target CODE, with a reason."""
    target = find_target(acting(), workspace_of(workspace), code)
    services.revise_target(acting(), target, _row(_pairs(set_), target), reason=reason, text=text)
    say(f"{target.code}: revision {target.revision}, version {target.version}")


@app.command()
def move(
    code: str,
    stage: str,
    why: Annotated[str, typer.Option(help="In your words.")] = "",
    assessment: Annotated[int | None, typer.Option(help="Number of the assessment an end rests on.")] = None,
    year: Annotated[int | None, typer.Option(help="New target year, for a delay.")] = None,
    successor: Annotated[str, typer.Option(help="Code of the target that takes its place.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Move a target to another STAGE of its life."""
    place = workspace_of(workspace)
    target = find_target(acting(), place, code)
    services.move_target(
        acting(),
        target,
        stage,
        why=why,
        assessment=find_assessment(target, assessment),
        successor=find_target(acting(), place, successor) if successor else None,
        target_year=year,
    )
    say(f"{target.code}: {target.stage}")


@app.command()
def assess(
    code: str,
    run: Annotated[str | None, typer.Option(help="Run to take it from; the latest when left out.")] = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Take the outcome of a target from the records of a run."""
    target = find_target(acting(), workspace_of(workspace), code)
    measures = None
    if is_national(target):
        from landbalance.engine.ground import strata
        from landbalance.engine.target_progress import neutrality_measures

        ground = open_for(workspace, run)
        measures = neutrality_measures(ground, strata(ground), is_national=True)
    found = assess_from_run(acting(), target, run_id=run, measures=measures)
    values = {name: getattr(found, name) for name in ("value", "outcome_km2", "degraded_km2", "baseline_degraded_km2")}
    said = ", ".join(f"{name} {value:,.2f}" for name, value in values.items() if value is not None)
    say(f"{target.code}: {found.year}, {said}, from run {found.run} (assessment {found.pk})")


@app.command("import")
def import_(
    file: Path,
    check: Annotated[bool, typer.Option("--check", help="Only read and check; take nothing over.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Take targets over from a CSV, XLSX, GeoJSON or GeoPackage, all or none."""
    if not file.is_file():
        raise InputError("{path} does not exist", path=file, hint="check the path")
    staged = exchange.stage_import(acting(), workspace_of(workspace), file)
    for note in staged.notes:
        say(f"note: {note}")
    if staged.errors:
        rows = [(each.row, each.column, each.code, each.words) for each in exchange.faults_in(staged)]
        print_table(("row", "column", "code", "message"), rows, right=("row",))
        count = len(staged.errors)
        staged.delete()
        raise InputError("{file} has {count} faults", file=file.name, count=count, hint="mend them and try again")
    plan = exchange.plan_of(acting(), staged)
    changed = [(each.row, each.code, each.kind, ", ".join(name for name, _, _ in each.changes)) for each in plan]
    print_table(("row", "code", "what", "fields"), [row for row in changed if row[2] != "same"], right=("row",))
    if check:
        staged.delete()
        say("nothing was taken over")
        return
    made, altered = exchange.take_over(acting(), staged)
    say(f"{made} set, {altered} changed")


@app.command("export")
def export_(
    file: Annotated[Path, typer.Argument(help="File to write: .csv, .xlsx, .geojson or .gpkg.")],
    workspace: WorkspaceOption = None,
) -> None:
    """Write the targets into a file that can be read back."""
    from landbalance.io.files import write_bytes

    body = exchange.export_targets(acting(), workspace_of(workspace), file.suffix.lower().lstrip("."))
    write_bytes(file, body)
    say(f"{file}: {len(body):,} bytes")


@app.command()
def progress(
    file: Annotated[
        Path | None, typer.Argument(help="File of targets (vector or CSV); those of the register when left out.")
    ] = None,
    run: RunOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show delivered action and mapped outcome of targets, side by side."""
    from landbalance.engine.neutrality_files import write_targets
    from landbalance.engine.target_progress import progress_of_file

    columns = ("target", "year", "action", "outcome", "expected", "light", "status")
    if file is None:
        place = workspace_of(workspace)
        states = states_of(acting(), place, targets_of(acting(), place))
        known = [(each.target.code, each.progress) for each in states if each.progress is not None]
        if json:
            print_json([each for _, each in known])
        else:
            print_table(columns, [(code, each.year, *sides(each)) for code, each in known], right=columns[1:5])
        return
    ground = open_for(workspace, run, quiet=quiet or json)
    found = progress_of_file(ground, file)
    folder = folder_for(ground, None, "targets")
    write_targets(ground, folder, [(each.title, each.progress) for each in found.targets])
    if json:
        print_json(found)
        return
    rows = [(each.title, each.progress.year, *sides(each.progress)) for each in found.targets]
    print_table(columns, rows, right=columns[1:5])
    for line in found.notes:
        say(line)
    if not quiet:
        say_where(folder)


@app.command()
def overlap(
    file: Annotated[Path, typer.Argument(help="Targets: GeoJSON, GeoPackage or shapefile.")],
    land_km2: Annotated[float | None, typer.Option(help="Land of the country; no sum exceeds it [km2].")] = None,
    json: JsonOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Show how much land targets share; each piece counts once."""
    from landbalance.io.target_claims import read_targets
    from landbalance.io.workspace import load_workspace
    from landbalance.planning.targets import overlap as overlap_of

    read = read_targets(file)
    land = land_km2 or max(load_workspace(workspace).land_area_km2.values(), default=None)
    found = overlap_of(read.claims, read.shapes, land_km2=land)
    if json:
        areas = {"unique_km2": found.unique_km2, "gross_km2": found.gross_km2, "ratio": found.ratio}
        bounds = {"lower_km2": found.lower_km2, "upper_km2": found.upper_km2}
        print_json({**areas, **bounds, "targets": found.targets, "pairwise": found.pairwise})
        return
    rows = [
        (t.target_id, f"{t.full_km2:,.2f}", f"{t.exclusive_km2:,.2f}", f"{t.shared_km2:,.2f}") for t in found.targets
    ]
    columns = ("target", "km2", "exclusive", "shared")
    print_table(columns, rows, right=columns[1:])
    for pair in found.pairwise:
        say(f"{pair.first} and {pair.second} share {pair.area_km2:,.2f} km2")
    say(
        f"unique {found.unique_km2:,.2f} km2 of {found.gross_km2:,.2f} km2: {found.ratio:.1%} is counted more than once"
    )
    say(f"with targets that have no exact shape: {found.lower_km2:,.2f} to {found.upper_km2:,.2f} km2")


def sides(found: "TargetProgress") -> tuple[str, ...]:
    """Return both sides of a target as text."""
    shares = ["" if s is None or s.progress is None else f"{s.progress:.1%}" for s in (found.action, found.outcome)]
    known = [side for side in (found.outcome, found.action) if side is not None]
    expected = "" if not known or known[0].expected is None else f"{known[0].expected:.1%}"
    light = known[0].light.replace("_", " ") + (", uncertain" if known[0].is_uncertain else "") if known else "no data"
    return (*shares, expected, light, found.prais.replace("_", " "))


def _pairs(words: list[str] | None) -> dict[str, Any]:
    """Return the fields that were given as NAME=VALUE."""
    found = {}
    for word in words or ():
        name, separator, value = word.partition("=")
        if not separator or name not in COLUMNS:
            raise InputError(
                "{word} sets no field",
                word=word,
                hint="use --set NAME=VALUE with one of {known}",
                known=", ".join(COLUMNS),
            )
        found[name] = value
    return found


def _row(given: dict[str, Any], target: Target | None = None) -> TargetRow:
    """Return a checked row, what is not given as the target has it."""
    before = {} if target is None else {name: getattr(target, name) for name in COLUMNS}
    try:
        return TargetRow.model_validate({**before, **given})
    except ValidationError as error:
        fault: Fault = faults_of(error)[0]
        raise InputError("{column}: {words}", column=fault.column, words=fault.words) from error


def _record(target: Target, **more: Any) -> dict[str, Any]:
    """Return a target as a plain document."""
    said = {name: cell_of(name, getattr(target, name)) for name in COLUMNS}
    stands = {name: getattr(target, name) for name in ("version", "revision", "stage", "state")}
    return {**said, **stands, **more}
