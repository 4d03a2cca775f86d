"""The page of numbers to call. It needs no model, no index and no script."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from assistant.handover import help_now_cards
from assistant.texts import texts_for
from settings import Settings
from web.language import first_language
from web.render import render_help_now

PLACE = "/help-now"


def mount_help_now(app: FastAPI, settings: Settings) -> None:
    """Serve the page at ``PLACE``, in the language of the address, else of the browser."""

    async def page(request: Request) -> Response:
        asked, wanted = request.query_params.get("lang"), request.headers.get("accept-language")
        language = first_language(asked, wanted, settings.language)
        html = render_help_now(help_now_cards(language), texts_for(language), language, settings.brand_name)
        return HTMLResponse(html, headers={"Cache-Control": "max-age=3600", "Vary": "Accept-Language"})

    app.add_route(PLACE, page, methods=["GET"], include_in_schema=False)
