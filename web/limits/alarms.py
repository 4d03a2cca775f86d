"""Alarms in messages that are not taken, or would have to wait: whoever cannot breathe is not told to try again later.

They are screened without the model: by the rules, and short ones by the judge's letters and words too. Either is
enough. Of the 500 held alarms the rules alone miss two in five, and both together one in sixteen; of the 290 held
look-alikes, hard ones all, one in five gets cards in place of "wait a moment", which costs nobody much.

There is no allowance to use up, which a busy neighbour could empty. What keeps it from being abused is that it costs
little (20 ms for the worst 4,000 characters that were tried, 1 ms for a sentence) and takes turns: one message at a
time, and when many come at once the rest get the ordinary refusal, which has the numbers to call in it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from assistant.answer import Answer
from assistant.asked import Asked
from assistant.language import choose_language
from assistant.replies import Replies
from assistant.texts import texts_for
from assistant.triage import Screen, Triage, triage
from corpus.article import Language
from settings import Settings

LONGEST_CHARS = 4_000
"""Of a message, all that is looked at: what may be asked, and of what is longer half of it from either end."""
JUDGED_CHARS = 1_000
"""Longer messages are screened by the rules alone, whose time grows more slowly."""
WAITING_AT_MOST = 20
_EARLIER = 2
_EARLIER_CHARS = 500

_log = logging.getLogger(__name__)


class Alarms:
    """Screens messages that are not going to be answered now. To be used from the thread of the event loop."""

    def __init__(self, settings: Settings, replied: Callable[[Answer, float], None] = lambda answer, seconds: None):
        """``replied`` is told each alarm's answer and the seconds that it took."""
        self._replies = Replies(settings)
        self._screen = Screen()
        self._replied = replied
        self._thread: CapacityLimiter | None = None
        self._under_way = 0

    async def answer(self, question: str, history: tuple[str, ...], language: Language) -> Answer | None:
        """The alarm's cards, as the assistant itself would give them; None where there is no alarm, or no time to look.

        ``history`` is the visitor's earlier messages, oldest first; ``language`` that of the interface.
        """
        if self._thread is None:  # made here: it belongs to the event loop that serves
            self._thread = CapacityLimiter(1)
        if self._under_way > WAITING_AT_MOST:
            return None
        begun = time.perf_counter()
        self._under_way += 1
        try:
            answer = await run_sync(self._found, question, history, language, limiter=self._thread)
        except Exception as error:  # the refusal that is given instead has the numbers too
            _log.error("A message could not be screened for alarms: %s", type(error).__name__)
            return None
        finally:
            self._under_way -= 1
        if answer is not None:
            self._replied(answer, time.perf_counter() - begun)
        return answer

    def _found(self, question: str, history: tuple[str, ...], language: Language) -> Answer | None:
        text = _both_ends(question)
        earlier = tuple(message[-_EARLIER_CHARS:] for message in history[-_EARLIER:])
        found = self._triage((*earlier, text))
        if not found.alarms:
            return None
        chosen = choose_language(text, earlier, language)
        return self._replies.fixed(Asked(None, question, earlier, chosen, found, texts_for(chosen.answer_in)))

    def _triage(self, messages: tuple[str, ...]) -> Triage:
        ruled = triage(messages)
        if ruled.alarms or len(messages[-1]) > JUDGED_CHARS:
            return ruled
        return self._screen.triage(messages)


def _both_ends(question: str) -> str:
    if len(question) <= LONGEST_CHARS:
        return question
    return f"{question[: LONGEST_CHARS // 2]}\n{question[-LONGEST_CHARS // 2 :]}"
