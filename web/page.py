"""The chat page: Gradio's only module. It lays out components and hands every word to web.render."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI

from assistant.texts import Texts, texts_for
from corpus.article import LANGUAGES, Language
from errors import ProjectError
from settings import Settings
from web.conversation import Conversation, Turn, answered_turn, waiting_turn
from web.language import as_language, first_language
from web.ports import Assistant
from web.render import render_heading, render_line, render_welcome

MAX_INPUT_CHARS = 20_000
AT_ONCE = 8
WAITING_AT_MOST = 200
KEPT_SECONDS = 2 * 60 * 60
EXAMPLES = 4
FOLLOW_UPS = 4

_HERE = Path(__file__).parent
_LANGUAGE_NAMES: dict[Language, str] = {"sv": "Svenska", "en": "English"}
_HEAD = '<link rel="icon" href="chat-files/icon.svg"><script src="chat-files/chat.js" defer></script>'


class ChatPage:
    """The page's components and what they do. One for all visitors: it keeps nothing about any of them."""

    def __init__(self, assistant: Assistant, settings: Settings) -> None:
        self._assistant = assistant
        self._settings = settings
        language = settings.language
        texts = texts_for(language)
        with gr.Blocks(title=self._title(texts), analytics_enabled=False, fill_width=True) as self.blocks:
            self._conversation = gr.State(Conversation(), time_to_live=KEPT_SECONDS)
            with gr.Row(elem_id="top"):
                self._heading = gr.Markdown(elem_id="heading")
                self._language = gr.Radio(
                    [(_LANGUAGE_NAMES[code], code) for code in LANGUAGES],
                    value=language,
                    container=False,
                    elem_id="language",
                )
            self._examples_notice = gr.Markdown(elem_id="examples-notice")
            with gr.Column(elem_id="talk"):
                self._welcome = gr.Markdown(elem_id="welcome")
                with gr.Column(elem_id="examples", elem_classes="offers") as self._examples:
                    self._examples_label = gr.Markdown()
                    self._example_buttons = [gr.Button(size="sm", elem_id=f"example-{i}") for i in range(EXAMPLES)]
                self._chat = gr.Chatbot(
                    elem_id="chat",
                    show_label=False,
                    container=False,
                    height="auto",
                    layout="panel",
                    buttons=[],
                    autoscroll=False,
                    latex_delimiters=[],
                    allow_tags=False,
                    line_breaks=False,
                    group_consecutive_messages=False,
                    feedback_options=None,
                )
                with gr.Column(elem_id="follow-ups", elem_classes="offers", visible=False) as self._follow_ups:
                    self._follow_ups_label = gr.Markdown()
                    self._follow_up_buttons = [
                        gr.Button(size="sm", visible=False, elem_id=f"follow-up-{i}") for i in range(FOLLOW_UPS)
                    ]
                self._clear = gr.Button(size="sm", elem_id="start-over", visible=False)
            with gr.Column(elem_id="write"):
                with gr.Row(elem_id="line"):
                    self._box = gr.Textbox(
                        lines=1,
                        max_lines=6,
                        max_length=MAX_INPUT_CHARS,
                        container=False,
                        autofocus=False,
                        elem_id="question",
                    )
                    self._send = gr.Button(variant="primary", elem_id="send", min_width=0)
                self._foot = gr.Markdown(elem_id="foot")
            self._show(language)
            self._listen()

    def _listen(self) -> None:
        interface = self._interface()
        private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        at_once: dict[str, Any] = {**private, "queue": False}
        self.blocks.load(self._open, None, interface, **at_once)
        self._language.input(self._switch, self._language, interface, trigger_mode="always_last", **at_once)
        asking = gr.on(
            [
                self._box.submit,
                self._send.click,
                *(button.click for button in (*self._example_buttons, *self._follow_up_buttons)),
            ],
            self._ask,
            [self._box, self._conversation, self._language],
            [self._box, self._chat, self._conversation, self._clear, self._examples, *self._offers()],
            concurrency_limit=AT_ONCE,
            trigger_mode="once",
            **private,
        )
        self._clear.click(
            self._start_over,
            None,
            [self._box, self._chat, self._conversation, self._clear, self._examples, *self._offers()],
            cancels=[asking],
            **at_once,
        )

    def _open(self, request: gr.Request) -> list[Any]:
        language = first_language(
            request.query_params.get("lang"), request.headers.get("accept-language"), self._settings.language
        )
        return self._labels(language)

    def _switch(self, chosen: str) -> list[Any]:
        return self._labels(as_language(chosen) or self._settings.language)

    def _ask(self, typed: str, conversation: Conversation, chosen: str, event: gr.EventData) -> Iterator[list[Any]]:
        language = as_language(chosen) or self._settings.language
        # By elem_id: the target is a copy made for the session, with a number of its own.
        pressed = getattr(event.target, "elem_id", None)
        question = self._asked(typed or "", conversation, language, pressed)
        if question.strip():
            waiting = conversation.with_turn(waiting_turn(question, conversation, language))
            yield ["", _messages(waiting), conversation, *self._around(waiting)]
        turn = answered_turn(self._assistant, question, conversation, language)
        conversation = conversation.with_turn(turn)
        yield [turn.give_back, _messages(conversation), conversation, *self._around(conversation)]

    def _asked(self, typed: str, conversation: Conversation, language: Language, pressed: str | None) -> str:
        """What is asked: a pressed button's question as this server offered it, else what was typed."""
        offered = (
            *zip(self._example_buttons, texts_for(language).example_questions, strict=False),
            *zip(self._follow_up_buttons, conversation.follow_ups, strict=False),
        )
        return next((question for button, question in offered if button.elem_id == pressed), typed)

    def _start_over(self) -> list[Any]:
        empty = Conversation()
        return ["", [], empty, *self._around(empty)]

    def _around(self, conversation: Conversation) -> list[Any]:
        """Updates for what stands around the messages: start over, examples, follow-ups."""
        begun = bool(conversation.turns)
        offered = conversation.follow_ups[:FOLLOW_UPS]
        buttons = [
            gr.update(value=offered[i], visible=True) if i < len(offered) else gr.update(visible=False)
            for i in range(FOLLOW_UPS)
        ]
        return [
            gr.update(visible=begun),
            gr.update(visible=not begun),
            gr.update(visible=bool(offered)),
            *buttons,
        ]

    def _offers(self) -> list[Any]:
        return [self._follow_ups, *self._follow_up_buttons]

    def _interface(self) -> list[Any]:
        """Everything that changes with the interface's language, in the order of ``_labels``."""
        return [
            self._heading,
            self._examples_notice,
            self._welcome,
            self._examples_label,
            *self._example_buttons,
            self._follow_ups_label,
            self._chat,
            self._box,
            self._send,
            self._foot,
            self._clear,
            self._language,
        ]

    def _labels(self, language: Language) -> list[Any]:
        return [gr.update(**update) for update in self._words(language)]

    def _words(self, language: Language, starting: bool = False) -> list[dict[str, Any]]:
        texts = texts_for(language)
        examples = texts.example_questions[:EXAMPLES]
        return [
            {"value": render_heading(texts, language, self._settings.brand_name, starting)},
            {
                "value": render_line(texts.notice_demo_articles, language, "strip"),
                "visible": self._unreviewed(),
            },
            {"value": render_welcome(texts, language)},
            {"value": render_line(texts.examples, language, "label", "h2")},
            *({"value": question} for question in examples),
            {"value": render_line(texts.follow_ups, language, "label", "h2")},
            {"label": texts.conversation},
            {"label": texts.input_label, "placeholder": texts.input_placeholder},
            {"value": texts.send},
            {"value": render_line(f"{texts.ai_short} {texts.urgent_notice}", language, "foot")},
            {"value": texts.clear},
            {"label": texts.language_label, "value": language},
        ]

    def _unreviewed(self) -> bool:
        try:
            return self._assistant.serves_unreviewed()
        except ProjectError:
            return True

    def _show(self, language: Language) -> None:
        """Put the words in before the first request, so that the page never shows empty places."""
        for component, words in zip(self._interface(), self._words(language, starting=True), strict=True):
            for name, value in words.items():
                setattr(component, name, value)

    def _title(self, texts: Texts) -> str:
        return " \N{EN DASH} ".join(part for part in (texts.title, self._settings.brand_name) if part)


def mount_chat(app: FastAPI, assistant: Assistant, settings: Settings) -> Callable[[], None]:
    """Mount the chat at "/" of ``app``, with everything off that would store or send what visitors write.

    Returns:
        What ends the open streams, to be called before the server stops: it would wait for them otherwise.
    """
    blocks = ChatPage(assistant, settings).blocks
    blocks.queue(max_size=WAITING_AT_MOST, default_concurrency_limit=AT_ONCE, api_open=False)
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


def _messages(conversation: Conversation) -> list[dict[str, str]]:
    return [message for turn in conversation.turns for message in _both(turn)]


def _both(turn: Turn) -> list[dict[str, str]]:
    asked = [{"role": "user", "content": turn.asked}] if turn.asked else []
    return [*asked, {"role": "assistant", "content": turn.reply}]
