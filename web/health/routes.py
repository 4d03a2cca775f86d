"""Where monitoring asks: /healthz for whether it is alive, /readyz for whether it answers, /metrics for numbers."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from settings import Settings
from web.health.metrics import CONTENT_TYPE, Metrics
from web.health.ready import Readiness
from web.limits.addresses import is_within
from web.limits.proxies import peer_of

_NO_STORE = {"Cache-Control": "no-store"}


def add_health(app: FastAPI, settings: Settings, readiness: Readiness, metrics: Metrics) -> None:
    """Add the three. To be called before the chat is mounted, which takes every address that is left."""

    def from_monitoring(request: Request) -> bool:
        # What came through a proxy is a visitor's, even where the proxy stands on an allowed address.
        return not request.scope["forwarded"] and is_within(peer_of(request.scope), settings.metrics_from)

    async def healthz(request: Request) -> Response:
        return PlainTextResponse("ok", headers=_NO_STORE)

    async def readyz(request: Request) -> Response:
        why = await readiness.why_not()
        content: dict[str, object] = {"ready": why is None}
        if why is not None and from_monitoring(request):
            content["why"] = why
        return JSONResponse(content, 200 if why is None else 503, _NO_STORE)

    async def numbers(request: Request) -> Response:
        if not from_monitoring(request):
            return PlainTextResponse("Not found", 404, _NO_STORE)
        return Response(metrics.text(), headers={**_NO_STORE, "Content-Type": CONTENT_TYPE})

    for path, answer in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", numbers)):
        app.add_route(path, answer, methods=["GET"], include_in_schema=False)
