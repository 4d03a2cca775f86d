"""Signing in and out: the form, its checks, and the session's cookie."""

from __future__ import annotations

import math

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from web.staff.forms import Form, read_form
from web.staff.guard import PLACES, SESSION_COOKIE, SIGN_IN, WANTED_COOKIE, set_cookie, signed_in
from web.staff.pages import Pages
from web.staff.passwords import is_right
from web.staff.sessions import LASTS_SECONDS, Sessions, new_token, same
from web.staff.throttle import Throttle
from web.staff.users import UserFile, as_name

FORM_COOKIE = "staff_form"
AT_ONCE = 2
"""Passwords looked at in parallel; each takes 64 MiB for a moment."""
NAME_CHARS = 80
"""As many as the form has room for."""


class SignIn:
    """The door. Every failure reads the same, whether the name, the password or neither was right."""

    def __init__(
        self, pages: Pages, users: UserFile | None, sessions: Sessions, throttle: Throttle, elsewhere: bool = False
    ) -> None:
        """Without ``users`` there are no passwords; ``elsewhere``: the company's own sign-in is offered as well."""
        self._pages = pages
        self._users = users
        self._sessions = sessions
        self._throttle = throttle
        self._elsewhere = elsewhere
        self._limiter: CapacityLimiter | None = None

    def routes(self) -> list[Route]:
        """Where the door stands."""
        return [
            Route("/sign-in", self._show, methods=["GET"]),
            Route("/sign-in", self._enter, methods=["POST"]),
            Route("/sign-out", self._leave, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        if request.scope["staff_session"] is not None:
            return RedirectResponse(self._pages.home, 303)
        return self._form(request)

    async def _enter(self, request: Request) -> Response:
        form = await read_form(request)
        if self._users is None:
            return self._form(request, 403)
        if not same(request.cookies.get(FORM_COOKIE, ""), form.text("token")):
            return self._form(request, 403, "sign_in_again", form.text("name"))
        name, address = as_name(form.text("name")), request.client.host if request.client else ""
        wait = self._throttle.wait(name, address)
        if wait > 0:
            return self._too_soon(request, wait, form.text("name"))
        kept = await self._kept_if_right(self._users, name, address, form)
        if kept is None:
            return self._form(request, 401, "sign_in_failed", form.text("name"))
        self._sessions.close(request.cookies.get(SESSION_COOKIE))
        response = RedirectResponse(self._wanted(request), 303)
        set_cookie(response, request, SESSION_COOKIE, self._sessions.open(name, kept), LASTS_SECONDS)
        for done in (FORM_COOKIE, WANTED_COOKIE):
            response.delete_cookie(done, path="/staff", httponly=True, samesite="strict")
        return response

    async def _leave(self, request: Request) -> Response:
        form = await read_form(request)
        if not same(signed_in(request).form_token, form.text("token")):
            return self._pages.message(request, 403, "form_expired")
        self._sessions.close(request.cookies.get(SESSION_COOKIE))
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(SESSION_COOKIE, path="/staff", httponly=True, samesite="strict")
        return response

    async def _kept_if_right(self, users: UserFile, name: str, address: str, form: Form) -> str | None:
        self._throttle.begin(name, address)
        kept = users.hash_of(name)
        if not await run_sync(is_right, form.text("password"), kept, limiter=self._at_once()):
            return None
        self._throttle.succeeded(name, address)
        return kept

    def _wanted(self, request: Request) -> str:
        wanted = request.cookies.get(WANTED_COOKIE)
        return wanted if wanted in PLACES else self._pages.home

    def _at_once(self) -> CapacityLimiter:
        # Made here: it belongs to the event loop that serves.
        if self._limiter is None:
            self._limiter = CapacityLimiter(AT_ONCE)
        return self._limiter

    def _form(self, request: Request, status: int = 200, fault: str | None = None, typed: str = "") -> Response:
        """``typed``: the name as it came, known or not, which need not be typed again."""
        token = new_token()
        words = self._pages.words(request)
        message = words[fault] if fault else None
        doors = {"passwords": self._users is not None, "elsewhere": self._elsewhere}
        name = typed.strip()[:NAME_CHARS]
        response = self._pages.page(request, "sign_in.html", status, token=token, fault=message, name=name, **doors)
        set_cookie(response, request, FORM_COOKIE, token, None)
        return response

    def _too_soon(self, request: Request, wait: float, typed: str) -> Response:
        response = self._form(request, 429, "sign_in_wait", typed)
        response.headers["Retry-After"] = str(math.ceil(wait))
        return response
