"""The chat page's components, the words in them, and which of them are to be seen when."""

from __future__ import annotations

from typing import Any

import gradio as gr

from assistant.progress import Writer
from assistant.texts import Texts, texts_for
from corpus.article import LANGUAGES, Language
from web.conversation import Conversation, Stage, Turn
from web.render import (
    render_acts,
    render_consent,
    render_consent_again,
    render_heading,
    render_line,
    render_welcome,
    render_words,
)

MAX_INPUT_CHARS = 20_000
EXAMPLES = 4
FOLLOW_UPS = 3

_LANGUAGE_NAMES: dict[Language, str] = {"sv": "Svenska", "en": "English"}


class Layout:
    """Lays the components out in the Gradio blocks being built. Every word is made by web.render or a fixed text.

    ``feedback_days``: how long a verdict on a reply is kept; None where none can be given.
    """

    def __init__(
        self,
        language: Language,
        brand_name: str,
        writer: Writer | None,
        unreviewed: bool,
        feedback_days: int | None = None,
    ) -> None:
        self._brand_name = brand_name
        self._writer = writer
        self._feedback_days = feedback_days
        # talking.js writes the tab's id into it, and so joins the tab.
        self.tab = gr.Textbox(elem_id="tab", container=False, visible="hidden")
        # And what the page shows, in case the server has forgotten it.
        self.page_shows = gr.Textbox(elem_id="page-shows", container=False, visible="hidden")
        self.words_for_scripts = gr.Markdown(elem_id="words")
        with gr.Row(elem_id="top"):
            self.heading = gr.Markdown(elem_id="heading")
            choices: list[tuple[str, str | int | float]] = [(_LANGUAGE_NAMES[code], code) for code in LANGUAGES]
            self.language = gr.Radio(choices, value=language, container=False, elem_id="language")
        self.examples_notice = gr.Markdown(elem_id="examples-notice")
        with gr.Column(elem_id="talk"):
            self._lay_out_talk()
        with gr.Column(elem_id="write"):
            self._lay_out_input()
        self._put_in(language, unreviewed)

    @property
    def asks_consent(self) -> bool:
        """Whether visitors are asked if a model elsewhere may see their questions."""
        return self._writer is not None and self._writer.outside

    def _lay_out_talk(self) -> None:
        self.welcome = gr.Markdown(elem_id="welcome")
        self.chat = gr.Chatbot(
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
        with gr.Column(elem_id="follow-ups", elem_classes="offers", visible=False) as self.follow_ups:
            self.follow_ups_label = gr.Markdown()
            self.follow_up_buttons = [
                gr.Button(size="sm", visible=False, elem_id=f"follow-up-{i}") for i in range(FOLLOW_UPS)
            ]
        with gr.Column(elem_id="consent", visible=self.asks_consent):
            self.consent = gr.Markdown(elem_id="consent-asked")
            self.agreed = gr.Checkbox(value=False, container=False, elem_id="agreed")
            self.consent_again = gr.Markdown(elem_id="consent-again", visible=False)
        with gr.Column(elem_id="examples", elem_classes="offers") as self.examples:
            self.examples_label = gr.Markdown()
            self.example_buttons = [gr.Button(size="sm", elem_id=f"example-{i}") for i in range(EXAMPLES)]
        with gr.Row(elem_id="after", visible=False) as self.after:
            self.again = gr.Button(size="sm", elem_id="again", min_width=0)
            self.save = gr.Button(size="sm", elem_id="save", min_width=0)
            self.clear = gr.Button(size="sm", elem_id="start-over", min_width=0)

    def _lay_out_input(self) -> None:
        with gr.Row(elem_id="line"):
            self.box = gr.Textbox(
                lines=1,
                max_lines=6,
                max_length=MAX_INPUT_CHARS,
                container=False,
                autofocus=False,
                elem_id="question",
            )
            self.send = gr.Button(variant="primary", elem_id="send", min_width=0)
            self.stop = gr.Button(elem_id="stop", min_width=0, visible=False)
        self.foot = gr.Markdown(elem_id="foot")

    def worded(self) -> list[Any]:
        """Everything that changes with the interface's language, in the order of ``words``."""
        return [
            self.heading,
            self.examples_notice,
            self.welcome,
            self.examples_label,
            *self.example_buttons,
            self.follow_ups_label,
            self.chat,
            self.consent,
            self.agreed,
            self.consent_again,
            self.box,
            self.send,
            self.stop,
            self.foot,
            self.again,
            self.save,
            self.clear,
            self.words_for_scripts,
            self.language,
        ]

    def words(self, language: Language, unreviewed: bool, starting: bool = False) -> list[dict[str, Any]]:
        """The words of one language as properties. ``unreviewed``: say that the articles are examples."""
        texts = texts_for(language)
        notice = render_line(texts.notice_demo_articles, language, "strip")
        return [
            {"value": render_heading(texts, language, self._brand_name, starting)},
            {"value": notice, "visible": unreviewed},
            {"value": render_welcome(texts, language, self._privacy(texts))},
            {"value": render_line(texts.examples, language, "label", "h2")},
            *({"value": question} for question in texts.example_questions[:EXAMPLES]),
            {"value": render_line(texts.follow_ups, language, "label", "h2")},
            {"label": texts.conversation},
            {"value": render_consent(texts, language)},
            {"label": texts.consent_label},
            {"value": render_consent_again(texts, language)},
            {"label": texts.input_label, "placeholder": texts.input_placeholder},
            {"value": texts.send},
            {"value": texts.stop},
            {"value": render_line(f"{texts.ai_short} {texts.urgent_notice}", language, "foot")},
            {"value": texts.again},
            {"value": texts.save},
            {"value": texts.clear},
            {"value": render_words(texts, language, self._feedback_days)},
            {"label": texts.language_label, "value": language},
        ]

    def shown(self) -> list[Any]:
        """The messages and what stands around them, in the order of ``showing``."""
        around = [self.after, self.examples, self.consent, self.consent_again, self.send, self.stop]
        around += [self.again, self.save]
        return [self.chat, *around, self.follow_ups, *self.follow_up_buttons]

    def showing(self, conversation: Conversation, can_stop: bool = False) -> list[Any]:
        """Updates that show the conversation. ``can_stop``: the stop button stands in place of Send."""
        begun = bool(conversation.turns)
        done = begun and conversation.turns[-1].stage == "done"
        seen = [begun, not begun, not begun, begun, not can_stop, can_stop]
        seen += [done and bool(conversation.again), done]
        offered = conversation.follow_ups[:FOLLOW_UPS]
        buttons = [
            gr.update(value=offered[i], visible=True) if i < len(offered) else gr.update(visible=False)
            for i in range(FOLLOW_UPS)
        ]
        messages = [message for turn in conversation.turns for message in _both(turn)]
        around = [gr.update(visible=visible) for visible in seen]
        return [messages, *around, gr.update(visible=bool(offered)), *buttons]

    def can_stop(self, stage: Stage, agreed: bool) -> bool:
        """Whether there is something to stop: a model is asked for the reply. Quoting takes no time."""
        asked = self._writer is not None and (agreed or not self._writer.outside)
        return asked and stage not in ("answered", "done")

    def _privacy(self, texts: Texts) -> str:
        notice = texts.privacy_notice
        if self._writer is not None:
            notice = texts.privacy_notice_outside if self._writer.outside else texts.privacy_notice_inside
        return notice if self._feedback_days is None else f"{notice} {texts.feedback_notice}"

    def _put_in(self, language: Language, unreviewed: bool) -> None:
        """Put the words in before the first request, so that the page never shows empty places."""
        for component, words in zip(self.worded(), self.words(language, unreviewed, starting=True), strict=True):
            for name, value in words.items():
                setattr(component, name, value)


def _both(turn: Turn) -> list[dict[str, str]]:
    asked = [{"role": "user", "content": turn.asked}] if turn.asked else []
    acts = ""
    if turn.acts_in is not None:
        acts = render_acts(texts_for(turn.acts_in), turn.acts_in, f"t{turn.number}", turn.about is not None)
    return [*asked, {"role": "assistant", "content": turn.reply + acts}]
