"""`landbalance user`: accounts, from the machine itself."""

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from landbalance.cli.console import say
from landbalance.cli.options import WorkspaceOption
from landbalance.cli.records import acting, workspace_of
from landbalance.core.errors import NotFoundError
from landbalance.registry.accounts import services as accounts
from landbalance.registry.accounts.models import User
from landbalance.registry.workspaces import services as workspaces
from landbalance.registry.workspaces.models import Role

app = typer.Typer(rich_markup_mode=None, add_completion=False, help="Make accounts and give roles.")


@app.command("add")
def add_user(
    username: str,
    email: Annotated[str, typer.Option(help="Mail address.")] = "",
    role: Annotated[Role | None, typer.Option(help="Role in the workspace.")] = None,
    sector: Annotated[str, typer.Option(help="Sector the role is bound to.")] = "",
    administrator: Annotated[bool, typer.Option("--administrator", help="Keeper of the installation.")] = False,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from the input.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Make an account; the password is asked for, or read from the input."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else getpass.getpass(f"Password for {username}: ")
    user = accounts.make_user(username, email=email, password=password, is_administrator=administrator)
    say(f"{user.username}: made")
    if role is not None:
        give(user.username, role, sector, workspace)


@app.command("password")
def set_password(
    username: str,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from the input.")] = False,
    workspace: WorkspaceOption = None,
) -> None:
    """Give an account a new password where no mail server sends links; its sessions end."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else getpass.getpass(f"Password for {username}: ")
    accounts.set_password(_user(username), password)
    say(f"{username}: new password, signed out everywhere")


@app.command("give")
def give(
    username: str,
    role: Role,
    sector: Annotated[str, typer.Option(help="Sector the role is bound to.")] = "",
    workspace: WorkspaceOption = None,
) -> None:
    """Give a person a role in a workspace."""
    user = _user(username)
    place = workspace_of(Path(workspace) if workspace else None)
    member = workspaces.add_member(acting(), user, place, role, sector)
    say(f"{member.user.username}: {member.role} in {place.slug}")


def _user(username: str) -> User:
    """Return the account with this name."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotFoundError("there is no user {name}", name=username, hint="make one with landbalance user add")
    return user
