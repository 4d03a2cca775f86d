"""Makes a follow-up stand alone with a chat model, and checks that it brought nothing in.

The rule-based way of :mod:`assistant.conversation` is what stands where there is no model, or it fails the check.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from contextlib import closing

from assistant.conversation import leans_back
from assistant.masking import mask
from assistant.verification.names import names_in
from assistant.verification.quantities import quantities_in
from assistant.verification.tongue import is_in
from assistant.verification.words import function_words, same_word, words_in
from assistant.writing.limits import Limits
from assistant.writing.model_calls import ModelCalls
from assistant.writing.prompt import stand_alone_prompt
from corpus.article import Language
from errors import ModelUnavailable

EARLIER = 3
"""So many of the visitor's earlier messages are shown to the model."""
LONGEST = 300
LIMITS = Limits(first_token_seconds=2.5, whole_seconds=4.0, output_chars=LONGEST + 100, attempts=1)
_WORD_OF_QUESTIONS = 4
"""A stem of so few letters may be a function word in another form, and is let pass."""


class FollowUps:
    """Asks a chat model for the stand-alone form of follow-ups."""

    def __init__(self, calls: ModelCalls) -> None:
        self._calls = calls

    def stand_alone(
        self, question: str, history: Sequence[str], language: Language, stop: threading.Event | None = None
    ) -> str | None:
        """``question`` as it would be asked without what came before, masked; None where it needs no model, or the
        model's answer cannot be used. ``history``: earlier messages, oldest first.
        """
        if not leans_back(question, history):
            return None
        asked, earlier = mask(question), [mask(text) for text in history[-EARLIER:]]
        try:
            prompt = stand_alone_prompt(asked, earlier, language)
            with closing(self._calls.write(prompt, stop, LIMITS)) as pieces:
                written = "".join(pieces)
        except ModelUnavailable:
            return None  # it is in the log, and the rules go on
        rewritten = re.sub(r"\s+", " ", written).strip().strip("\"'”")
        return rewritten if adds_nothing(rewritten, asked, earlier, language) else None


def adds_nothing(rewritten: str, question: str, earlier: Sequence[str], language: Language) -> bool:
    """Whether a rewritten question holds only what the conversation holds, and still what the question asked."""
    if not rewritten or len(rewritten) > LONGEST or "\n" in rewritten or not is_in(language, rewritten, earlier):
        return False
    said = [*earlier, question]
    known = [word for text in said for word in words_in(text, language)]
    own = [word for word in words_in(question, language) if word.content]
    words = words_in(rewritten, language)
    for word in words:
        empty = not word.content or word.text in function_words(language) or len(word.stem) < _WORD_OF_QUESTIONS
        if not empty and not any(same_word(word.stem, each.stem) for each in known):
            return False
    if not {name.id for name in names_in(rewritten, language)} <= {
        name.id for text in said for name in names_in(text, language)
    }:
        return False
    numbers = {q.value for text in said for q in quantities_in(text, language)}
    if not {q.value for q in quantities_in(rewritten, language)} <= numbers:
        return False
    return all(any(same_word(word.stem, each.stem) for each in words) for word in own)
