"""The file of API tokens beside the staff users: one ``name:hash:day`` a line. A token itself is kept nowhere."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from errors import UsageError
from web.staff.users import as_name, is_name, lines_of, write_private

BEGINS = "staff_"
"""What every token begins with, so that one that leaks can be recognised."""
_LINE = re.compile(r"([^:]+):([0-9a-f]{64}):(\d{4}-\d\d-\d\d)")
_MAKE = "Make one: python -m web.staff token NAME"


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token: whom it was made for, and when. ``kept`` is its SHA-256, since it is random itself."""

    name: str
    kept: str
    made: str


@dataclass(frozen=True, slots=True)
class TokenFile:
    """Read anew whenever asked, so that a token that is revoked opens nothing at once."""

    path: Path

    @classmethod
    def beside(cls, users: Path) -> TokenFile:
        """The tokens that belong to this file of users."""
        return cls(users.with_name(f"{users.name}.tokens"))

    def make(self, name: str) -> str:
        """A new token for ``name``, to be shown once.

        Raises:
            UsageError: the name cannot be used or has a token, or the file cannot be read or written.
        """
        known = as_name(name)
        if not is_name(known):
            raise UsageError(f"{name!r} cannot be a name. Use letters, digits, dots, hyphens; 60 at most.")
        tokens = self.tokens()
        if any(token.name == known for token in tokens):
            raise UsageError(f"{known} has a token. Take it away first: python -m web.staff revoke {known}")
        secret = BEGINS + secrets.token_urlsafe(32)
        self._write([*tokens, Token(known, _digest(secret), date.today().isoformat())])
        return secret

    def revoke(self, name: str) -> None:
        """The token of ``name`` opens nothing any more.

        Raises:
            UsageError: there is none, or the file cannot be read or written.
        """
        tokens = self.tokens()
        left = [token for token in tokens if token.name != as_name(name)]
        if len(left) == len(tokens):
            names = ", ".join(token.name for token in tokens) or "none"
            raise UsageError(f"{self.path} has no token for {name}. It has: {names}.")
        self._write(left)

    def name_of(self, secret: str) -> str | None:
        """Whose token this is; None for one that is not there, or when the file cannot be read."""
        digest = _digest(secret)
        try:
            # Looked up by digest: what the time could tell says nothing of the token.
            return next((token.name for token in self.tokens() if token.kept == digest), None)
        except UsageError:
            return None

    def tokens(self) -> list[Token]:
        """Every token; none where the file is not there yet.

        Raises:
            UsageError: it cannot be read, or a line of it is no token.
        """
        if not self.path.exists():
            return []
        return [self._token(number, line) for number, line in lines_of(self.path, _MAKE)]

    def _token(self, number: int, line: str) -> Token:
        found = _LINE.fullmatch(line)
        if found is None or not is_name(found[1]):
            raise UsageError(f"{self.path}:{number} is not name:hash:day. Remove the line. {_MAKE}")
        return Token(found[1], found[2], found[3])

    def _write(self, tokens: list[Token]) -> None:
        write_private(self.path, "".join(f"{one.name}:{one.kept}:{one.made}\n" for one in tokens))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
