"""`landbalance risk`: where good land will be lost."""

from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.neutrality import PeriodsOption, RunOption, TargetYearOption, open_for
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def risk(
    to: TargetYearOption = 2030,
    types: Annotated[str, typer.Option("--landtypes", help="Name of the land types.")] = "default",
    periods: PeriodsOption = "",
    run: RunOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Learn, test and map where good land will be lost."""
    from landbalance.engine.risk import train_risk

    ground = open_for(workspace, run, types=types, periods=periods, quiet=quiet or json)
    found = train_risk(ground, to)
    model = found.model
    if json:
        facts = {"skill": model.skill, "has_skill": model.has_skill, "calibration": model.calibration}
        print_json({**facts, "features": model.features, "cells": model.cells, "raster": found.rasters})
        return
    verdict = "it is used" if model.has_skill else "no better than the constant rate of each land type, which is used"
    say(f"skill on blocks held back: {model.skill:.3f} over the constant rate; {verdict}")
    say(f"learnt from {model.cells:,} cells, {model.lost:,} of them lost, by {', '.join(model.features)}")
    if quiet:
        return
    rows = [(f"{each.predicted:.1%}", f"{each.observed:.1%}", each.cells) for each in model.calibration]
    print_table(("predicted", "observed", "cells"), rows, right=("predicted", "observed", "cells"))
    say("", f"  map       {found.rasters[0]}")
