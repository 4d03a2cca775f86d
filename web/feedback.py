"""Takes visitors' verdicts on replies, where the company has named a file for them."""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from assistant.feedback import MAX_REASON_CHARS, Feedback, FeedbackStore
from errors import ProjectError
from settings import Settings
from web.limits.proxies import peer_of
from web.limits.rates import Rates
from web.tabs import Tabs

PLACE = "/chat-feedback"
_MOST_BYTES = 16 * 1024
_DAY_SECONDS = 24 * 60 * 60

_log = logging.getLogger(__name__)


class _Sent(BaseModel):
    """A verdict as the page sends it. What it is about is not sent: the server knows what it answered."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    tab: str = Field(pattern=r"^[0-9a-f]{32}$")
    turn: int = Field(ge=1)
    verdict: Literal["up", "down"]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=MAX_REASON_CHARS)] = ""


def mount_feedback(
    app: FastAPI, settings: Settings, tabs: Tabs, rates: Rates, refused: Callable[[str], None] = lambda reason: None
) -> None:
    """Let verdicts be sent to ``PLACE``; without a file for them there is no such place.

    What is older than it may be goes now, and once a day from then on. ``refused`` is told each refusal's reason.

    Raises:
        ProjectError: the file that the settings name cannot be used for feedback.
    """
    if settings.feedback_file is None:
        return
    store = FeedbackStore(settings.feedback_file, settings.feedback_days)
    store.purge()
    _purge_daily(store)

    async def take(request: Request) -> Response:
        sent = await _read(request)
        if isinstance(sent, Response):
            return sent
        if refusal := rates.verdict(peer_of(request.scope), sent.tab):
            refused("verdict_rate")
            return Response(status_code=429, headers={"Retry-After": str(math.ceil(refusal.seconds))})
        about = tabs.to_judge(sent.tab, sent.turn)
        if about is None:
            return Response(status_code=404)
        given = {"verdict": sent.verdict, "reason": sent.reason or None}
        try:
            await run_in_threadpool(store.record, Feedback.model_validate({**about.model_dump(), **given}))
        except ValidationError:  # half a character, as no keyboard writes it
            return Response(status_code=400)
        except ProjectError as error:
            _log.error("A verdict could not be kept: %s", error)
            return Response(status_code=503)
        tabs.judged(sent.tab, sent.turn)
        return Response(status_code=204)

    app.add_route(PLACE, take, methods=["POST"], include_in_schema=False)


async def _read(request: Request) -> _Sent | Response:
    """What was sent, or the reply to what cannot be read.

    JSON alone: a page of another site cannot send that without asking first, and is refused then.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return Response(status_code=415)
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_BYTES:
                return Response(status_code=413)
        return _Sent.model_validate_json(body)
    except (ValidationError, ClientDisconnect):
        return Response(status_code=400)


def _purge_daily(store: FeedbackStore) -> None:
    def purge() -> None:
        try:
            store.purge()
        except ProjectError as error:
            _log.error("Old feedback could not be erased: %s", error)
        _purge_daily(store)

    timer = threading.Timer(_DAY_SECONDS, purge)
    timer.daemon = True
    timer.start()
