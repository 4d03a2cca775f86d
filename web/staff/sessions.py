"""Who is signed in: kept in memory, gone with the process, after eight hours, or at sign-out."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

LASTS_SECONDS = 8 * 60 * 60
AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class Session:
    """``form_token`` goes into every form of the session. ``kept`` is the password hash it was opened with."""

    name: str
    kept: str
    form_token: str
    ends: float

    @property
    def mark(self) -> str:
        """Tells this session from others in the browser, and opens nothing."""
        return _digest(self.form_token)[:16]


class Sessions:
    """Looked up by the digest of the cookie's token, so that neither time nor memory gives tokens away.

    To be used from one thread, the event loop's.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[str, Session] = {}

    def open(self, name: str, kept: str) -> str:
        """A new session; returns the token for the cookie. The oldest go beyond ``AT_MOST``."""
        now = self._clock()
        self._open = {key: session for key, session in self._open.items() if session.ends > now}
        while len(self._open) >= AT_MOST:
            self._open.pop(next(iter(self._open)))
        token = new_token()
        self._open[_digest(token)] = Session(name, kept, new_token(), now + LASTS_SECONDS)
        return token

    def of(self, token: str | None) -> Session | None:
        """The session of a cookie's token, if it is still open."""
        session = self._open.get(_digest(token)) if token else None
        return session if session is not None and session.ends > self._clock() else None

    def close(self, token: str | None) -> None:
        """End the session; the token opens nothing afterwards."""
        if token:
            self._open.pop(_digest(token), None)


def new_token() -> str:
    """256 random bits for a cookie or a form."""
    return secrets.token_urlsafe(32)


def same(one: str, other: str) -> bool:
    """Whether two tokens are the same and not empty, in a time that does not tell where they differ."""
    return bool(one) and hmac.compare_digest(one.encode(), other.encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
