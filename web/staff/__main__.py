"""The command line over the staff users and the tokens of the search API: add, remove, list."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

import cli
from errors import UsageError
from web.staff.users import DEFAULT

FileOption = Annotated[Path | None, typer.Option("--file", help="The file of users; wins over ASSISTANT_STAFF_USERS.")]

app = cli.new_app("Who may open the pages behind the sign-in, and which programs may search.")


@app.command()
def add(name: Annotated[str, typer.Argument(help="The user's name.")], file: FileOption = None) -> None:
    """Add a user or change a password, asked for on the terminal or read from standard input."""
    from web.staff.passwords import hashed
    from web.staff.users import UserFile

    path = _file(file)
    new = UserFile(path).add(name, hashed(_password()))
    print(f"{name} is {'added to' if new else 'changed in'} {path}.")
    if not cli.settings().staff_users:
        print(f"Switch the staff pages on with ASSISTANT_STAFF_USERS={path}")


@app.command()
def remove(name: Annotated[str, typer.Argument(help="The user's name.")], file: FileOption = None) -> None:
    """Take a user out. Open sessions of that user end at once."""
    from web.staff.users import UserFile

    UserFile(_file(file)).remove(name)
    print(f"{name} is taken out.")


@app.command("list")
def show(file: FileOption = None) -> None:
    """Print the names, one a line."""
    from web.staff.users import UserFile

    for name in UserFile(_file(file)).names():
        print(name)


@app.command()
def token(
    name: Annotated[str, typer.Argument(help="Which program or person it is for.")], file: FileOption = None
) -> None:
    """Make a token for the search API at /api/v1. It is shown once and cannot be looked up later."""
    from web.staff.tokens import TokenFile

    print(TokenFile.beside(_file(file)).make(name))
    if not cli.settings().staff_users:
        print("The API is off until ASSISTANT_STAFF_USERS names a file of users.", file=sys.stderr)


@app.command()
def tokens(file: FileOption = None) -> None:
    """Print whose tokens there are and when each was made, one a line."""
    from web.staff.tokens import TokenFile

    for one in TokenFile.beside(_file(file)).tokens():
        print(f"{one.name}  {one.made}")


@app.command()
def revoke(name: Annotated[str, typer.Argument(help="Whose token.")], file: FileOption = None) -> None:
    """Take a token away. It opens nothing from then on."""
    from web.staff.tokens import TokenFile

    TokenFile.beside(_file(file)).revoke(name)
    print(f"The token of {name} is revoked.")


def _file(given: Path | None) -> Path:
    return given or cli.settings().staff_users or DEFAULT


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password, 12 characters at least: ")
    if getpass.getpass("The same again: ") != first:
        raise UsageError("The two differ. Run the command again.")
    return first


if __name__ == "__main__":
    cli.run(app)
