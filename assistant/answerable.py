"""Which of the questions that articles ask themselves would be answered if a visitor asked them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from assistant.answer import Answer
from corpus.article import Language

Ask = Callable[[str, Language], Answer]


class Answerable:
    """Finds out by asking, and remembers it for the index version at hand. Safe to share between threads."""

    def __init__(self, ask: Ask) -> None:
        """``ask`` answers a question on its own, in the language given."""
        self._ask = ask
        self._lock = threading.Lock()
        self._version = ""
        self._known: dict[tuple[str, str, Language], bool] = {}

    def holds(self, question: str, article_id: str, language: Language, version: str) -> bool:
        """Whether the question gets an answer that is sufficient and rests on that article.

        ``version`` names the index that answers now; what was found out with another is forgotten.
        """
        key = (question, article_id, language)
        with self._lock:
            if version != self._version:
                self._version, self._known = version, {}
            known = self._known.get(key)
        if known is not None:
            return known
        answer = self._ask(question, language)
        held = answer.kind == "answer" and answer.evidence == "sufficient"
        held = held and any(citation.article_id == article_id for citation in answer.citations)
        with self._lock:
            if version == self._version:
                self._known[key] = held
        return held
