"""The runs: their list and trend, two of them compared, and the report of one."""

from __future__ import annotations

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from errors import UsageError
from evals.compare import Comparison, compare
from evals.metrics import BY_NAME
from web.staff.pages import Pages
from web.staff.ports import EvalTools
from web.staff.runs import list_runs, report_of, run_named
from web.staff.trend import trend_of

REPORT_HEADERS = {
    # A sandbox without allow-same-origin: the report's page can reach neither cookies nor these pages.
    "Content-Security-Policy": (
        "sandbox allow-scripts allow-popups; default-src 'none'; style-src 'unsafe-inline'; "
        "script-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
}


class RunsPage:
    """What has been measured so far."""

    def __init__(self, pages: Pages, tools: EvalTools) -> None:
        self._pages = pages
        self._tools = tools

    def routes(self) -> list[Route]:
        """Where it stands."""
        return [
            Route("/", self._home, methods=["GET"]),
            Route("/evals", self._list, methods=["GET"]),
            Route("/evals/compare", self._compare, methods=["GET"]),
            Route("/evals/runs/{name}/report", self._report, methods=["GET"]),
        ]

    async def _home(self, request: Request) -> Response:
        return RedirectResponse(self._pages.home, 303)

    async def _list(self, request: Request) -> Response:
        listed = await run_sync(list_runs, self._tools.runs_dir)
        return self._pages.page(
            request, "runs.html", runs=listed.runs, unreadable=listed.unreadable, trend=trend_of(listed.runs)
        )

    async def _compare(self, request: Request) -> Response:
        names = request.query_params.get("before", ""), request.query_params.get("after", "")
        try:
            comparison = await run_sync(self._compared, *names)
        except UsageError as error:
            return self._pages.page(request, "message.html", 404, text=str(error), link="/staff/evals")
        return self._pages.page(request, "compare.html", names=names, comparison=comparison, metrics=BY_NAME)

    def _compared(self, before: str, after: str) -> Comparison:
        return compare(run_named(self._tools.runs_dir, before), run_named(self._tools.runs_dir, after))

    async def _report(self, request: Request) -> Response:
        try:
            content = await run_sync(report_of, self._tools.runs_dir, request.path_params["name"])
        except UsageError as error:
            return self._pages.page(request, "message.html", 404, text=str(error), link="/staff/evals")
        return Response(content, headers=REPORT_HEADERS, media_type="text/html; charset=utf-8")
