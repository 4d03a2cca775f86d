"""A changed article tried out before it is published: paste or upload it, wait, read what it would do."""

from __future__ import annotations

from collections.abc import Sequence

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from corpus.article import Article
from errors import ProjectError
from web.staff.changed import Changed, changed_article
from web.staff.forms import Form, read_form
from web.staff.guard import signed_in
from web.staff.pages import Pages
from web.staff.ports import EvalTools
from web.staff.previews import Busy, Previews
from web.staff.sessions import same

HERE, RESULT = "/staff/evals/preview", "/staff/evals/preview/result"


class PreviewPage:
    """The form, the wait, and the result."""

    def __init__(self, pages: Pages, tools: EvalTools) -> None:
        self._pages = pages
        self._tools = tools
        self._previews = Previews(tools)

    def routes(self) -> list[Route]:
        """Where it stands."""
        return [
            Route("/evals/preview", self._show, methods=["GET"]),
            Route("/evals/preview", self._start, methods=["POST"]),
            Route("/evals/preview/result", self._result, methods=["GET"]),
        ]

    async def _show(self, request: Request) -> Response:
        return await self._form(request)

    async def _start(self, request: Request) -> Response:
        form = await read_form(request)
        session = signed_in(request)
        if not same(session.form_token, form.text("token")):
            return self._pages.message(request, 403, "form_expired", HERE)
        articles = await self._articles()
        changed = changed_article(form.text("text"), form.file, form.text("article"), articles)
        if not isinstance(changed, Changed):
            return await self._form(request, 422, form, self._pages.words(request)[changed])
        try:
            self._previews.start(session.form_token, changed)
        except Busy:
            return await self._form(request, 503, form, self._pages.words(request)["preview_busy"])
        return RedirectResponse(RESULT, 303)

    async def _result(self, request: Request) -> Response:
        job = self._previews.of(signed_in(request).form_token)
        if job is None:
            return RedirectResponse(HERE, 303)
        if job.fault is not None:
            fault = self._pages.words(request)["preview_failed"] if job.fault == "" else job.fault
            return await self._form(request, 422, Form({}), fault)
        if job.preview is None:
            return self._pages.page(request, "working.html", job=job)
        return self._pages.page(request, "preview_result.html", preview=job.preview, name=job.name)

    async def _form(
        self, request: Request, status: int = 200, form: Form | None = None, fault: str | None = None
    ) -> Response:
        return self._pages.page(
            request,
            "preview.html",
            status,
            articles=await self._articles(),
            typed=form or Form({}),
            fault=fault,
        )

    async def _articles(self) -> Sequence[Article]:
        try:
            return await run_sync(self._tools.articles)
        except ProjectError:
            return ()
