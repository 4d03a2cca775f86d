"""An answer as it grows from verified sentences, and when they suffice to be shown as one.

What is shown stays, so the first sentences wait until they answer: one of them rests on the statement that answers
best, says a fair part of it, and is negative where that is. A statement that cautions and was passed over by the
model is added at the end in the article's own words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.answer import Citation, Said, Sentence
from assistant.statements import Statement
from assistant.verification.signs import duties, negations
from assistant.verification.verdict import Reason
from assistant.verification.words import Word, is_among, share_among, words_in
from assistant.writing.parse import Written
from corpus.article import Language

_FAIR_PART, _MOST = 0.3, 0.6
"""Said must be this share of the best statement's words, or this of the question's words that it holds."""
_CONTRASTS = re.compile(r"^(?:men|dock|däremot|however|but|yet|on the other hand)\b", re.IGNORECASE)
_WHOLE = re.compile(r"[A-ZÅÄÖ\d](?:\S*\s+){4,}\S*[.!?]")
"""An item that is a sentence of its own and says the same without a lead-in."""


class Growth:
    """Takes in verified sentences; :meth:`so_far` is what can be shown of them. Quotes are numbered from 1."""

    def __init__(
        self, citations: Sequence[Citation], statements: Sequence[Statement], question: str, language: Language
    ) -> None:
        self._citations = tuple(citations)
        self._statements = tuple(statements)
        self._question = question
        self._language = language
        self._kept: list[Written] = []
        self._lead_in: Written | None = None
        self._lost: Reason | None = None
        """Why the lead-in of the list that is being read was dropped."""
        self._best = 1 + max(range(len(statements)), key=lambda i: statements[i].score)
        """The number of the quote that answers best."""

    def add(self, sentence: Written) -> bool:
        """Take in a verified sentence. Whether there is more to show than before."""
        self._follow(sentence)
        if sentence.role == "lead_in":
            self._lead_in = sentence  # it waits for the first item of its list
            return False
        if sentence.role == "bullet" and self._lead_in is not None:
            self._kept.append(self._lead_in)
        self._lead_in = None
        self._kept.append(sentence)
        return self._suffices

    def leave_out(self, sentence: Written, reason: Reason) -> None:
        """Take note that a sentence was dropped, and with a lead-in the items of its list."""
        self._follow(sentence)
        if sentence.role != "bullet":
            self._lead_in = None
        if sentence.role == "lead_in":
            self._lost = reason

    def falls(self, sentence: Written) -> Reason | None:
        """Why ``sentence`` is dropped unread: for the fault of its list's lead-in, without which it says little."""
        return self._lost if sentence.role == "bullet" and not _WHOLE.fullmatch(sentence.text) else None

    def _follow(self, sentence: Written) -> None:
        if sentence.role != "bullet":
            self._lost = None  # the list is over

    @property
    def said(self) -> tuple[Written, ...]:
        """The sentences taken in so far, in order."""
        return tuple(self._kept)

    @property
    def lead_in(self) -> Written | None:
        """What leads in to an item that comes now; None where none was kept."""
        if self._lead_in is not None:
            return self._lead_in
        last = next((each for each in reversed(self._kept) if each.role != "bullet"), None)
        return last if last is not None and last.role == "lead_in" else None

    def so_far(self) -> Said | None:
        """What can be shown; None as long as it does not answer by itself."""
        return self._numbered(self._kept) if self._suffices else None

    def whole(self) -> Said | None:
        """The same with the cautions that were passed over; None where it does not answer."""
        if not self._suffices:
            return None
        cited = {n for sentence in self._kept for n in sentence.citations}
        missed = [n for n in range(1, len(self._statements) + 1) if n not in cited and self._cautions(n)]
        return self._numbered([*self._kept, *map(self._verbatim, missed)])

    def _numbered(self, said: Sequence[Written]) -> Said:
        numbers = {old: new for new, old in enumerate(dict.fromkeys(n for s in said for n in s.citations), start=1)}
        return Said(
            sentences=tuple(
                Sentence(text=s.text, role=s.role, citations=tuple(numbers[n] for n in s.citations)) for s in said
            ),
            citations=tuple(self._citations[old - 1].model_copy(update={"n": new}) for old, new in numbers.items()),
        )

    @property
    def _suffices(self) -> bool:
        resting = [sentence for sentence in self._kept if self._best in sentence.citations]
        if not resting:
            return False
        said = " ".join(sentence.text for sentence in resting)
        best = self._statements[self._best - 1].text
        if self._is_negative(best) and not self._is_negative(said):
            return False
        return self._share(best, said) >= _FAIR_PART or self._share_of_question(best, said) >= _MOST

    def _verbatim(self, n: int) -> Written:
        return Written(self._statements[n - 1].text, "sentence", (n,))

    def _cautions(self, n: int) -> bool:
        """Whether leaving a statement out would make the answer sound surer or safer than the articles."""
        statement = self._statements[n - 1]
        if statement.is_list:
            return False
        words = words_in(statement.text, self._language)
        return bool(
            negations(words, self._language) or duties(words, self._language) or _CONTRASTS.match(statement.text)
        )

    def _is_negative(self, text: str) -> bool:
        return bool(negations(words_in(text, self._language), self._language))

    def _share(self, whole: str, said: str) -> float:
        wanted = [word for word in words_in(whole, self._language) if word.content]
        return self._held(wanted, said)

    def _share_of_question(self, best: str, said: str) -> float:
        """Of the question's words that the best statement holds, how many are said."""
        held = words_in(best, self._language)
        asked = [word for word in words_in(self._question, self._language) if word.content]
        return self._held([word for word in asked if is_among(word, held)], said)

    def _held(self, wanted: Sequence[Word], said: str) -> float:
        return share_among(wanted, words_in(said, self._language))
