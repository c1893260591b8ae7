"""`landbalance config`: every parameter, its value and where it came from."""

from typing import Annotated

import typer

from landbalance.cli.console import print_json, print_table, say
from landbalance.cli.options import JsonOption, WorkspaceOption

app = typer.Typer(
    help="Show every parameter, its value and where it came from.",
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
)


@app.callback()
def config() -> None: ...


@app.command()
def show(
    profile: Annotated[str | None, typer.Option(help="Method profile; the workspace's own when left out.")] = None,
    diff: Annotated[bool, typer.Option("--diff", help="Only what differs from unccd-2026.")] = False,
    workspace: WorkspaceOption = None,
    json: JsonOption = False,
) -> None:
    """Print every parameter: value, unit, origin (profile, default or national with its reason) and source."""
    from landbalance.core.parameters import resolve
    from landbalance.io.workspace import workspace_settings

    settings = workspace_settings(workspace, profile)
    standard = resolve()
    national = {name for name in settings if settings.of(name).origin == "national"}
    shown = [settings.of(name) for name in settings if not diff or name in national or settings[name] != standard[name]]
    if json:
        print_json({"profile": settings.profile, "parameters": shown})
        return
    say(f"profile {settings.profile}: {len(shown)} of {len(settings)} parameters")
    print_table(
        ("parameter", "value", "unit", "origin", "source"),
        [(each.name, spoken(each.value), each.unit, each.origin, each.reason or each.source) for each in shown],
    )


def spoken(value: object) -> str:
    """Return a value as it is written in landbalance.toml."""
    if isinstance(value, bool):
        return str(value).lower()
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, tuple) else str(value)
