"""The way to the company's own sign-in and back from it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from web.staff.guard import BY_PROVIDER, OIDC, OIDC_BACK, PLACES, SESSION_COOKIE, SIGN_IN, WANTED_COOKIE, set_cookie
from web.staff.oidc import Begun, NotAllowed, Provider, ProviderFailed
from web.staff.pages import Pages
from web.staff.sessions import LASTS_SECONDS, Sessions, new_token, same

COOKIE = "staff_oidc"
TAKES_SECONDS = 10 * 60
"""How long somebody may be at the provider's."""
_AT_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Away:
    begun: Begun
    cookie: str
    wanted: str
    ends: float


class OidcPage:
    """A sign-in is finished once, by the browser that began it."""

    def __init__(
        self, pages: Pages, provider: Provider, sessions: Sessions, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._pages = pages
        self._provider = provider
        self._sessions = sessions
        self._clock = clock
        self._away: dict[str, _Away] = {}

    def routes(self) -> list[Route]:
        """Where it stands."""
        return [
            Route("/oidc", self._begin, methods=["GET"]),
            Route("/oidc/back", self._finish, methods=["GET"]),
        ]

    async def _begin(self, request: Request) -> Response:
        back = f"{request.url.scheme}://{request.url.netloc}{OIDC_BACK}"
        try:
            begun = await self._provider.begin(back)
        except ProviderFailed:
            return self._pages.message(request, 502, "oidc_failed", SIGN_IN)
        cookie, wanted = new_token(), request.cookies.get(WANTED_COOKIE, "")
        self._remember(begun, cookie, wanted if wanted in PLACES else self._pages.home)
        response = RedirectResponse(begun.address, 303)
        # Lax: the browser comes back from another site.
        set_cookie(response, request, COOKIE, cookie, TAKES_SECONDS, path=OIDC, samesite="lax")
        return response

    async def _finish(self, request: Request) -> Response:
        asked = request.query_params
        away = self._away.pop(asked.get("state", ""), None)
        if away is None or away.ends < self._clock() or not same(request.cookies.get(COOKIE, ""), away.cookie):
            return self._refused(request, 403, "oidc_again")
        if "code" not in asked:
            return self._refused(request, 403, "oidc_again" if asked.get("error") == "access_denied" else "oidc_failed")
        try:
            name = await self._provider.finish(away.begun, asked["code"], asked.get("iss"))
        except NotAllowed:
            return self._refused(request, 403, "oidc_not_allowed")
        except ProviderFailed:
            return self._refused(request, 502, "oidc_failed")
        return self._enter(request, name, away)

    def _enter(self, request: Request, name: str, away: _Away) -> Response:
        # A page and not a redirect: on the way from another site the session's strict cookie would not be sent.
        response = self._pages.page(request, "entered.html", to=away.wanted)
        set_cookie(response, request, SESSION_COOKIE, self._sessions.open(name, BY_PROVIDER), LASTS_SECONDS)
        response.delete_cookie(WANTED_COOKIE, path="/staff", httponly=True, samesite="strict")
        response.delete_cookie(COOKIE, path=OIDC, httponly=True, samesite="lax")
        return response

    def _refused(self, request: Request, status: int, text: str) -> Response:
        return self._pages.message(request, status, text, SIGN_IN)

    def _remember(self, begun: Begun, cookie: str, wanted: str) -> None:
        now = self._clock()
        self._away = {state: away for state, away in self._away.items() if away.ends > now}
        while len(self._away) >= _AT_MOST:
            self._away.pop(next(iter(self._away)))
        self._away[begun.state] = _Away(begun, cookie, wanted, now + TAKES_SECONDS)
