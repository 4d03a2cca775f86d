"""The file of staff users: one ``name:hash`` a line; empty lines and lines that begin with # are passed over."""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from errors import UsageError
from settings import PROJECT

DEFAULT = PROJECT / "var" / "staff-users"
"""Where the file is where no setting names one."""
_MAKE = "Make it: python -m web.staff add NAME"
_NAME = re.compile(r"[a-z0-9åäö][a-z0-9åäö._-]{0,59}")


@dataclass(frozen=True, slots=True)
class UserFile:
    """Read anew whenever asked, so that a change counts at once, without a restart."""

    path: Path

    def check(self) -> None:
        """Refuse a file that nobody could sign in with.

        Raises:
            UsageError: it cannot be read, a line of it is no user, or it holds none.
        """
        if not self._read():
            raise UsageError(f"{self.path} names no staff user. Add one: python -m web.staff add NAME")

    def hash_of(self, name: str) -> str | None:
        """What is kept for this user; None for a name that is not in the file, or when it cannot be read."""
        try:
            return self._read().get(as_name(name))
        except UsageError:
            return None

    def names(self) -> tuple[str, ...]:
        """Everybody in the file, in its order."""
        return tuple(self._read())

    def add(self, name: str, kept: str) -> bool:
        """Put the user in or change the password. True when the name is new.

        Raises:
            UsageError: the name cannot be used, or the file cannot be read or written.
        """
        known = as_name(name)
        if not is_name(known):
            raise UsageError(f"{name!r} cannot be a name. Use letters, digits, dots, hyphens; 60 at most.")
        users = self._read() if self.path.exists() else {}
        self._write({**users, known: kept})
        return known not in users

    def remove(self, name: str) -> None:
        """Take the user out; open sessions end with it.

        Raises:
            UsageError: there is no such user, or the file cannot be read or written.
        """
        users = self._read()
        if as_name(name) not in users:
            raise UsageError(f"{self.path} has no user {name}. It has: {', '.join(users) or 'none'}.")
        self._write({known: kept for known, kept in users.items() if known != as_name(name)})

    def _read(self) -> dict[str, str]:
        users: dict[str, str] = {}
        for number, line in lines_of(self.path, f"It is what ASSISTANT_STAFF_USERS names. {_MAKE}"):
            name, separator, kept = line.partition(":")
            if not separator or not is_name(as_name(name)) or not kept.startswith("$argon2"):
                raise UsageError(f"{self.path}:{number} is not name:hash. Make it anew: python -m web.staff add NAME")
            users[as_name(name)] = kept
        return users

    def _write(self, users: dict[str, str]) -> None:
        write_private(self.path, "".join(f"{name}:{kept}\n" for name, kept in users.items()))


def lines_of(path: Path, how: str) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers. ``how`` ends the message where the file cannot be read.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"{path} cannot be read: {reason}. {how}") from error
    return [(number, line.strip()) for number, line in enumerate(lines, 1) if line.strip() and line[0] != "#"]


def write_private(path: Path, text: str) -> None:
    """Write the file so that its owner alone can read it, and whole or not at all.

    Raises:
        UsageError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=path.parent, prefix=".staff-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(made, path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def is_name(name: str) -> bool:
    """Whether a user or a token can be called so."""
    return _NAME.fullmatch(name) is not None


def as_name(name: str) -> str:
    """The name as it is kept: small letters, no space around it."""
    return name.strip().lower()
