"""`landbalance batch`: many countries or zones in one run file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landbalance.cli.console import one_line, print_json, say
from landbalance.cli.options import JsonOption, QuietOption
from landbalance.cli.progress import progress_bar

if TYPE_CHECKING:
    from landbalance.engine.batch import Outcome

app = typer.Typer(rich_markup_mode=None, add_completion=False)


@app.command()
def batch(
    runfile: Annotated[Path, typer.Argument(help="TOML file with one [[run]] for each workspace or pattern.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the summary; one named like the run file.")] = None,
    threads: Annotated[int | None, typer.Option(min=1, help="Threads; one per core when left out.")] = None,
    go_on: Annotated[
        bool, typer.Option("--continue", help="Leave out, unread, what an earlier call finished.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Compute everything anew.")] = False,
    quiet: QuietOption = False,
    json: JsonOption = False,
) -> None:
    """Assess many workspaces or zones from one run file.

    One that fails stops no other.
    """
    from landbalance.cli.app import spoken
    from landbalance.engine.batch import SHEET, SUMMARY, read_batch, run_batch

    if go_on and force:
        raise typer.BadParameter("--continue leaves out what --force computes anew: give one of them")
    asked = read_batch(runfile, out)
    outcomes = run_batch(
        asked,
        threads=threads,
        go_on=go_on,
        force=force,
        progress=progress_bar(quiet=quiet or json),
        spoken=spoken,
        tell=lambda outcome: say(_line(outcome), quiet=quiet or json),
    )
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    if json:
        print_json(outcomes)
    else:
        say("", f"{len(outcomes) - len(failed)} of {len(outcomes)} done", quiet=quiet)
        say(f"  summary   {asked.out / SUMMARY}", f"  sheet     {asked.out / SHEET}", quiet=quiet)
    for outcome in failed:
        typer.echo(one_line(f"error: {outcome.id}: {outcome.error}"), err=True)
    if failed:
        raise typer.Exit(1)


def _line(outcome: "Outcome") -> str:
    """Return one line on an entry: what became of it, and its degraded share in each period."""
    if outcome.status == "failed":
        return f"{outcome.id}: failed"
    shares = [
        f"{period} {figures['degraded_share']:.2%}" if figures["degraded_share"] is not None else f"{period} unknown"
        for period, figures in (outcome.figures or {}).items()
    ]
    return f"{outcome.id}: {outcome.status} in {outcome.seconds:,.0f} s; degraded: {', '.join(shares)}"
