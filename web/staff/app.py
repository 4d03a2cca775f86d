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
from web.staff.finding import Finder
from web.staff.freshness import Freshness
from web.staff.gap_reports import GapReports
from web.staff.guard import OIDC, OIDC_BACK, SEARCH, SIGN_IN, STAFF_HEADERS, Guard
from web.staff.oidc import Provider
from web.staff.oidc_page import OidcPage
from web.staff.pages import Pages
from web.staff.ports import EvalTools, SearchTools
from web.staff.preview_page import PreviewPage
from web.staff.search_page import SearchPage
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
    search: SearchTools | None = None,
) -> None:
    """Hang the staff pages into ``app``; with no way to sign in, a page that says how to switch them on.

    To be called before the chat is mounted, which takes every address that is left.

    Raises:
        UsageError: the file of users that the settings name cannot be used, or the provider is not set right.
    """
    pages = Pages(settings, searches=search is not None)
    if not settings.has_staff_pages or tools is None:
        _mount_off(app, pages)
        return
    users = UserFile(settings.staff_users) if settings.staff_users else None
    if users is not None:
        users.check()
    sessions = sessions or Sessions()
    provider = Provider(settings) if settings.staff_oidc_issuer else None
    ways = [
        *SignIn(pages, users, sessions, throttle or Throttle(), elsewhere=provider is not None).routes(),
        *(OidcPage(pages, provider, sessions).routes() if provider else ()),
    ]
    staff = staff_app(pages, users, [*ways, *_pages_of(pages, settings, tools, search)], sessions)

    async def home(request: Request) -> Response:
        return RedirectResponse(f"{PLACE}/", 303, headers=STAFF_HEADERS)

    async def to_search(request: Request) -> Response:
        return RedirectResponse(SEARCH if search else f"{PLACE}/", 303, headers=STAFF_HEADERS)

    app.add_route(PLACE, home, methods=["GET"], include_in_schema=False)
    app.add_route("/search", to_search, methods=["GET"], include_in_schema=False)
    app.mount(PLACE, staff)


def _pages_of(pages: Pages, settings: Settings, tools: EvalTools, search: SearchTools | None) -> list[Route]:
    """Everything behind the sign-in."""
    routes = [*RunsPage(pages, tools).routes(), *TracePage(pages, tools).routes(), *PreviewPage(pages, tools).routes()]
    if search is not None:
        finder = Finder(search.searcher, Freshness(search.articles, settings.stale_after_days))
        reports = GapReports(settings.feedback_file, settings.feedback_days)
        routes += SearchPage(pages, search, finder, reports).routes()
    return routes


def staff_app(pages: Pages, users: UserFile | None, routes: list[Route], sessions: Sessions) -> Starlette:
    """All ``routes`` behind their guard; the ways to sign in alone are open."""

    def too_large(request: Request) -> Response:
        return pages.message(request, 413, "too_large")

    def broken(request: Request) -> Response:
        return pages.message(request, 500, "broken")

    async def not_found(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return pages.message(request, status, "not_found")

    guard = Middleware(
        Guard,
        sessions=sessions,
        users=users,
        too_large=too_large,
        broken=broken,
        open_to_all=frozenset({SIGN_IN, OIDC, OIDC_BACK}),
    )
    return Starlette(routes=routes, middleware=[guard], exception_handlers={404: not_found, 405: not_found})


def _mount_off(app: FastAPI, pages: Pages) -> None:
    """404, not 503: there is nothing here that would come back by itself."""

    async def off(request: Request) -> Response:
        response = pages.page(request, "off.html", 404)
        response.headers.update(STAFF_HEADERS)
        return response

    for path in (PLACE, f"{PLACE}/{{rest:path}}", "/search"):
        app.add_route(path, off, methods=_METHODS, include_in_schema=False)
