"""How a chat model's wording takes the place of the extractive answer, where there is a model and it does well."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from assistant.answer import Answer, Generation, Outcome
from assistant.asked import Asked, Read
from assistant.progress import Draft, Progress, Writer
from assistant.replies import Replies
from assistant.writing.follow_up import FollowUps
from assistant.writing.growth import Growth
from assistant.writing.rewriting import Finished, Rewriter


@dataclass(frozen=True, slots=True)
class Gone:
    """The whole way: the message, what was read for it (None where nothing was looked up), and the reply."""

    asked: Asked
    read: Read | None
    answer: Answer
    started: float


@dataclass(frozen=True, slots=True)
class ChatParts:
    """What a chat model does for answers: it words them, and makes follow-ups stand alone."""

    rewriter: Rewriter
    follow_ups: FollowUps


class Wording:
    """Words what was found. Safe to share between threads."""

    def __init__(self, replies: Replies, chat: ChatParts | None) -> None:
        """Without ``chat`` every answer stays as it was quoted."""
        self._replies = replies
        self._chat = chat

    @property
    def writer(self) -> Writer | None:
        """The chat model that words answers; None where they are quoted from the articles only."""
        return Writer(self._chat.rewriter.name, self._chat.rewriter.outside) if self._chat else None

    def warm_up(self) -> None:
        """Load what the first answer would load."""
        if self._chat:
            self._chat.rewriter.warm_up()

    def last(self, gone: Gone, agreed: bool) -> Answer:
        """The reply alone, as the chat model words it where it does."""
        last = gone.answer
        for step in self.steps(gone, agreed, None):
            if isinstance(step, Answer):
                last = step
        return last

    def steps(self, gone: Gone, agreed: bool, stop: threading.Event | None) -> Iterator[Progress | Answer]:
        """Drafts of the reply as a chat model words it, and at last the reply; the extractive one in its absence."""
        read, asked, extractive = gone.read, gone.asked, gone.answer
        if self._chat is None or read is None or extractive.kind != "answer":
            yield extractive
            return
        rewriter = self._chat.rewriter
        if outcome := self._not_asked(asked, read, agreed):
            yield extractive.model_copy(update={"generation": Generation(model=rewriter.name, outcome=outcome)})
            return
        began = time.perf_counter()
        first: float | None = None
        quotes = [citation.quote for citation in extractive.citations]
        growth = Growth(extractive.citations, read.statements, read.question, asked.answer_in)
        with closing(rewriter.rewrite(read.question, quotes, growth, asked.answer_in, stop)) as steps:
            for step in steps:
                if isinstance(step, Finished):
                    last = step
                    continue
                first = first or time.perf_counter()
                yield Draft(self._replies.draft(asked, read, step.said))
        worded = extractive if last.said is None else self._replies.written(asked, read, last.said)
        now = time.perf_counter()
        timings = extractive.timings_ms | {"write": 1000 * (now - began), "total": 1000 * (now - gone.started)}
        if first:
            timings["first_sentence"] = 1000 * (first - gone.started)
        yield worded.model_copy(
            update={
                "generation": Generation(model=rewriter.name, outcome=last.outcome, dropped=last.dropped),
                "timings_ms": {name: round(ms, 2) for name, ms in timings.items()},
            }
        )

    def _not_asked(self, asked: Asked, read: Read, agreed: bool) -> Outcome | None:
        """Why the chat model is not asked to word this answer; None where it is."""
        if self._chat is None or (self._chat.rewriter.outside and not agreed):
            return "not_agreed"
        # Words of one language cannot be held against quotes in the other.
        return None if read.statements[0].passage.language == asked.answer_in else "other_language"

    def stand_alone(self, asked: Asked, agreed: bool, stop: threading.Event | None) -> str | None:
        """A follow-up as the chat model makes it stand alone; None where there is none to ask, or nothing to use."""
        if self._chat is None or not asked.history or (self._chat.rewriter.outside and not agreed):
            return None
        return self._chat.follow_ups.stand_alone(asked.question, asked.history, asked.answer_in, stop)
