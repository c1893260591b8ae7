"""`landbalance projection`: what happens if all goes on as before."""

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.neutrality import (
    DomainOption,
    LanguageOption,
    OutOption,
    PeriodsOption,
    RunOption,
    TargetYearOption,
    folder_for,
    open_for,
    say_where,
)
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def projection(
    to: TargetYearOption = 2030,
    domain: DomainOption = "",
    periods: PeriodsOption = "",
    run: RunOption = None,
    out: OutOption = None,
    language: LanguageOption = "en",
    json: JsonOption = False,
    quiet: QuietOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Project degraded land to a target year, with an interval."""
    from landbalance.engine.neutrality import run_projection
    from landbalance.engine.neutrality_files import write_outlook
    from landbalance.io.language import tongue
    from landbalance.reporting.outlook import outlook_section

    ground = open_for(workspace, run, domain=domain, periods=periods, quiet=quiet or json)
    found = run_projection(ground, to)
    folder = folder_for(ground, out, "projection")
    write_outlook(ground, folder, found, to, language=language)
    if json:
        print_json(found)
        return
    names = {each.number: each.name for each in ground.types.types}
    say(*outlook_section(found, to, names, ground.domains, tongue()).sentences)
    if quiet:
        return
    rows = [(names[row.land_type], row.projection) for row in found.types]
    rows += [(ground.domains[row.domain], row.projection) for row in found.domains]
    cells = [
        (name, *(f"{v:,.2f}" for v in (p.baseline_km2, p.now_km2, p.rate_km2, p.projected_km2, p.low_km2, p.high_km2)),
         f"{p.risk:.2%}")
        for name, p in rows
    ]  # fmt: skip
    columns = ("", "baseline km2", "now", "a year", str(to), "low", "high", "risk of loss")
    print_table(columns, cells, right=columns[1:])
    say_where(folder)
