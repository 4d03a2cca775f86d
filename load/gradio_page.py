"""How the chat page talks with its server: join the queue, then read events until the reply is whole.

Values and parsing only. Who sends the requests is up to the caller: locust's visitors, or a test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

API = "/gradio_api"
QUESTION = "question"
CHAT = "chat"
START_OVER = "start-over"
_REPLY = re.compile(r'class="reply ([\w -]+)"')


class ProtocolChanged(Exception):
    """The page's configuration or a message is not what is read here; Gradio or the page has changed."""


@dataclass(frozen=True, slots=True)
class ChatPage:
    """What a browser takes from the page's configuration to open the page and to ask."""

    opening: int | None
    """The function that runs when the page opens."""
    asking: int
    trigger: int
    fields: tuple[Any, ...]
    """What goes with a question, the question's own place at ``question_at``."""
    question_at: int
    chat_at: int
    starting_over: int | None = None
    """The function of the button that empties the conversation."""

    def opened(self, session: str) -> dict[str, Any]:
        """The body that a browser posts to ``/gradio_api/run/predict`` when the page opens."""
        return _called(self.opening, session)

    def started_over(self, session: str) -> dict[str, Any]:
        """The body that a browser posts to the same place when the visitor starts over."""
        return _called(self.starting_over, session)

    def asked(self, session: str, question: str) -> dict[str, Any]:
        """The body that a browser posts to ``/gradio_api/queue/join``."""
        data = list(self.fields)
        data[self.question_at] = question
        return {
            "data": data,
            "event_data": None,
            "fn_index": self.asking,
            "trigger_id": self.trigger,
            "session_hash": session,
        }


def _called(function: int | None, session: str) -> dict[str, Any]:
    return {"data": [], "event_data": None, "fn_index": function, "trigger_id": None, "session_hash": session}


def read_page(config: dict[str, Any]) -> ChatPage:
    """The page as its ``/config`` tells it.

    Raises:
        ProtocolChanged: there is no question box that is sent with Enter, or no conversation that it fills.
    """
    components = {component["id"]: component for component in config["components"]}
    names = {number: component["props"].get("elem_id") for number, component in components.items()}
    bare = [function for function in config["dependencies"] if not function["inputs"] and function["outputs"]]
    opening, starting_over = None, None
    for function in bare:
        targets = [(names.get(number), event) for number, event in function["targets"]]
        if any(event == "load" for _, event in targets):
            opening = function["id"]
        if (START_OVER, "click") in targets:
            starting_over = function["id"]
    for function in config["dependencies"]:
        for number, event in function["targets"]:
            if event == "submit" and names.get(number) == QUESTION:
                inputs, outputs = function["inputs"], [names.get(output) for output in function["outputs"]]
                if number not in inputs or CHAT not in outputs:
                    break
                return ChatPage(
                    opening,
                    function["id"],
                    number,
                    tuple(components[one]["props"].get("value") for one in inputs),
                    inputs.index(number),
                    outputs.index(CHAT),
                    starting_over,
                )
    raise ProtocolChanged("The page has no question box that fills the conversation. Is this the chat page?")


@dataclass(slots=True)
class Reply:
    """One reply as it comes in. ``kind`` and ``html`` are filled when it is ``whole``."""

    page: ChatPage
    seen: bool = False
    """Whether anything has been shown yet: the question, and that articles are searched."""
    waited: bool = False
    """Whether the visitor was told of others in front."""
    whole: bool = False
    kind: str = ""
    html: str = ""
    fault: str = ""
    pieces: int = field(default=0)

    @property
    def over(self) -> bool:
        """Whether no more is to be read."""
        return self.whole or bool(self.fault)

    def read(self, line: str) -> None:
        """Take in one line of the event stream."""
        if not line.startswith("data:"):
            return
        message = json.loads(line.removeprefix("data:"))
        told = message.get("msg")
        if told == "estimation":
            self.waited = self.waited or (message.get("rank") or 0) > 0
        elif told == "process_generating":
            self.seen = True
            self.pieces += 1
            self._failed(message)
        elif told == "process_completed":
            self._finish(message)
        elif told in ("unexpected_error", "server_stopped", "close_stream"):
            self.fault = self.fault or f"the stream ended with {told}"

    def read_all(self, lines: Iterable[str]) -> Reply:
        """Read until the reply is over or the stream ends, which is a fault before the reply is whole."""
        for line in lines:
            self.read(line)
            if self.over:
                return self
        self.fault = self.fault or "the stream ended before the reply was whole"
        return self

    def _failed(self, message: dict[str, Any]) -> bool:
        if message.get("success") is False:
            self.fault = "the server told of an error"
        return bool(self.fault)

    def _finish(self, message: dict[str, Any]) -> None:
        if self._failed(message):
            return
        try:
            last = message["output"]["data"][self.page.chat_at][-1]
            self.html = "".join(block["text"] for block in last["content"])
        except (KeyError, IndexError, TypeError):
            self.fault = "the last event holds no reply"
            return
        found = _REPLY.search(self.html)
        self.kind = found[1] if found else ""
        if not self.kind.startswith("kind-"):
            self.fault = f"the reply is no answer but: {self.kind or 'something else'}"
            return
        self.kind = self.kind.removeprefix("kind-")
        self.whole = True
