"""An app in which every text that somebody else wrote is a payload: articles, titles, a model's words, cases, runs."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from assistant.answer import Answer, Citation
from assistant.pipeline import MAX_QUESTION_CHARS
from assistant.progress import Draft, Progress, Reading
from assistant.statements import Statement
from assistant.texts import texts_for
from assistant.verification.verifier import Verifier
from assistant.writing.growth import Growth
from assistant.writing.limits import Limits
from assistant.writing.model_calls import ModelCalls
from assistant.writing.rewriting import Finished, Rewriter, Shown
from corpus.article import Language
from corpus.passage import Passage, PassageSentence
from corpus.search import Searcher
from corpus.sources import read_articles
from corpus.sync import sync
from errors import QuestionRefused
from settings import Settings
from tests.fake_app import INSIDE, Context, FakeAssistant, served
from tests.fake_staff import write_users
from tests.fakes import VERIFIER, Gullible, ScriptedModel, WordEmbedder, make_article
from tests.payload_answers import quoting
from tests.payload_staff import PayloadTools, write_articles, write_runs
from tests.payloads import Payload, in_parts
from web.staff.ports import EvalTools

QUOTE = "Järn är ett mineral som finns i blodet."
AT_A_TIME = 8
"""Payloads in one reply: a written answer ends after twelve sentences."""
_PIECE_CHARS = 7
_LIMITS = Limits(first_token_seconds=20, whole_seconds=60, attempts=1)


class PayloadAssistant(FakeAssistant):
    """Answers "artikel 3" with the third part of the payloads as an article's text, and "modell 3" as a model's.

    "prövad 1" is all of them in a model's words, with the rules of the verifier as they are and a support that counts
    words. ``said`` is what each reply came to.
    """

    def __init__(self, every: Sequence[Payload]) -> None:
        super().__init__(writer=INSIDE)
        self.every = tuple(every)
        self.parts = in_parts(every, AT_A_TIME)
        self.said: dict[str, Answer] = {}

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        interface_language: Language | None = None,
        *,
        agreed: bool = False,
        stop: threading.Event | None = None,
    ) -> Iterator[Progress | Answer]:
        if len(question) > MAX_QUESTION_CHARS:
            raise QuestionRefused(texts_for("sv").error_too_long)
        asked = re.match(r"(artikel|modell|prövad) (\d+)", question)
        way, number = (asked[1], asked[2]) if asked else ("artikel", "1")
        part = self.every if way == "prövad" else self.parts[int(number) - 1]
        yield Reading(len(part))
        quoted = quoting(part, question)
        if way == "artikel":
            self.said[f"{way} {number}"] = quoted
            yield quoted
            return
        verifier = Gullible() if way == "modell" else VERIFIER
        answer = quoted
        for step in _written(part, verifier):
            if isinstance(step, Shown):
                answer = quoted.model_copy(update={"mode": "generative", **dict(step.said)})
                yield Draft(answer)
            elif step.said is not None:
                answer = quoted.model_copy(update={"mode": "generative", **dict(step.said)})
        self.said[f"{way} {number}"] = answer
        yield answer

    def passage_context(self, citation: Citation) -> Context:
        """The quote among more of the same."""
        return Context(f"{citation.title} ", citation.quote, f" {citation.title}")


def _written(part: Sequence[Payload], verifier: Verifier) -> Iterator[Shown | Finished]:
    """The real way of a model's words, in pieces that end anywhere: what of them is shown, draft by draft."""
    text = "".join(f"{line} [1]\n" for line in (QUOTE, *(payload.text.replace("\n", " ") for payload in part)))
    pieces = [step for at in range(0, len(text), _PIECE_CHARS) for step in (text[at : at + _PIECE_CHARS], 0.001)]
    article = make_article("iron", [QUOTE], "sv")
    sentence = PassageSentence(0, len(QUOTE), "sentence")
    passage = Passage("iron", 0, "sv", "Järn", (), 0, len(QUOTE), QUOTE, (sentence,), False)
    citation = Citation(
        n=1,
        article_id=article.id,
        title=part[0].text,
        url="https://clinic.example/iron",
        language="sv",
        updated=None,
        heading=None,
        quote=QUOTE,
        start=len(part[0].text) + 1,
        end=len(part[0].text) + 1 + len(QUOTE),
    )
    growth = Growth([citation], [Statement(passage, (sentence,), 0.9)], "vad är järn", "sv")
    rewriter = Rewriter(ModelCalls(ScriptedModel(pieces), _LIMITS), verifier, 2000)
    return rewriter.rewrite("vad är järn", (QUOTE,), growth, "sv", None)


@contextmanager
def payload_app(every: Sequence[Payload], home: Path, **settings: object) -> Iterator[tuple[PayloadAssistant, str]]:
    """The whole app over them, in a thread of this process: its assistant and its address."""
    from web.server import create_app

    write_articles(home / "articles", every)
    sync(home / "articles", home / "index", WordEmbedder())
    write_runs(home / "runs", every)
    articles = read_articles(home / "articles").articles
    tools, assistant = PayloadTools(every), PayloadAssistant(every)
    given = Settings.model_validate(
        {
            "brand_name": every[0].text,
            "staff_users": write_users(home),
            "runs_dir": home / "runs",
            "feedback_file": home / "feedback",
            "messages_per_page": 0,
            "messages_per_address": 0,
            "demo_page": True,
            **settings,
        }
    )
    evals = EvalTools(given.runs_dir, tools, tools, tools.cases, lambda: articles)
    app = create_app(assistant, given, evals, Searcher(home / "index", WordEmbedder()))
    with served(app) as address:
        yield assistant, address
