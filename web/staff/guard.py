"""What every staff request passes: size, origin and session are looked at before any page's own code runs."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Literal
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.headers import WithHeaders
from web.staff.sessions import Session, Sessions
from web.staff.users import UserFile

SESSION_COOKIE = "staff_session"
WANTED_COOKIE = "staff_wanted"
"""Which page was asked for before the sign-in."""
SIGN_IN = "/staff/sign-in"
OIDC, OIDC_BACK = "/staff/oidc", "/staff/oidc/back"
BY_PROVIDER = "oidc"
"""What a session is opened with in place of a password's hash, when the company's own sign-in vouches for it."""
SEARCH, RUNS = "/staff/search", "/staff/evals"
PLACES = (SEARCH, RUNS, "/staff/evals/trace", "/staff/evals/preview")
"""The pages that stand in the navigation, and that a sign-in may lead to."""
MOST_BYTES = 1024 * 1024 + 64 * 1024
"""Of a whole request: an article of at most 1 MiB and the form around it."""
_READ_ON_BYTES = 16 * MOST_BYTES
STAFF_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Not no-referrer: with it browsers send "Origin: null" along with forms.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
}

_log = logging.getLogger(__name__)


class _TooLarge(Exception):
    """The request's body goes on beyond ``MOST_BYTES``. ``more`` says whether there is yet more to come."""

    def __init__(self, more: bool) -> None:
        self.more = more


class Guard:
    """ASGI middleware around all staff pages. Nothing but the sign-in is reached without a session.

    ``too_large`` and ``broken`` make the pages for a body that is too big and for an unexpected failure;
    ``open_to_all`` are the addresses that lead to a session.
    """

    def __init__(
        self,
        app: ASGIApp,
        sessions: Sessions,
        users: UserFile | None,
        too_large: Callable[[Request], Response],
        broken: Callable[[Request], Response],
        open_to_all: frozenset[str] = frozenset({SIGN_IN}),
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._users = users
        self._too_large = too_large
        self._broken = broken
        self._open = open_to_all

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        with_headers = WithHeaders(send, STAFF_HEADERS)

        scope["staff_session"] = session = self._session(request)
        stop = self._stop(request, session)
        if stop is not None:
            await stop(scope, receive, with_headers)
            return
        try:
            await self._app(scope, _limited(receive), with_headers)
        except _TooLarge as large:
            if large.more:
                await _read_on(receive)
            await self._too_large(request)(scope, receive, with_headers)
        except Exception as error:  # the last line: the error's own text may quote what was typed, so it is not logged
            frame = traceback.extract_tb(error.__traceback__)[-1]
            _log.error("A staff page failed: %s at %s:%d", type(error).__name__, frame.filename, frame.lineno)
            if with_headers.started:
                raise ConnectionError("the page broke off") from None
            await self._broken(request)(scope, receive, with_headers)

    def _session(self, request: Request) -> Session | None:
        """The session, unless its user has been taken out or given another password since."""
        session = self._sessions.of(request.cookies.get(SESSION_COOKIE))
        if session is None or session.kept == BY_PROVIDER:
            return session
        return session if self._users is not None and self._users.hash_of(session.name) == session.kept else None

    def _stop(self, request: Request, session: Session | None) -> Response | None:
        if request.method not in ("GET", "HEAD") and not comes_from_here(request):
            return PlainTextResponse("This was sent from another site and has not been done.", 403)
        if session is None and request.url.path not in self._open:
            response = RedirectResponse(SIGN_IN, 303)
            if request.method == "GET" and request.url.path in PLACES:
                set_cookie(response, request, WANTED_COOKIE, request.url.path, None)
            return response
        return None


def comes_from_here(request: Request) -> bool:
    """Whether the browser says that a form was sent from a page of this address."""
    site = request.headers.get("sec-fetch-site", "same-origin")
    origin = urlsplit(request.headers.get("origin", ""))
    host = request.headers.get("host", "")
    return site == "same-origin" and origin.scheme in ("http", "https") and origin.netloc.lower() == host.lower() != ""


def set_cookie(
    response: Response,
    request: Request,
    name: str,
    value: str,
    seconds: int | None,
    path: str = "/staff",
    samesite: Literal["strict", "lax"] = "strict",
) -> None:
    """A cookie for the staff pages alone, kept from scripts; ``seconds`` None: until the browser is closed."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=seconds, path=path, httponly=True, samesite=samesite, secure=secure)


def signed_in(request: Request) -> Session:
    """The session the guard let through; only for pages behind the sign-in."""
    session = request.scope["staff_session"]
    assert isinstance(session, Session)
    return session


def _limited(receive: Receive) -> Receive:
    taken = 0

    async def counting() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > MOST_BYTES:
            raise _TooLarge(bool(message.get("more_body")))
        return message

    return counting


async def _read_on(receive: Callable[[], Awaitable[Message]]) -> None:
    """Take in the rest, within reason: browsers show no reply before they have sent everything."""
    taken = 0
    while taken < _READ_ON_BYTES:
        message = await receive()
        taken += len(message.get("body", b""))
        if message["type"] != "http.request" or not message.get("more_body"):
            return
