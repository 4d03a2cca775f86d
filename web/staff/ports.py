"""What the staff pages need from the rest: app.py passes the real parts, tests small ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assistant.trace import Trace
from corpus.article import Article
from corpus.search import Searcher
from evals.cases import Case
from evals.publishing.preview import Preview
from web.ports import Assistant


class Tracer(Protocol):
    """Answers a question and shows each step."""

    def trace(self, question: str, history: Sequence[str] = ()) -> Trace:
        """The steps and the answer.

        Raises:
            QuestionRefused: an empty or too long question.
            ProjectError: no answer can be given at all.
        """


class Previewer(Protocol):
    """Says what changed articles would do to the answers, without touching what visitors are served."""

    def preview(self, changes: Path, cases: Sequence[Case], advance: Callable[[int], None]) -> Preview:
        """Answer ``cases`` with and without the articles in the folder ``changes``. Takes seconds to minutes.

        ``advance`` is told, in whatever thread this runs, how many more answers are done; each case is two.

        Raises:
            ProjectError: what is in the folder cannot be used; the message says why.
        """


@dataclass(frozen=True, slots=True)
class EvalTools:
    """What the evals pages work with. ``cases`` and ``articles`` read them anew each time."""

    runs_dir: Path
    tracer: Tracer
    previewer: Previewer
    cases: Callable[[], Sequence[Case]]
    articles: Callable[[], Sequence[Article]]


@dataclass(frozen=True, slots=True)
class SearchTools:
    """What the search and its API work with. ``articles`` reads the source anew, withdrawn articles included."""

    searcher: Searcher
    assistant: Assistant
    articles: Callable[[], Sequence[Article]]
