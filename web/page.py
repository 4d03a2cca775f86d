"""The chat page: what its components do."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Any

import gradio as gr

from assistant.texts import Texts, texts_for
from corpus.article import Language
from errors import ProjectError
from settings import Settings
from web.conversation import Conversation, forgotten, growing_turn, interrupted
from web.language import as_language, first_language
from web.layout import Layout
from web.limits.door import Door, Message
from web.limits.proxies import peer_of
from web.ports import Assistant
from web.running import Running
from web.shown import Shown, read_shown
from web.tabs import Tabs


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
            [parts.box, parts.language, parts.agreed, parts.tab, parts.page_shows],
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
        tab: str,
        page_shows: str,
        event: gr.EventData,
        request: gr.Request,
    ) -> AsyncIterator[list[Any]]:
        page, language = _page(request), self._language(chosen)
        shown = read_shown(page_shows)
        held = self._tabs.of(page, tab or "")
        if not held.turns and shown.last:
            held = forgotten(language)
        agreed = ticked is True and self._parts.asks_consent
        # By elem_id: the target is a copy made for the session, with a number of its own.
        pressed = getattr(event.target, "elem_id", None)
        question = self._asked(typed or "", held, shown, language, pressed)
        again = pressed == self._parts.again.elem_id and bool(held.again)
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
                begun = False
                async for turn in turns:
                    if run.left.is_set():  # Gradio ends by showing the last update again, so it must be an empty page
                        yield self._emptied()
                        return
                    # Emptied once: what is typed while the answer grows is the visitor's next question.
                    box = "" if turn.stage == "searching" and not again else turn.give_back or gr.skip()
                    # What was refused takes no earlier reply's place.
                    grown = (held if turn.give_back else conversation).with_turn(turn)
                    if turn.stage == "searching" and not begun:
                        begun = True
                        self._tabs.keep(page, conversation.with_turn(interrupted(turn, question, language)), language)
                    elif turn.stage == "done":
                        self._tabs.keep(page, grown, language)
                    yield [box, *self._parts.showing(grown, self._parts.can_stop(turn.stage, agreed))]

    def _asked(
        self, typed: str, conversation: Conversation, shown: Shown, language: Language, pressed: str | None
    ) -> str:
        """What is asked: a pressed button's question as this server offered it, else what was typed.

        Of a conversation that has been forgotten, the page alone knows what it offers.
        """
        offered = (
            (self._parts.again, conversation.again or shown.last),
            *zip(self._parts.example_buttons, texts_for(language).example_questions, strict=False),
            *zip(self._parts.follow_up_buttons, conversation.follow_ups or shown.offered, strict=False),
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
    return request.session_hash or secrets.token_hex(16)  # of a size: the gate lets no other through
