"""The chat page: what its components do, and how it is mounted."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI

from assistant.texts import Texts, texts_for
from corpus.article import Language
from errors import ProjectError
from settings import Settings
from web.conversation import Conversation, growing_turn
from web.language import as_language, first_language
from web.layout import Layout
from web.limits.door import Door, Message
from web.limits.line import AT_ONCE, WAITING_AT_MOST
from web.limits.proxies import peer_of
from web.ports import Assistant
from web.running import Running
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


class ChatPage:
    """What the page does. One for all visitors: their conversations are in ``tabs``, the answers under way here."""

    def __init__(self, assistant: Assistant, settings: Settings, door: Door, tabs: Tabs) -> None:
        self._assistant = assistant
        self._settings = settings
        self._door = door
        self._tabs = tabs
        self._rates = settings.feedback_file is not None
        self._running = Running()
        title = self._title(texts_for(settings.language))
        with gr.Blocks(title=title, analytics_enabled=False, fill_width=True) as self.blocks:
            feedback_days = settings.feedback_days if self._rates else None
            self._parts = Layout(
                settings.language, settings.brand_name, assistant.writer, self._unreviewed(), feedback_days
            )
            self._listen()

    def _listen(self) -> None:
        parts = self._parts
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        at_once: dict[str, Any] = {**private, "queue": False}
        self.blocks.load(self._open, None, parts.worded(), **at_once)
        # A closed tab: by itself Gradio ends the answer only once the next piece of it is there.
        self.blocks.unload(self._gone)
        parts.tab.change(self._join, parts.tab, [*parts.worded(), *parts.shown()], **at_once)
        parts.language.input(self._switch, parts.language, parts.worded(), trigger_mode="always_last", **at_once)
        asking = gr.on(
            [
                parts.box.submit,
                parts.send.click,
                parts.again.click,
                *(button.click for button in (*parts.example_buttons, *parts.follow_up_buttons)),
            ],
            self._ask,
            [parts.box, parts.language, parts.agreed],
            [parts.box, *parts.shown()],
            concurrency_limit=None,
            trigger_mode="once",
            **private,
        )
        parts.stop.click(self._stop, None, [parts.send, parts.stop], **at_once)
        parts.agreed.input(self._agree_or_not, parts.agreed, None, **at_once)
        parts.clear.click(
            self._start_over,
            None,
            [parts.agreed, parts.box, *parts.shown()],
            cancels=[asking],
            **at_once,
        )

    def _open(self, request: gr.Request) -> list[Any]:
        language = first_language(
            request.query_params.get("lang"), request.headers.get("accept-language"), self._settings.language
        )
        return self._labels(language)

    def _join(self, tab: str, request: gr.Request) -> list[Any]:
        """The page's tab is known: show what was said in it before the page was loaded anew."""
        kept = self._tabs.join(_page(request), tab or "")
        if kept is None:
            return [gr.skip() for _ in (*self._parts.worded(), *self._parts.shown())]
        conversation, language = kept
        return [*self._labels(language), *self._parts.showing(conversation)]

    def _switch(self, chosen: str, request: gr.Request) -> list[Any]:
        language = self._language(chosen)
        self._tabs.speak(_page(request), language)
        return self._labels(language)

    async def _ask(
        self,
        typed: str,
        chosen: str,
        ticked: bool,
        event: gr.EventData,
        request: gr.Request,
    ) -> AsyncIterator[list[Any]]:
        page, language = _page(request), self._language(chosen)
        held = self._tabs.of(page)
        agreed = ticked is True and self._parts.asks_consent
        # By elem_id: the target is a copy made for the session, with a number of its own.
        pressed = getattr(event.target, "elem_id", None)
        question = self._asked(typed or "", held, language, pressed)
        again = pressed == self._parts.again.elem_id
        conversation = held.without_last() if again else held
        scope = request.request.scope
        message = Message(
            question,
            conversation.next_number,
            language,
            peer_of(scope),
            page,
            scope.get("request_id", ""),
            conversation.history,
        )
        with self._running.run(page) as run:
            answering = partial(
                growing_turn, self._assistant, question, conversation, language, agreed, run.stop, self._rates
            )
            async with aclosing(self._door.turns(message, run, answering)) as turns:
                async for turn in turns:
                    if run.left.is_set():  # Gradio ends by showing the last update again, so it must be an empty page
                        yield self._emptied()
                        return
                    # Emptied once: what is typed while the answer grows is the visitor's next question.
                    box = "" if turn.stage == "searching" and not again else turn.give_back or gr.skip()
                    # What was refused takes no earlier reply's place.
                    grown = (held if turn.give_back else conversation).with_turn(turn)
                    if turn.stage == "done":
                        self._tabs.keep(page, grown, language)
                    yield [box, *self._parts.showing(grown, self._parts.can_stop(turn.stage, agreed))]

    def _asked(self, typed: str, conversation: Conversation, language: Language, pressed: str | None) -> str:
        """What is asked: a pressed button's question as this server offered it, else what was typed."""
        offered = (
            (self._parts.again, conversation.again),
            *zip(self._parts.example_buttons, texts_for(language).example_questions, strict=False),
            *zip(self._parts.follow_up_buttons, conversation.follow_ups, strict=False),
        )
        return next((question for button, question in offered if button.elem_id == pressed), typed)

    def _stop(self, request: gr.Request) -> list[Any]:
        if self._running.stop(_page(request)):
            return [gr.skip(), gr.skip()]  # the last of the answer brings Send back
        return [gr.update(visible=True), gr.update(visible=False)]

    def _agree_or_not(self, ticked: bool, request: gr.Request) -> None:
        """Taking the agreement back also ends what is being written by it."""
        if not ticked:
            self._running.stop(_page(request))

    def _start_over(self, request: gr.Request) -> list[Any]:
        self._running.leave(_page(request))
        self._tabs.keep(_page(request), Conversation(), self._settings.language)
        return [False, *self._emptied()]

    def _emptied(self) -> list[Any]:
        return ["", *self._parts.showing(Conversation())]

    def _gone(self, request: gr.Request) -> None:
        # Stopped, not left: should the page still be there after all, it gets its last word.
        self._running.stop(_page(request))
        self._tabs.close(_page(request))

    def _labels(self, language: Language) -> list[Any]:
        return [gr.update(**update) for update in self._parts.words(language, self._unreviewed())]

    def _language(self, chosen: str) -> Language:
        return as_language(chosen) or self._settings.language

    def _unreviewed(self) -> bool:
        try:
            return self._assistant.serves_unreviewed()
        except ProjectError:
            return True

    def _title(self, texts: Texts) -> str:
        return " \N{EN DASH} ".join(part for part in (texts.title, self._settings.brand_name) if part)


def _page(request: gr.Request) -> str:
    """The open page the request is from, by the name it goes by; one without a name is nobody else's."""
    return request.session_hash or secrets.token_hex(16)


def mount_chat(app: FastAPI, assistant: Assistant, settings: Settings, door: Door, tabs: Tabs) -> Callable[[], None]:
    """Mount the chat at "/" of ``app``, with everything off that would store or send what visitors write.

    Returns:
        What ends the open streams, to be called before the server stops: it would wait for them otherwise.
    """
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
