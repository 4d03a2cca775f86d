"""The API put together, and hung into the web app under /api/v1."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Path, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from starlette.middleware import Middleware

from errors import ArticleUnknown, IndexUnusable
from settings import Settings
from web.api.guard import OPENAPI, ApiGuard, problem
from web.api.models import ArticleReply, Problem, Search, SearchReply, StatusReply
from web.staff.finding import Finder
from web.staff.freshness import Freshness
from web.staff.ports import SearchTools
from web.staff.tokens import TokenFile
from web.staff.users import DEFAULT

PLACE = "/api/v1"
_ABOUT = """Searches the company's health articles and gives passages with the sentence that fits best. Read-only.

Every request needs a token, which `python -m web.staff token NAME` makes. What is searched for is not stored."""
_PROBLEMS: dict[int | str, dict[str, object]] = {
    401: {"model": Problem, "description": "No token, or one that is not valid"},
    422: {"model": Problem, "description": "The request is not as described"},
    429: {"model": Problem, "description": "Too many requests; Retry-After says how many seconds to wait"},
    503: {"model": Problem, "description": "The articles cannot be searched right now"},
}


def mount_api(app: FastAPI, settings: Settings, search: SearchTools | None) -> None:
    """Hang the API into ``app``; where the staff pages are off it is off too, and says so.

    To be called before the chat is mounted, which takes every address that is left.
    """
    if search is None or not settings.has_staff_pages:
        _mount_off(app)
        return
    finder = Finder(search.searcher, Freshness(search.articles, settings.stale_after_days))
    tokens = TokenFile.beside(settings.staff_users or DEFAULT)
    app.mount(PLACE, api_app(finder, search, tokens, settings.api_per_minute))


def api_app(finder: Finder, tools: SearchTools, tokens: TokenFile, per_minute: int) -> FastAPI:
    """The API behind its guard."""
    api = FastAPI(
        title="Health article search",
        version="1",
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=OPENAPI,
        dependencies=[Security(HTTPBearer(auto_error=False, description="A token of the staff's search"))],
        responses=_PROBLEMS,
        middleware=[Middleware(ApiGuard, tokens=tokens, per_minute=per_minute)],
    )
    _routes(api, finder, tools)

    @api.exception_handler(RequestValidationError)
    async def not_as_described(request: Request, error: RequestValidationError) -> JSONResponse:
        # Without the value: it may be what somebody searched for.
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"] if part != "body")
        return problem(422, f"{where or 'The body'}: {first['msg']}.")

    @api.exception_handler(ArticleUnknown)
    async def unknown(request: Request, error: ArticleUnknown) -> JSONResponse:
        return problem(404, "There is no article with that id.")

    @api.exception_handler(IndexUnusable)
    async def unusable(request: Request, error: IndexUnusable) -> JSONResponse:
        return problem(503, "The articles cannot be searched right now.")

    return api


def _routes(api: FastAPI, finder: Finder, tools: SearchTools) -> None:
    @api.post("/search", summary="Find passages", operation_id="search")
    def search(asked: Search) -> SearchReply:
        """The passages that fit a query, best first."""
        return SearchReply.of(finder.find(asked.query, asked.filters, asked.limit, asked.per_article))

    not_there: dict[int | str, dict[str, object]] = {404: {"model": Problem, "description": "There is no such article"}}

    @api.get("/articles/{id}", summary="Read an article", operation_id="article", responses=not_there)
    def article(id: Annotated[str, Path(max_length=200)]) -> ArticleReply:
        """One article as it is searched, whole."""
        return ArticleReply.of(*finder.article(id))

    @api.get("/status", summary="What is searched", operation_id="status")
    def status() -> StatusReply:
        """The index's version, when it was built, and how much is in it."""
        index = tools.searcher.index
        return StatusReply(
            index_version=index.version,
            built=index.manifest.created,
            articles=index.manifest.articles_by_language,
            passages=index.manifest.passages_by_language,
        )


def _mount_off(app: FastAPI) -> None:
    async def off(request: Request) -> JSONResponse:
        return problem(404, "The API is switched off. It goes with the staff pages: see ASSISTANT_STAFF_USERS.")

    methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    app.add_route(f"{PLACE}/{{rest:path}}", off, methods=methods, include_in_schema=False)
