"""Reads what a chat model writes, strictly and as it comes: a sentence, then the numbers of the quotes it rests on.

    Magnesium takes part in many functions of the body. [1]
    - nuts and seeds [2]

Whatever has another form is handed on with its fault, so that it can be dropped and counted.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.answer import Role
from corpus.article import Language
from corpus.sentences import split_sentences

Fault = Literal["no_citation", "form", "too_long"]
LONGEST = 400
"""Characters of a sentence that anybody would still read."""
NO_ANSWER = "NO ANSWER"
"""What a model is asked to write where the quotes do not answer."""
_MARKS = re.compile(r"\s*((?:\[\d{1,3}\])+)([.!?:]?)")
_CLOSED = re.compile(r"(?:\[\d{1,3}\])+[.!?:]?(?=\s+[^\s\[])")
"""Marks that what follows shows to be complete; a line's end closes them too."""
_NUMBER = re.compile(r"\d+")
_BULLET = re.compile(r"^\s*[-•*–]\s+")
_FOREIGN_FORM = re.compile(r"[<>{}\[\]`|\\#*_~=^]|&\w+;")
"""Markup, which a sentence in plain words has none of. "<" as a sign of comparison is written in words."""
_HIDDEN = re.compile(
    r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as the model wrote it, without its marks. ``citations`` are as written, each once, in order."""

    text: str
    role: Role
    citations: tuple[int, ...]
    fault: Fault | None = None


class Reader:
    """Takes a model's text in pieces and gives its sentences as soon as each is complete."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._rest = ""

    def feed(self, text: str) -> Iterator[Written]:
        """The sentences that ``text`` completes."""
        self._rest += text
        *lines, self._rest = self._rest.split("\n")
        for line in lines:
            yield from self._line(line)
        while closed := _CLOSED.search(self._rest):
            whole, self._rest = self._rest[: closed.end()], self._rest[closed.end() :]
            yield from self._line(whole)

    def end(self) -> Iterator[Written]:
        """What is left when the model has ended; a sentence that was cut off has no marks and says so."""
        rest, self._rest = self._rest, ""
        yield from self._line(rest)

    def _line(self, line: str) -> Iterator[Written]:
        if not line.strip() or line.strip(" .").upper() == NO_ANSWER:
            return
        bullet, start = bool(_BULLET.match(line)), 0
        body = _BULLET.sub("", line, count=1)
        for marks in _MARKS.finditer(body):
            yield from self._sentences(body[start : marks.start()] + marks.group(2), marks.group(1), bullet)
            start = marks.end()
        if body[start:].strip(" .!?"):
            yield from self._sentences(body[start:], "", bullet)

    def _sentences(self, text: str, marks: str, bullet: bool) -> Iterator[Written]:
        """One sentence for each in ``text``; the marks belong to the last one alone."""
        plain = _as_plain(text)
        spans = split_sentences(plain, self._language)
        for span in spans:
            sentence = plain[span.start : span.end]
            last = span is spans[-1]
            cited = tuple(dict.fromkeys(int(n) for n in _NUMBER.findall(marks))) if last else ()
            yield Written(_closed(sentence, bullet), _role(sentence, bullet), cited, _fault(sentence, cited))


def _as_plain(text: str) -> str:
    """Without hidden signs, on one line, in the usual composition of letters."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", _HIDDEN.sub("", html.unescape(text)))).strip()


def _closed(sentence: str, bullet: bool) -> str:
    return sentence if bullet or sentence.endswith((".", "!", "?", ":", "…")) else sentence + "."


def _role(sentence: str, bullet: bool) -> Role:
    if bullet:
        return "bullet"
    return "lead_in" if sentence.endswith(":") else "sentence"


def _fault(sentence: str, cited: tuple[int, ...]) -> Fault | None:
    if not cited:
        return "no_citation"
    if len(sentence) > LONGEST:
        return "too_long"
    return "form" if _FOREIGN_FORM.search(sentence) else None
