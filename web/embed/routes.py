"""Hangs the script for other sites' pages into the web app, and where it is wanted the demonstration page."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from settings import Settings
from web.embed.demo import demo_page
from web.language import first_language

_STATIC = Path(__file__).parents[1] / "static"
_SCRIPT_HEADERS = {
    "Content-Type": "text/javascript; charset=utf-8",
    # Any page may load it: which of them may show the chat is for frame-ancestors to say.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=600",
}
DEMO_HEADERS = {
    # What docs/embedding.md asks of a strict site, and nothing more.
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; frame-src 'self'; style-src 'self'; img-src 'self'; "
        "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'"
    ),
    "X-Robots-Tag": "noindex",
}


def mount_embed(app: FastAPI, settings: Settings) -> None:
    """Serve ``/embed.js``, and ``/demo`` where the settings say so. To be called before the chat is mounted."""
    files = StaticFiles(directory=_STATIC)

    async def script(request: Request) -> Response:
        response = await files.get_response("embed.js", request.scope)
        response.headers.update(_SCRIPT_HEADERS)
        return response

    async def demo(request: Request) -> Response:
        asked, browsers = request.query_params.get("lang"), request.headers.get("accept-language")
        return Response(
            demo_page(first_language(asked, browsers, settings.language)), media_type="text/html", headers=DEMO_HEADERS
        )

    app.add_route("/embed.js", script, methods=["GET"], include_in_schema=False)
    if settings.demo_page:
        app.add_route("/demo", demo, methods=["GET"], include_in_schema=False)
