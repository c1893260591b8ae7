"""`landbalance balance`: gains against losses, like for like."""

from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.neutrality import (
    DomainOption,
    LanguageOption,
    OutOption,
    PeriodsOption,
    RunOption,
    TypesOption,
    folder_for,
    open_for,
    say_where,
)
from landbalance.cli.options import JsonOption, QuietOption, WorkspaceOption

app = typer.Typer(rich_markup_mode=None, add_completion=False)
MOST_ROWS = 25
COLUMNS = ("land type", "domain", "land", "gains", "losses", "net", "need", "neutral")


@app.command()
def balance(
    by: Annotated[str, typer.Option(help="Name of the land types; as --landtypes.")] = "",
    types: TypesOption = "default",
    domain: DomainOption = "",
    periods: PeriodsOption = "",
    run: RunOption = None,
    out: OutOption = None,
    language: LanguageOption = "en",
    json: JsonOption = False,
    quiet: QuietOption = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Balance gains against losses of every land type."""
    from landbalance.engine.neutrality_files import write_balance
    from landbalance.io.language import tongue
    from landbalance.reporting.neutrality import balance_sentences

    named = types if by in ("", "landtypes") else by
    ground = open_for(workspace, run, domain=domain, types=named, periods=periods, quiet=quiet or json)
    folder = folder_for(ground, out, "balance")
    sheet = write_balance(ground, folder, language=language)
    found = sheet.by_domain or sheet.by_type
    if json:
        flags = {"net_area_neutral": found.is_net_area_neutral, "like_for_like": found.is_like_for_like}
        numbers = {"gains_km2": found.gains_km2, "losses_km2": found.losses_km2, "net_km2": found.net_km2}
        more = {"need_km2": found.need_km2, "headline_change_km2": found.headline_change_km2, "folder": folder}
        print_json({**flags, **numbers, **more, "rows": [row.__dict__ for row in found.rows]})
        return
    say(*balance_sentences(ground.workspace.title, found, tongue()))
    if quiet:
        return
    rows = [
        (
            *(row.name, row.domain_name),
            *(f"{v:,.2f}" for v in (row.total_km2, row.gains_km2, row.losses_km2, row.net_km2, row.need_km2)),
            "yes" if row.is_achieved else "NO",
        )
        for row in sorted(found.rows, key=lambda row: row.net_km2)[:MOST_ROWS]
    ]
    say("", "areas in km2, the greatest need first")
    print_table(COLUMNS, rows, right=COLUMNS[2:7])
    if len(found.rows) > MOST_ROWS:
        say(f"... and {len(found.rows) - MOST_ROWS} more in the workbook")
    without = len(found.without_change)
    say(f"{without} of {len(found.rows)} rows have neither gain nor loss", quiet=not without)
    say_where(folder)
