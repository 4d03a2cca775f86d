"""A chat model rewrites what was found, and each sentence of it is verified before anybody sees it.

quotes → prompt → the model, within its limits → sentences as they come → verifier → what may be shown
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass

from assistant.answer import DroppedSentence, Outcome, Said
from assistant.masking import mask
from assistant.verification.verdict import Verdict
from assistant.verification.verifier import Verifier
from assistant.writing.call import Ending
from assistant.writing.growth import Growth
from assistant.writing.model_calls import ModelCalls
from assistant.writing.parse import Reader, Written
from assistant.writing.prompt import rewriting_prompt
from corpus.article import Language
from errors import ModelBusy, ModelPaused, ModelRefuses, ModelTimedOut, ModelUnavailable

_MOST_SENTENCES = 12
"""Verified sentences an answer has at most; a model that goes on is stopped."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """What can be shown by now."""

    said: Said


@dataclass(frozen=True, slots=True)
class Finished:
    """How it ended: the whole answer where there is one, and what was dropped on the way."""

    outcome: Outcome
    said: Said | None
    dropped: tuple[DroppedSentence, ...]


class Rewriter:
    """Rewrites quotes into an answer. Safe to share between threads."""

    def __init__(self, calls: ModelCalls, verifier: Verifier, output_tokens: int) -> None:
        self._calls = calls
        self._verifier = verifier
        self._output_tokens = output_tokens

    @property
    def name(self) -> str:
        """The model's name, "provider:model"."""
        return self._calls.name

    @property
    def outside(self) -> bool:
        """Whether what it is sent leaves this machine."""
        return self._calls.outside

    def warm_up(self) -> None:
        """Load the model, where it runs in the process, and the verifier's parts. Raises ModelUnavailable."""
        self._calls.load()
        self._verifier.warm_up()

    def rewrite(
        self, question: str, quotes: Sequence[str], growth: Growth, language: Language, stop: threading.Event | None
    ) -> Generator[Shown | Finished, None, None]:
        """Zero or more :class:`Shown`, each with more than the one before, and at last one :class:`Finished`.

        Personal data in the question is masked before the model is asked. Raises nothing for a model that fails. At
        the end the log has one line: what came of it, in numbers and in words of our own.
        """
        dropped: list[DroppedSentence] = []
        endings: list[Ending] = []
        outcome: Outcome = "written"
        try:
            with closing(self._sentences(question, quotes, language, stop, endings.append)) as sentences:
                for sentence in sentences:
                    kept = self._verified(sentence, quotes, growth, language, dropped)
                    if kept is not None and growth.add(kept) and (said := growth.so_far()):
                        yield Shown(said)
                    if len(growth.said) >= _MOST_SENTENCES:
                        break
        except ModelUnavailable as error:
            outcome = _outcome_of(error)
        finished = _finished(outcome, growth, dropped, stop)
        _tell(self.name, finished, len(growth.said), endings[-1] if endings else Ending())
        yield finished

    def _sentences(
        self,
        question: str,
        quotes: Sequence[str],
        language: Language,
        stop: threading.Event | None,
        told: Callable[[Ending], None],
    ) -> Generator[Written, None, None]:
        prompt = rewriting_prompt(mask(question), quotes, language, self._output_tokens)
        reader = Reader(language)
        with closing(self._calls.write(prompt, stop, told=told)) as pieces:  # closed, it ends the request
            for piece in pieces:
                yield from reader.feed(piece)
        yield from reader.end()

    def _verified(
        self,
        sentence: Written,
        quotes: Sequence[str],
        growth: Growth,
        language: Language,
        dropped: list[DroppedSentence],
    ) -> Written | None:
        falls = growth.falls(sentence)
        said, lead_in = growth.said, growth.lead_in
        verdict = Verdict(falls) if falls else self._verifier.verify(sentence, quotes, language, said, lead_in)
        if verdict.reason is None:
            return Written(sentence.text, sentence.role, verdict.citations)
        growth.leave_out(sentence, verdict.reason)
        dropped.append(DroppedSentence(text=sentence.text, citations=sentence.citations, reason=verdict.reason))
        return None


def _finished(
    outcome: Outcome, growth: Growth, dropped: Sequence[DroppedSentence], stop: threading.Event | None
) -> Finished:
    """What was verified stays an answer, however the model ended; a failure is told where nothing is left of it."""
    said = growth.whole()
    if said is not None:
        outcome = "stopped" if stop is not None and stop.is_set() else "written"
    elif outcome == "written":
        stopped = stop is not None and stop.is_set()
        outcome = "stopped" if stopped else "insufficient" if growth.said or dropped else "empty"
    return Finished(outcome, said, tuple(dropped))


def _tell(name: str, finished: Finished, kept: int, ending: Ending) -> None:
    """One line to the log; a warning where the model wrote in vain, which nothing else tells."""
    cut = ending.finish not in (None, "stop")
    reasons = Counter(each.reason for each in finished.dropped)
    counts = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
    line = f"{finished.outcome}, {kept} of {kept + len(finished.dropped)} sentences kept"
    line += f" ({counts})" if counts else ""
    line += f"; finish_reason {ending.finish}" if cut else ""
    line += "; what came was no text" if ending.silent else ""
    in_vain = finished.outcome == "insufficient" or (finished.outcome == "empty" and cut)
    _log.log(logging.WARNING if in_vain else logging.INFO, "The chat model %s: %s.", name, line)


def _outcome_of(error: ModelUnavailable) -> Outcome:
    if isinstance(error, ModelTimedOut):
        return "timed_out"
    if isinstance(error, ModelBusy):
        return "busy"
    if isinstance(error, ModelRefuses):
        return "refused"
    return "paused" if isinstance(error, ModelPaused) else "failed"
