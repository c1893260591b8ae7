"""`landbalance finance` as people type it: what it prints, or the one line it refuses with."""

from typer.testing import CliRunner

from landbalance.cli.app import app


def run(*words: str) -> str:
    """Return what a command prints; it must succeed."""
    result = CliRunner().invoke(app, ["finance", *words])
    assert result.exit_code == 0, result.output
    return result.output


def refused(*words: str) -> str:
    """Return the one line a command refuses with."""
    result = CliRunner().invoke(app, ["finance", *words])
    assert result.exit_code == 1, result.output
    assert len(result.output.strip().splitlines()) == 1, result.output
    return result.output
