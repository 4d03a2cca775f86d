"""The search for support staff: results while typing, whole articles at the place, and reports for the evals' gaps.

What is searched for may be a customer's health: it is sent in forms only, and never stands in an address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from assistant.catalogue import test_names
from corpus.article import Article, Language
from corpus.search import Filters
from errors import ArticleUnknown, IndexUnusable, ProjectError, QuestionRefused
from web.language import as_language
from web.links import sentence_address
from web.staff.article_text import parts_of
from web.staff.asking import asked
from web.staff.finding import FEW, MANY, MOST_CHARS, Finder
from web.staff.forms import Form, read_form
from web.staff.gap_reports import MOST_NOTE_CHARS, GapReports
from web.staff.guard import signed_in
from web.staff.pages import Pages
from web.staff.ports import SearchTools
from web.staff.sessions import same
from web.staff.texts import Words
from web.staff.topics import named_topics

HERE = "/staff/search"
AT_ONCE = 4
"""Searches in parallel; while somebody types, the ones overtaken go on."""
ASKED_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be narrowed to: topics and tests, each by its id and its name."""

    topics: tuple[tuple[str, str], ...] = ()
    tests: tuple[tuple[str, str], ...] = ()


class SearchPage:
    """Every part comes as a whole page, or alone where the page's own script asks for it."""

    def __init__(self, pages: Pages, tools: SearchTools, finder: Finder, reports: GapReports) -> None:
        self._pages = pages
        self._tools = tools
        self._finder = finder
        self._reports = reports
        self._searching: CapacityLimiter | None = None
        self._asking: CapacityLimiter | None = None

    def routes(self) -> list[Route]:
        """Where it stands."""
        return [
            Route("/search", self._show, methods=["GET"]),
            Route("/search", self._find, methods=["POST"]),
            Route("/search/ask", self._ask, methods=["POST"]),
            Route("/search/wrong", self._wrong, methods=["POST"]),
            Route("/search/missing", self._missing, methods=["POST"]),
            Route("/search/article/{id}", self._article, methods=["GET"]),
            # Where a form's own page is asked for again, as by choosing another language.
            *(Route(f"/search/{part}", self._back, methods=["GET"]) for part in ("ask", "wrong", "missing")),
        ]

    async def _show(self, request: Request) -> Response:
        return await self._page(request, Form({}), None)

    async def _back(self, request: Request) -> Response:
        return RedirectResponse(f"{HERE}?{request.url.query}", 303)

    async def _find(self, request: Request) -> Response:
        form = await read_form(request)
        if not _is_own(request, form):
            return self._expired(request)
        query = _query(form)
        if not query:
            return await self._page(request, form, None)
        if len(query) > MOST_CHARS:
            return await self._told(request, form, 422, "search_too_long")
        if self._searching is None:
            self._searching = CapacityLimiter(AT_ONCE)
        most = MANY if form.text("more") else FEW
        find = partial(self._finder.find, query, _filters(form), most, prefers=self._pages.language(request))
        try:
            outcome = await run_sync(find, limiter=self._searching)
        except IndexUnusable:
            return await self._told(request, form, 503, "search_no_index")
        return await self._page(request, form, "results.html", outcome=outcome, more=most == FEW, reports=self._reports)

    async def _ask(self, request: Request) -> Response:
        form = await read_form(request)
        if not _is_own(request, form):
            return self._expired(request)
        if self._asking is None:
            self._asking = CapacityLimiter(ASKED_AT_ONCE)
        language = self._pages.language(request)
        try:
            answer = await run_sync(asked, self._tools.assistant, _query(form), language, limiter=self._asking)
        except QuestionRefused as refusal:
            return await self._page(request, form, "told.html", 422, told=str(refusal), bad=True)
        except ProjectError:
            return await self._told(request, form, 503, "search_no_index")
        return await self._page(request, form, "asked.html", answer=answer)

    async def _wrong(self, request: Request) -> Response:
        form = await read_form(request)
        if not _is_own(request, form):
            return self._expired(request)
        note = form.text("note").strip()[:MOST_NOTE_CHARS]
        try:
            article, _ = await run_sync(self._finder.article, form.text("article"))
            start, end = _range(form.text("from"), form.text("to"), article)
            reason = note or self._words(request)["wrong_reason"]
            await run_sync(self._reports.wrong, _query(form)[:MOST_CHARS], article, article.text[start:end], reason)
        except ArticleUnknown:
            return await self._told(request, form, 404, "article_gone")
        except ProjectError:
            return await self._told(request, form, 503, "report_failed")
        return await self._told(request, form, 200, "report_kept")

    async def _missing(self, request: Request) -> Response:
        form = await read_form(request)
        if not _is_own(request, form):
            return self._expired(request)
        query = _query(form)[:MOST_CHARS]
        try:
            if query:
                await run_sync(self._reports.missing, query, self._words(request)["missing_reason"])
        except ProjectError:
            return await self._told(request, form, 503, "report_failed")
        return await self._told(request, form, 200, "report_kept")

    async def _article(self, request: Request) -> Response:
        try:
            article, flags = await run_sync(self._finder.article, request.path_params["id"])
        except ArticleUnknown:
            return self._pages.message(request, 404, "article_gone", HERE)
        except IndexUnusable:
            return self._pages.message(request, 503, "search_no_index", HERE)
        start, end = _range(request.query_params.get("from", ""), request.query_params.get("to", ""), article)
        return self._pages.page(
            request,
            "found_article.html",
            article=article,
            flags=flags,
            parts=parts_of(article, start, end),
            address=sentence_address(article.url, article.text[start:end]),
        )

    async def _told(self, request: Request, form: Form, status: int, text: str) -> Response:
        """One sentence in the place of results."""
        return await self._page(
            request, form, "told.html", status, told=self._words(request)[text], bad=status not in (200, 404)
        )

    def _expired(self, request: Request) -> Response:
        return self._pages.message(request, 403, "form_expired", HERE)

    async def _page(
        self, request: Request, form: Form, inner: str | None, status: int = 200, **values: object
    ) -> Response:
        given = {"typed": form, "query": _query(form), **values}
        if request.headers.get("x-requested-with") == "fetch":
            return self._pages.page(request, inner or "told.html", status, **{"told": "", "bad": False, **given})
        choices = await run_sync(self._choices, self._pages.language(request))
        return self._pages.page(request, "search.html", status, inner=inner, choices=choices, **given)

    def _choices(self, language: Language) -> Choices:
        """Nothing to choose where there is no index."""
        try:
            articles = self._finder.articles()
        except IndexUnusable:
            return Choices()
        names = test_names()
        tests = {test: names[test][language] if test in names else test for a in articles for test in a.tests}
        topics = named_topics((topic for article in articles for topic in article.topics), language)
        return Choices(topics, tuple(sorted(tests.items(), key=lambda one: one[1].casefold())))

    def _words(self, request: Request) -> Words:
        return self._pages.words(request)


def _is_own(request: Request, form: Form) -> bool:
    return same(signed_in(request).form_token, form.text("token"))


def _query(form: Form) -> str:
    return " ".join(form.text("q").split())


def _filters(form: Form) -> Filters:
    """What cannot be read narrows nothing."""
    return Filters(
        language=as_language(form.text("language")),
        topic=form.text("topic") or None,
        test=form.text("test") or None,
        since=_day(form.text("since")),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _range(start: str, end: str, article: Article) -> tuple[int, int]:
    """Two places in the article's text; an empty range at its beginning for what is none."""
    try:
        left, right = int(start), int(end)
    except ValueError:
        return 0, 0
    return (left, right) if 0 <= left <= right <= len(article.text) else (0, 0)
