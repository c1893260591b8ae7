"""`landbalance finance note|steps|enabling`: concept notes, the feasibility outline, and what still has to be done."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from landbalance.cli.blend import ProjectArgument
from landbalance.cli.console import print_json, print_table, say, warn
from landbalance.cli.neutrality import RunOption, open_for
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption
from landbalance.cli.windows import DayOption, OwnWindows, day_of

if TYPE_CHECKING:
    from landbalance.engine.ground import Ground
    from landbalance.finance.enabling import Coverage, Enabling
    from landbalance.io.carbon_desk import RunSoil
    from landbalance.io.project_file import Project
    from landbalance.io.project_notes import Beside

TargetsOption = Annotated[
    Path | None, typer.Option(help="Targets it serves: a file, such as `landbalance target export` writes.")
]


def note(
    project: ProjectArgument,
    template: Annotated[str, typer.Option(help="gef-pif, gcf-cn, two-page or feasibility.")] = "two-page",
    out: Annotated[Path | None, typer.Option(help="File to write: .docx, .pdf or .md.")] = None,
    layout: Annotated[Path | None, typer.Option(help="DOCX template of your own.")] = None,
    language: Annotated[str, typer.Option(help="Of headings and of what is computed: en, fr, es, ar, ru, zh.")] = "en",
    workspace: WorkspaceOption = None,
    run: RunOption = None,
    targets: TargetsOption = None,
    own: OwnWindows = None,
    on: DayOption = "",
    quiet: QuietOption = False,
) -> None:
    """Draft a concept note or a feasibility outline from what is known; what is missing is listed first."""
    from landbalance.core.errors import InputError
    from landbalance.engine.notes import KINDS, make_note
    from landbalance.io.files import write_bytes

    read, day = _read(project, None), day_of(on)
    place = out or Path(f"{read.about.id}-{template}.docx")
    kind: Any = place.suffix.removeprefix(".")
    if kind not in KINDS:
        raise InputError("{path} is no .docx, .pdf or .md", path=place, hint="choose one of the three endings")
    stored = _stored(read, workspace, run, language)
    read = _read(project, stored.get("yearly_loss"))
    beside = _beside(targets, own, workspace, _soil_of(read, workspace, run))
    made = make_note(
        read, template, day=day, kind=kind, language=language, name=project.name, beside=beside, layout=layout, **stored
    )
    write_bytes(place, made.content)
    say(*(f"still missing: {title}" for title in made.missing), quiet=quiet)
    say(f"{place}")


def steps(
    project: ProjectArgument,
    workspace: WorkspaceOption = None,
    run: RunOption = None,
    json: JsonOption = False,
) -> None:
    """Walk the 6+1 steps of the economics of land degradation: what each has, what it lacks, what keeps it closed."""
    from datetime import date

    from landbalance.engine.notes import known_facts
    from landbalance.finance.steps import guided
    from landbalance.io.language import tongue
    from landbalance.reporting.notes import key_name

    read = _read(project, None)
    stored = _stored(read, workspace, run, "en")
    words = tongue()
    found = guided(known_facts(read, date.today(), words, **stored))
    if json:
        print_json(found)
        return
    rows = [
        (each.code, each.title, each.state, ", ".join(key_name(key, words) for key in each.lacks) or "-")
        for each in found
    ]
    print_table(("step", "what", "state", "lacks"), rows)
    for each in found:
        if each.waits_for:
            say(f"step {each.code} opens with: {key_name(each.waits_for, words)}")


def enabling(
    file: Annotated[Path | None, typer.Argument(help="TOML of grants; enabling.toml of the workspace.")] = None,
    targets: TargetsOption = None,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Show enabling activities and grants of the Target Setting Programme, and what came of them."""
    from landbalance.finance.enabling import coverage
    from landbalance.io.note_tables import GRANTS, read_grants

    home = _home(workspace)
    grants = read_grants(file or (home or Path()) / GRANTS)
    known = None if targets is None else {each.target_id for each in _claims(targets)}
    runs = None if home is None else {path.parent.name for path in (home / "runs").glob("*/manifest.json")}
    found = coverage(grants, targets=known, runs=runs)
    if json:
        print_json({"grants": grants, "coverage": found})
        return
    rows = [
        (each.id, each.programme, each.country, each.agency, ", ".join(each.scope),
         "-" if each.amount is None else f"{each.currency} {each.amount:,.0f}", each.status,
         "; ".join(output.code or output.title for output in each.outputs) or "-")
        for each in grants
    ]  # fmt: skip
    print_table(
        ("grant", "programme", "country", "agency", "for", "amount", "status", "outputs"), rows, right=("amount",)
    )
    _say_coverage(grants, found)


