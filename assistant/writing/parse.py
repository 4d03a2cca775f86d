"""Reads what a chat model writes, strictly and as it comes: a sentence, then the numbers of the quotes it rests on.

    Magnesium takes part in many functions of the body. [1]
    - nuts and seeds [2]

Other ways to write the marks (:mod:`.marks`), and dress that changes nothing (:mod:`.plain`), are read as well.
Whatever has another form is handed on with its fault, so that it can be dropped and counted. A sentence is never given
in pieces, and the sentences do not depend on how the text is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from assistant.answer import Role
from assistant.writing.marks import Run, in_one_form, runs_in
from assistant.writing.plain import Opening, opening_of, undressed, visible, without_label
from assistant.writing.reasoning import Thoughts
from corpus.article import Language
from corpus.sentences import Span, split_sentences

Fault = Literal["no_citation", "form", "too_long"]
LONGEST = 400
"""Characters of a sentence that anybody would still read."""
NO_ANSWER = "NO ANSWER"
"""What a model is asked to write where the quotes do not answer."""
_LONGEST_LINE = 4 * LONGEST
"""Characters of a line from which on it is read only when it ends."""
_LONGEST_MARK = 40
_STOP = re.compile(r"\s*[.!?:…]")
_STOPPED = re.compile(r"[.!?:…][\"'”’»)]*$")
_NEXT = re.compile(r"(?:[^\w\[［【(]|_)*(?:(?P<letter>[^\W_])|[a-z]{1,3}-?[A-Z])")
"""What follows marks up to the first letter of a word, or to the large one of a name that begins small."""
_FOREIGN_FORM = re.compile(r"[<>{}\[\]`|\\#*_~=^]|&\w+;")
"""Markup, which a sentence in plain words has none of. "<" as a sign of comparison is written in words."""
_MIDWAY = re.compile(r"[,;:.)!?…]")
_SMALL = re.compile(r"(?![a-z]{1,3}-?[A-Z])[a-zà-öø-ÿ]")
"""No sentence begins so; eGFR, hs-CRP and pH do."""
_NEW_WORD = re.compile(r"\s*[A-ZÅÄÖ][a-zåäö]")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as the model wrote it, without its marks. ``citations`` are as written, each once, in order."""

    text: str
    role: Role
    citations: tuple[int, ...]
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class _Unmarked:
    """A text without its marks, and where they stood in it."""

    text: str
    runs: tuple[Run, ...]
    """Each of no length, at the place where its marks were."""
    torn: tuple[int, ...]
    """Where marks stood between two words that are no plain sentence together: "carries oxygen [1] It is"."""
    leads: bool
    """Whether its marks stand before the sentences they belong to."""


