"""Leaves out what a model thinks before it answers, and the tokens of its template, from a text that comes in pieces.

    <think>…</think>Magnesium …                                                      → Magnesium …
    <|channel|>analysis<|message|>…<|end|><|channel|>final<|message|>Magnesium …     → Magnesium …

Thinking that is never closed is left out to the end.
"""

from __future__ import annotations

import re
from typing import Literal

_THINKING = frozenset(("think", "thinking", "thought", "thoughts", "reasoning", "reflection", "analysis", "scratchpad"))
_ANSWERING = frozenset(("answer", "response", "final", "output", "svar"))
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z]{1,12})>|<[|｜](?P<token>[^<>|｜\s]{1,30})[|｜]>")
_PART_OF_A_TAG = re.compile(r"<(?:/?[A-Za-z]{0,12}|[|｜](?:[^<>|｜\s]{1,30}[|｜]?)?)")
_HEADERS = frozenset(("channel", "start", "im_start", "start_header_id"))
"""Tokens behind which the name of a speaker or a channel stands, up to one of these or the line's end."""
_HEADER_ENDS = frozenset(("message", "end_header_id"))
_ALOUD = re.compile(r"(?:assistant|final)?\s*", re.IGNORECASE)
"""The headers of what is meant for the reader; all others are for the model itself."""


class Thoughts:
    """Takes a model's text in pieces and gives back what it says aloud, as soon as that is clear."""

    def __init__(self) -> None:
        self._state: Literal["aloud", "tag", "header", "channel"] = "aloud"
        self._held = ""
        """What may become a tag."""
        self._header = ""

    def leave_out(self, text: str) -> str:
        """What ``text`` adds aloud. A "<" waits until what follows shows that it begins no tag."""
        return "".join(map(self._take, text))

    def end(self) -> str:
        """What was still waiting when the model ended."""
        return self._say(self._release())

    def _take(self, sign: str) -> str:
        said = ""
        if self._held and not _may_be_tag(self._held + sign):
            said = self._say(self._release())
        if not self._held and sign != "<":
            return said + self._say(sign)
        self._held += sign
        tag = _TAG.fullmatch(self._held)
        return said + self._turn(tag) if tag else said

    def _release(self) -> str:
        held, self._held = self._held, ""
        return held

    def _say(self, text: str) -> str:
        if self._state == "aloud":
            return text
        if self._state == "header":
            self._header += text
            if text.endswith("\n"):
                self._end_header()
        return ""

    def _turn(self, tag: re.Match[str]) -> str:
        """What stands for ``tag`` in the text. One that neither hides nor frames anything stays as it is."""
        if tag["token"]:
            self._release()
            return self._turn_token(tag["token"].casefold())
        name = tag["name"].casefold()
        if name in _THINKING and self._state in ("aloud", "tag"):
            self._release()
            return self._turn_thinking(closes=bool(tag["close"]))
        return self._say(" " if self._release() and name in _ANSWERING else tag.group())

    def _turn_thinking(self, closes: bool) -> str:
        was, self._state = self._state, "aloud" if closes else "tag"
        if was == "tag":
            return ""
        return "\n" if closes else " "  # what was thought before a lone closing tag is no part of the next sentence

    def _turn_token(self, token: str) -> str:
        if self._state == "tag":
            return ""
        if token in _HEADERS:
            self._state, self._header = "header", ""
        elif self._state == "header" and token in _HEADER_ENDS:
            self._end_header()
        else:
            self._state = "aloud"
        return "\n"

    def _end_header(self) -> None:
        self._state = "aloud" if _ALOUD.fullmatch(self._header.strip()) else "channel"


def _may_be_tag(text: str) -> bool:
    return bool(_PART_OF_A_TAG.fullmatch(text) or _TAG.fullmatch(text))
