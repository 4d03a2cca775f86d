"""The assistant with a counter on it: how each message was answered, and how long it took."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from typing import Any

from assistant.answer import Answer, Citation
from assistant.progress import Progress, Writer
from corpus.article import Language
from errors import QuestionRefused
from web.health.metrics import Metrics
from web.ports import Assistant, PassageContext

_log = logging.getLogger(__name__)


class MeasuredAssistant:
    """Answers as the assistant behind it does. What else that one has can be reached through this one."""

    def __init__(self, assistant: Assistant, metrics: Metrics) -> None:
        self._assistant = assistant
        self._metrics = metrics

    @property
    def writer(self) -> Writer | None:
        return self._assistant.writer

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        interface_language: Language | None = None,
        *,
        agreed: bool = False,
        stop: threading.Event | None = None,
    ) -> Iterator[Progress | Answer]:
        """The same steps, counted by how they end: "answered", "refused", "failed", or "left" before the answer."""
        begun = time.perf_counter()
        outcome, answer = "left", None
        steps = self._assistant.stream(
            question, history, interface_language=interface_language, agreed=agreed, stop=stop
        )
        try:
            for step in steps:
                if isinstance(step, Answer):
                    outcome, answer = "answered", step
                yield step
        except QuestionRefused:
            outcome = "refused"
            raise
        except Exception:
            outcome = "failed"
            raise
        finally:
            if isinstance(steps, Generator):
                steps.close()
            self._count(answer, outcome, time.perf_counter() - begun)

    def follow_ups(self, answer: Answer) -> tuple[str, ...]:
        return self._assistant.follow_ups(answer)

    def passage_context(self, citation: Citation) -> PassageContext:
        return self._assistant.passage_context(citation)

    def serves_unreviewed(self) -> bool:
        return self._assistant.serves_unreviewed()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._assistant, name)

    def _count(self, answer: Answer | None, outcome: str, seconds: float) -> None:
        written = answer.generation.outcome if answer is not None and answer.generation is not None else outcome
        told = {
            "kind": answer.kind if answer else "",
            "evidence": answer.evidence if answer else "",
            "mode": answer.mode if answer else "",
            "outcome": written,
        }
        self._metrics.replied(**told, seconds=seconds)
        _log.info("A message was dealt with", extra={**told, "seconds": round(seconds, 3)})