class Reader:
    """Takes a model's text in pieces and gives its sentences as soon as each is complete."""

    def __init__(self, language: Language) -> None:
        self._language = language
        self._thoughts = Thoughts()
        self._rest = ""
        self._begun = self._item = self._numbered = self._squared = False
        """Whether anything was read, this line is an item, those before were numbered, and marks are written [n]."""
        self._waiting: Written | None = None
        """A line's last sentence that cites nothing: marks may stand on the next line, or in a lead-in's first item."""

    def feed(self, text: str) -> Iterator[Written]:
        """The sentences that ``text`` completes."""
        for sign in visible(self._thoughts.leave_out(text)):  # one by one, so that it does not matter how it is cut
            yield from self._take(sign)

    def end(self) -> Iterator[Written]:
        """What is left when the model has ended; a sentence that was cut off has no marks and says so."""
        for sign in visible(self._thoughts.end()) + "\n":
            yield from self._take(sign)
        if self._waiting:
            yield self._waiting
        self._waiting = None

    def _take(self, sign: str) -> Iterator[Written]:
        if sign == "\n":
            whole, self._rest = self._rest, ""
            yield from self._piece(whole)
            self._item = False
            return
        if sign.isspace() and self._rest.endswith(" "):
            return
        self._rest += " " if sign.isspace() else sign
        if sign in "]］】" and runs_in(in_one_form(self._rest[-_LONGEST_MARK:], round_too=False)):
            self._squared = True
        if sign.isalnum() and not sign.islower() and len(self._rest) < _LONGEST_LINE:
            yield from self._piece(self._cut_off())

    def _cut_off(self) -> str:
        """What is complete of the line, now that a word has begun; empty as long as nothing is."""
        text = in_one_form(self._rest, round_too=not self._squared)
        runs = runs_in(text)
        if not runs or not text[opening_of(text).start : runs[0].start].strip():
            return ""  # where the marks lead, the line's end tells whose they are
        stop = _STOP.match(text, runs[-1].end)
        end = stop.end() if stop else runs[-1].end
        following = _NEXT.fullmatch(text, end)
        if not following or (following["letter"] or "").islower():
            return ""
        if not self._ends(_unmarked(undressed(text[:end])).text):
            return ""
        self._rest = text[end:]
        return text[:end]

    def _ends(self, text: str) -> bool:
        """Whether a sentence ends where ``text`` does, if a word with a large letter follows."""
        return split_sentences(f"{text} Xx", self._language)[-1].start > len(text)

    def _piece(self, piece: str) -> Iterator[Written]:
        """What a line, or a complete part of it, says."""
        text = in_one_form(piece, round_too=not self._squared)
        opening = opening_of(text)
        body = text[opening.start :]
        unmarked = _unmarked(undressed(body if self._begun else without_label(body)))
        if any(sign.isalnum() for sign in unmarked.text):
            self._open(opening)
            if unmarked.text.strip(" .").upper() != NO_ANSWER:
                yield from self._settled(self._sentences(unmarked))
        elif self._waiting and unmarked.runs:
            cited = tuple(dict.fromkeys(n for run in unmarked.runs for n in run.numbers))
            yield _citing(self._waiting, cited)
            self._waiting = None

    def _open(self, opening: Opening) -> None:
        """A line with a number is an item where it is the first one or others came before it."""
        self._begun = True
        if opening.number is not None:
            self._item = self._item or self._numbered or opening.number == 1
            self._numbered = True
        elif opening.item:
            self._item = True
        elif not self._item:
            self._numbered = False

    def _settled(self, sentences: Sequence[Written]) -> Iterator[Written]:
        for sentence in sentences:
            if self._waiting:
                leads = self._waiting.role == "lead_in" and sentence.role == "bullet"
                yield _citing(self._waiting, sentence.citations) if leads else self._waiting
            self._waiting = None
            if sentence is sentences[-1] and not sentence.citations:
                self._waiting = sentence
            else:
                yield sentence

    def _sentences(self, unmarked: _Unmarked) -> list[Written]:
        """One for each sentence; marks belong to the one that they stand in, behind, or before where they lead."""
        spans = split_sentences(unmarked.text, self._language)
        cited: dict[Span, list[int]] = {span: [] for span in spans}
        for run in unmarked.runs:
            ahead = [span for span in spans if span.end > run.start or (span.end == run.start and not unmarked.leads)]
            cited[(ahead or spans[-1:])[0]] += run.numbers
        return [self._written(unmarked, span, tuple(dict.fromkeys(cited[span]))) for span in spans]

    def _written(self, unmarked: _Unmarked, span: Span, cited: tuple[int, ...]) -> Written:
        sentence = unmarked.text[span.start : span.end]
        if unmarked.leads and not _STOPPED.search(sentence):
            cited = ()  # as in a list of sources: "[1] Magnesium and sleep"
        torn = any(span.start < place < span.end for place in unmarked.torn)
        role: Role = "bullet" if self._item else "lead_in" if sentence.endswith(":") else "sentence"
        text = sentence if self._item or _STOPPED.search(sentence) else sentence + "."
        return _citing(Written(text, role, (), "form" if torn else None), cited)


def _unmarked(text: str) -> _Unmarked:
    runs = runs_in(text)
    plain, start = "", 0
    places, torn = list[Run](), list[int]()
    for run in runs:
        plain += text[start : run.start]
        start = run.end
        places.append(Run(len(plain), len(plain), run.numbers))
        if stop := _STOP.match(text, start):
            start = stop.end() if _STOPPED.search(plain) else stop.end() - 1
        elif not _STOPPED.search(plain) and _NEW_WORD.match(text, start):
            torn.append(len(plain))
        if text[start : start + 1].isalnum():
            plain += " "
    trails = bool(runs) and not any(sign.isalnum() for sign in text[runs[-1].end :])
    leads = bool(runs) and not runs[0].start and not trails
    return _Unmarked((plain + text[start:]).rstrip(), tuple(places), tuple(torn), leads)


def _citing(sentence: Written, cited: tuple[int, ...]) -> Written:
    """``sentence`` with what it cites, and the first fault it has so."""
    return replace(sentence, citations=cited, fault=_fault(sentence, cited))


def _fault(sentence: Written, cited: tuple[int, ...]) -> Fault | None:
    if not cited:
        return "no_citation"
    if len(sentence.text) > LONGEST:
        return "too_long"
    midway = _MIDWAY.match(sentence.text) or (sentence.role != "bullet" and _SMALL.match(sentence.text))
    return "form" if sentence.fault == "form" or midway or _FOREIGN_FORM.search(sentence.text) else None
