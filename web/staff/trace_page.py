"""One question on its way to its answer, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from assistant.trace import TracedPassage
from errors import ProjectError, QuestionRefused
from evals.cases import Case
from web.staff.forms import Form, read_form
from web.staff.guard import signed_in
from web.staff.pages import Pages
from web.staff.ports import EvalTools
from web.staff.sessions import same

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be traced; ``case`` is None for a question that was typed."""

    question: str
    history: tuple[str, ...] = ()
    case: Case | None = None

    def supports(self, passage: TracedPassage) -> bool:
        """Whether the case names a quote that stands in this passage."""
        named = self.case.supports if self.case else ()
        return any(s.article == passage.article_id and s.quote in passage.quote for s in named)


class TracePage:
    """A form to choose a case or type a question, and below it the steps. Nothing typed is kept or logged."""

    def __init__(self, pages: Pages, tools: EvalTools) -> None:
        self._pages = pages
        self._tools = tools
        self._limiter: CapacityLimiter | None = None

    def routes(self) -> list[Route]:
        """Where it stands."""
        return [
            Route("/evals/trace", self._show, methods=["GET"]),
            Route("/evals/trace", self._trace, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        return await self._page(request)

    async def _trace(self, request: Request) -> Response:
        form = await read_form(request)
        if not same(signed_in(request).form_token, form.text("token")):
            return self._pages.message(request, 403, "form_expired", "/staff/evals/trace")
        cases = await self._cases()
        asked = _asked(form, cases)
        if self._limiter is None:
            self._limiter = CapacityLimiter(AT_ONCE)
        try:
            trace = await run_sync(self._tools.tracer.trace, asked.question, asked.history, limiter=self._limiter)
        except QuestionRefused as refusal:
            return await self._page(request, 422, asked=asked, fault=str(refusal))
        except ProjectError as error:
            return await self._page(request, 503, asked=asked, fault=str(error))
        return await self._page(request, asked=asked, trace=trace)

    async def _page(self, request: Request, status: int = 200, **values: object) -> Response:
        cases = await self._cases()
        given = {"asked": None, "trace": None, "fault": None, **values}
        return self._pages.page(request, "trace.html", status, cases=cases, **given)

    async def _cases(self) -> Sequence[Case]:
        try:
            return await run_sync(self._tools.cases)
        except ProjectError:
            return ()


def _asked(form: Form, cases: Sequence[Case]) -> Asked:
    chosen = next((case for case in cases if case.id == form.text("case")), None)
    if chosen is not None:
        return Asked(chosen.question, chosen.history, chosen)
    earlier = [line.strip() for line in form.text("history").splitlines()]
    return Asked(form.text("question").strip(), tuple(line for line in earlier if line))
