"""The chat page in the app: mounted with everything off that would store or send what visitors write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import gradio as gr
from fastapi import FastAPI

from settings import Settings
from web.limits.door import Door
from web.limits.line import AT_ONCE, WAITING_AT_MOST
from web.page import ChatPage
from web.ports import Assistant
from web.render import read_templates
from web.tabs import Tabs

# Everybody waits in the line at the door, where they can be told so, and nobody in Gradio's own queue.
_EVENTS_AT_ONCE = AT_ONCE + WAITING_AT_MOST + 40
SESSIONS_KEPT = 2000

_HERE = Path(__file__).parent
_HEAD = (
    '<link rel="icon" href="chat-files/icon.svg"><link rel="stylesheet" href="chat-files/panel.css">'
    '<script src="chat-files/panel.js"></script><script src="chat-files/chat.js" defer></script>'
    '<script src="chat-files/talking.js" defer></script>'
)


def mount_chat(app: FastAPI, assistant: Assistant, settings: Settings, door: Door, tabs: Tabs) -> Callable[[], None]:
    """Mount the chat at "/" of ``app``.

    Returns:
        What ends the open streams, to be called before the server stops: it would wait for them otherwise.
    """
    read_templates()
    blocks = ChatPage(assistant, settings, door, tabs).blocks
    blocks.max_threads = _EVENTS_AT_ONCE
    blocks.state_session_capacity = SESSIONS_KEPT
    blocks.queue(max_size=_EVENTS_AT_ONCE, default_concurrency_limit=AT_ONCE, api_open=False)
    gr.mount_gradio_app(
        app,
        blocks,
        "/",
        theme=_theme(),
        css_paths=[_HERE / "chat.css"],
        head=_HEAD,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
        favicon_path=str(_HERE / "static" / "icon.svg"),
        run_history=False,
        show_error=False,
        enable_monitoring=False,
        footer_links=[],
        max_file_size=1,
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
    )
    parts = [getattr(route, "app", None) for route in app.routes]
    stops = [part.stop_event for part in parts if isinstance(part, gr.routes.App)]

    def end_streams() -> None:
        for stop in stops:
            stop.set()

    return end_streams


def _theme() -> gr.themes.Base:
    # The grounds are those of chat.css, so that the page does not change colour while it loads.
    theme = gr.themes.Base(font=["Figtree", "system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"])
    return theme.set(
        body_background_fill="#faf7f1",
        body_background_fill_dark="#131a18",
        body_text_color="#1f2b27",
        body_text_color_dark="#e9eeea",
    )