def _say_coverage(grants: "tuple[Enabling, ...]", found: "Coverage") -> None:
    """Print sums, scopes without a grant, and outputs whose record is not there."""
    say("", *(f"{currency} {amount:,.0f} in all" for currency, amount in found.total.items()))
    without = sum(each.amount is None for each in grants)
    say(*([f"amount not stated: {without} of {len(grants)} grants"] if without else []))
    say(*(f"no grant for: {scope.replace('_', ' ')}" for scope in found.without))
    for grant, output in found.dangling:
        warn(f"{grant}: there is no {output.kind} {output.code} ({output.title})")


def _read(project: Path, loss: float | None) -> "Project":
    """Return a project."""
    from landbalance.io.project_file import read_project

    return read_project(project, loss)


def _stored(project: "Project", workspace: Path | None, run: str | None, language: str) -> dict[str, Any]:
    """Return what the country's run and drought report say; nothing where no workspace is named."""
    if workspace is None and run is None:
        return {}
    from landbalance.engine.neutrality import yearly_loss
    from landbalance.engine.notes import drought_of, land_of

    ground = ground_of(project, workspace, run)
    return {
        "land": land_of(ground.run, ground.workspace, language),
        "drought": drought_of(ground.workspace),
        "yearly_loss": yearly_loss(ground),
    }


def ground_of(project: "Project", workspace: Path | None, run: str | None) -> "Ground":
    """Return the ground of a run of the project's country.

    Raises
    ------
    InputError
        If the run is of another country.
    """
    ground = open_for(workspace, run, quiet=True)
    project.check_country(ground.workspace.country)
    return ground


def _soil_of(project: "Project", workspace: Path | None, run: str | None) -> "RunSoil | None":
    """Return the soil carbon a run has for a project's land; None without a run, or where all land has none in it."""
    table = project.form.carbon
    if table is None or (workspace is None and run is None):
        return None
    from landbalance.core.errors import NotFoundError
    from landbalance.engine.soil_carbon import soil_of_run
    from landbalance.io.workspace import load_workspace

    try:
        return soil_of_run(load_workspace(workspace), table.land, zone=table.zone, run_id=run)
    except NotFoundError:
        if table.land or table.zone or table.hectares == "run":
            raise
        return None


def _beside(targets: Path | None, own: Path | None, workspace: Path | None, soil: "RunSoil | None") -> "Beside":
    """Return what stands beside a project: targets, grants of the country, windows."""
    from landbalance.io.note_tables import GRANTS, read_grants
    from landbalance.io.project_notes import Beside
    from landbalance.io.windows_file import read_windows

    home, found = _home(workspace), read_windows(own)
    grants = home / GRANTS if home is not None else None
    return Beside(
        targets=() if targets is None else _claims(targets),
        targets_source="" if targets is None else targets.name,
        grants=read_grants(grants) if grants is not None and grants.is_file() else (),
        catalogue=found.windows,
        weights=found.weights,
        stale_after=found.stale_after,
        soil=soil,
    )


def _claims(path: Path) -> Any:
    """Return the targets of a file."""
    from landbalance.io.target_claims import read_targets

    return read_targets(path).claims


def _home(workspace: Path | None) -> Path | None:
    """Return the folder of the workspace that is named; None where none is."""
    if workspace is None:
        return None
    from landbalance.io.workspace import load_workspace

    return Path(load_workspace(workspace).path)
