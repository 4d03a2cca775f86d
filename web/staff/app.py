"""The staff pages put together, and hung into the web app under /staff."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from settings import Settings
from web.staff.evals_page import RunsPage
from web.staff.guard import STAFF_HEADERS, Guard
from web.staff.pages import Pages
from web.staff.ports import EvalTools
from web.staff.preview_page import PreviewPage
from web.staff.sessions import Sessions
from web.staff.sign_in import SignIn
from web.staff.throttle import Throttle
from web.staff.trace_page import TracePage
from web.staff.users import UserFile

PLACE = "/staff"
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def mount_staff(
    app: FastAPI,
    settings: Settings,
    tools: EvalTools | None,
    sessions: Sessions | None = None,
    throttle: Throttle | None = None,
) -> None:
    """Hang the staff pages into ``app``; without a file of users, a page that says how to switch them on.

    To be called before the chat is mounted, which takes every address that is left.

    Raises:
        UsageError: the file of users that the settings name cannot be used.
    """
    pages = Pages(settings)
    if settings.staff_users is None or tools is None:
        _mount_off(app, pages)
        return
    users = UserFile(settings.staff_users)
    users.check()
    staff = staff_app(pages, users, tools, sessions or Sessions(), throttle or Throttle())

    async def home(request: Request) -> Response:
        return RedirectResponse(f"{PLACE}/", 303, headers=STAFF_HEADERS)

    app.add_route(PLACE, home, methods=["GET"], include_in_schema=False)
    app.mount(PLACE, staff)


def staff_app(pages: Pages, users: UserFile, tools: EvalTools, sessions: Sessions, throttle: Throttle) -> Starlette:
    """All staff pages behind their guard."""
    routes: list[Route] = [
        *SignIn(pages, users, sessions, throttle).routes(),
        *RunsPage(pages, tools).routes(),
        *TracePage(pages, tools).routes(),
        *PreviewPage(pages, tools).routes(),
    ]

    def too_large(request: Request) -> Response:
        return pages.message(request, 413, "too_large", "/staff/evals/preview")

    def broken(request: Request) -> Response:
        return pages.message(request, 500, "broken")

    async def not_found(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return pages.message(request, status, "not_found")

    guard = Middleware(Guard, sessions=sessions, users=users, too_large=too_large, broken=broken)
    return Starlette(routes=routes, middleware=[guard], exception_handlers={404: not_found, 405: not_found})


def _mount_off(app: FastAPI, pages: Pages) -> None:
    """404, not 503: there is nothing here that would come back by itself."""

    async def off(request: Request) -> Response:
        response = pages.page(request, "off.html", 404)
        response.headers.update(STAFF_HEADERS)
        return response

    for path in (PLACE, f"{PLACE}/{{rest:path}}"):
        app.add_route(path, off, methods=_METHODS, include_in_schema=False)
