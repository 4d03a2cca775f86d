"""The web app with a scripted assistant: every kind of reply, no index and no model. Also runs by itself."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from assistant.answer import (
    Answer,
    Citation,
    HandoverCard,
    Kind,
    Notice,
    RelatedArticle,
    Sentence,
    SuggestedTest,
)
from assistant.progress import Draft, Progress, Reading, Writer
from assistant.texts import texts_for
from corpus.article import Language
from errors import IndexMissing, QuestionRefused
from settings import Settings

ARTICLES: dict[Language, str] = {
    "sv": (
        "Vetenskapen har ännu inte kunnat bevisa att magnesium förbättrar sömnkvaliteten hos alla. "
        "Det finns viss evidens för att det kan påverka kroppen så att man sover bättre.\n\n"
        "Magnesium kan:\n\npåverka signalsubstansen GABA, som lugnar hjärnan\n\n"
        "bidra till musklernas avslappning\n\ndelta i melatoninproduktionen, som styr dygnsrytmen\n\n"
        "Personer med låga magnesiumvärden kan uppleva störst skillnad."
    ),
    "en": (
        "Research has not yet been able to prove that magnesium improves sleep in everyone. "
        "There is some evidence, though, that it can affect the body in ways that make it easier to sleep."
        "\n\nMagnesium can:\n\naffect GABA, a signalling substance that calms the brain\n\n"
        "help the muscles to relax\n\ntake part in making melatonin, the hormone behind our daily rhythm\n\n"
        "People with low magnesium levels may notice the biggest difference."
    ),
}
TITLES: dict[Language, str] = {"sv": "Magnesium och sömn", "en": "Magnesium and sleep"}
HEADINGS: dict[Language, str] = {
    "sv": "Vad säger forskningen om magnesium och sömn?",
    "en": "What does research say about magnesium and sleep?",
}
NAMES: dict[Language, tuple[str, str]] = {"sv": ("Magnesium", "Kortisol"), "en": ("Magnesium", "Cortisol")}
FOLLOW_UPS: dict[Language, tuple[str, ...]] = {
    "sv": (
        "Vilken mat innehåller magnesium?",
        "Vad kan magnesium göra för sömnen?",
        "Vad visar ett blodprov?",
    ),
    "en": (
        "Which foods contain magnesium?",
        "What can magnesium do for sleep?",
        "What does a blood test show?",
    ),
}
WRITTEN: dict[Language, tuple[str, str, tuple[str, str, str], str]] = {
    "sv": (
        "Forskningen har inte kunnat visa att magnesium ger bättre sömn hos alla, men det finns visst stöd för det.",
        "Det kan bero på att magnesium:",
        (
            "lugnar hjärnan genom signalsubstansen GABA",
            "får musklerna att slappna av",
            "behövs när kroppen bildar melatonin",
        ),
        "Den som har låga värden märker oftast störst skillnad.",
    ),
    "en": (
        "Research has not shown that magnesium gives everyone better sleep, but there is some support for it.",
        "This may be because magnesium:",
        (
            "calms the brain through the signalling substance GABA",
            "relaxes the muscles",
            "is needed when the body makes melatonin",
        ),
        "People with low levels tend to notice the biggest difference.",
    ),
}
"""What a model makes of the article: a sentence of two quotes, a list, and a sentence of one."""
OUTSIDE = Writer(name="scripted:outside", outside=True)
INSIDE = Writer(name="scripted:inside", outside=False)
CARDS: dict[str, dict[Language, HandoverCard]] = {
    "112": {
        "sv": HandoverCard(
            name="Ring 112 nu",
            phone="112",
            url="https://www.sosalarm.se/",
            text="Det du beskriver kan vara livshotande. Ring 112, och vänta inte på att det ska gå över.",
        ),
        "en": HandoverCard(
            name="Call 112 now",
            phone="112",
            url="https://www.sosalarm.se/",
            text="What you describe can be life-threatening. Call 112, and do not wait for it to pass.",
        ),
    },
    "1177": {
        "sv": HandoverCard(
            name="1177", phone="1177", url="https://www.1177.se/", text="Sjuksköterskor svarar dygnet runt."
        ),
        "en": HandoverCard(
            name="1177", phone="1177", url="https://www.1177.se/en/", text="Nurses answer round the clock."
        ),
    },
}


@dataclass(frozen=True, slots=True)
class Context:
    """Where a quote stands."""

    before: str
    quote: str
    after: str


class FakeAssistant:
    """Answers by key words; remembers what it was asked, so that tests can look.

    With a ``writer`` it writes its ordinary answers draft by draft, ``pace`` seconds apart; while ``held``, each
    waits for one release of ``step``. ``lingers``: seconds it looks for follow-ups once the reply is there.
    """

    def __init__(self, unreviewed: bool = True, writer: Writer | None = None, pace: float = 0) -> None:
        self.unreviewed = unreviewed
        self.asked: list[tuple[str, tuple[str, ...]]] = []
        self.agreed: list[bool] = []
        self.ended: list[str] = []
        """How each answer that was being written came to its end: "whole", "stopped", or "closed"."""
        self.held = False
        self.lingers = 0.0
        self.step = threading.Semaphore(0)
        self._writer = writer
        self._pace = pace

    @property
    def writer(self) -> Writer | None:
        """As told when built."""
        return self._writer

    def answer(self, question: str) -> Answer:
        """The last of what :meth:`stream` tells."""
        return next(step for step in self.stream(question) if isinstance(step, Answer))

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        interface_language: Language | None = None,
        *,
        agreed: bool = False,
        stop: threading.Event | None = None,
    ) -> Iterator[Progress | Answer]:
        """A reply of the kind the question's key word names; a magnesium answer by default."""
        self.asked.append((question, tuple(history)))
        self.agreed.append(agreed)
        language = _language_of(question) or interface_language or "sv"
        text = question.lower()
        if not question.strip():
            raise QuestionRefused(texts_for(language).error_empty)
        if len(question) > 4000:
            raise QuestionRefused(texts_for(language).error_too_long)
        if "krasch" in text:
            raise ValueError(f"the assistant broke on {question}")
        if "index" in text:
            raise IndexMissing("No index at var/index. Build one with: python -m corpus sync.")
        quoted = _scripted(question, text, language)
        if quoted.citations:
            yield Reading(1 if self._writer is None else 3)
        if quoted.kind == "answer" and self._writer is not None and (agreed or not self._writer.outside):
            yield from self._written(question, quoted, stop or threading.Event())
        else:
            yield quoted

    def _written(self, question: str, quoted: Answer, stop: threading.Event) -> Iterator[Draft | Answer]:
        drafts = [draft.model_copy(update={"question": question}) for draft in drafts_of(quoted.language)]
        last, end = quoted, "closed"
        try:
            for draft in drafts:
                self._wait(stop)
                if stop.is_set():
                    break
                last = with_closing(draft)
                yield Draft(draft)
                if "halv" in question.lower():
                    raise ValueError(f"the assistant broke on {question}")
            end = "stopped" if stop.is_set() else "whole"
            yield last
        finally:
            self.ended.append(end)

    def _wait(self, stop: threading.Event) -> None:
        stop.wait(self._pace)
        patience = time.monotonic() + 30
        while self.held and not stop.is_set() and time.monotonic() < patience:
            if self.step.acquire(timeout=0.02):
                return

    def follow_ups(self, answer: Answer) -> tuple[str, ...]:
        """Those of the script; nothing is asked."""
        time.sleep(self.lingers)
        return answer.follow_ups

    def passage_context(self, citation: Citation) -> Context:
        """The paragraph around the quote, or the whole list."""
        article = ARTICLES[citation.language]
        list_start = article.index("\n\nMagnesium ") + 2
        list_end = article.rindex("\n\n")
        if citation.start < list_start:
            start, end = 0, list_start - 2
        elif citation.start < list_end:
            start, end = list_start, list_end
        else:
            start, end = list_end + 2, len(article)
        return Context(article[start : citation.start], citation.quote, article[citation.end : end])

    def serves_unreviewed(self) -> bool:
        """As told when built."""
        return self.unreviewed


def cite(n: int, quote: str, language: Language) -> Citation:
    """A citation of ``quote`` in the scripted article."""
    start = ARTICLES[language].index(quote)
    return Citation(
        n=n,
        article_id=f"magnesium-{language}",
        title=TITLES[language],
        url=f"https://clinic.example/{language}/magnesium",
        language=language,
        updated="2025-12-18",
        heading=HEADINGS[language],
        quote=quote,
        start=start,
        end=start + len(quote),
    )


def prose(language: Language, article: Language | None = None) -> Answer:
    """An ordinary answer; ``article`` is the language of the article cited."""
    told = article or language
    first, rest = ARTICLES[told].split("\n\n")[0].split(". ", 1)
    last = ARTICLES[told].split("\n\n")[-1]
    quotes = (first + ".", rest, last)
    texts = texts_for(language)
    notices = [] if told == language else [Notice(code="other_language", text=texts.notice_other_language)]
    return Answer(
        question="",
        language=language,
        kind="answer",
        evidence="sufficient",
        sentences=tuple(
            Sentence(text=quote, role="sentence", citations=(n,)) for n, quote in enumerate(quotes, start=1)
        ),
        citations=tuple(cite(n, quote, told) for n, quote in enumerate(quotes, start=1)),
        notices=tuple(notices),
        blood_test_prompt=texts.blood_test_prompt,
        suggested_tests=(
            SuggestedTest(id="magnesium", name=NAMES[language][0], url="https://clinic.example/book/magnesium"),
            SuggestedTest(id="cortisol", name=NAMES[language][1], url=None),
        ),
        follow_ups=FOLLOW_UPS[language],
    )


def listing(language: Language) -> Answer:
    """An answer that is a list."""
    lead_in, *bullets = ARTICLES[language].split("\n\n")[1:5]
    return prose(language).model_copy(
        update={
            "sentences": (
                Sentence(text=lead_in, role="lead_in", citations=(1,)),
                *(Sentence(text=b, role="bullet", citations=(n,)) for n, b in enumerate(bullets, start=2)),
            ),
            "citations": tuple(cite(n, quote, language) for n, quote in enumerate((lead_in, *bullets), start=1)),
        }
    )


def drafts_of(language: Language) -> tuple[Answer, ...]:
    """A written answer as it grows, sentence by sentence; the last is whole but for what closes an answer."""
    first, lead_in, bullets, last = WRITTEN[language]
    quotes = (*(c.quote for c in prose(language).citations[:2]), *ARTICLES[language].split("\n\n")[2:])
    sentences = (
        Sentence(text=first, role="sentence", citations=(1, 2)),
        Sentence(text=lead_in, role="lead_in", citations=(3, 4, 5)),
        *(Sentence(text=bullet, role="bullet", citations=(n,)) for n, bullet in enumerate(bullets, start=3)),
        Sentence(text=last, role="sentence", citations=(6,)),
    )
    citations = tuple(cite(n, quote, language) for n, quote in enumerate(quotes, start=1))
    return tuple(
        Answer(
            question="",
            language=language,
            kind="answer",
            evidence="sufficient",
            mode="generative",
            sentences=sentences[:count],
            citations=citations[: max(n for s in sentences[:count] for n in s.citations)],
        )
        for count in range(1, len(sentences) + 1)
    )


def with_closing(draft: Answer) -> Answer:
    """The same with what stands under a finished answer."""
    whole = prose(draft.language)
    return draft.model_copy(
        update={name: getattr(whole, name) for name in ("blood_test_prompt", "suggested_tests", "follow_ups")}
    )


def _scripted(question: str, text: str, language: Language) -> Answer:
    texts = texts_for(language)
    base = {"question": question, "language": language, "evidence": "none"}
    if "bröst" in text or "chest" in text:
        cards = (CARDS["112"][language], CARDS["1177"][language])
        return Answer.model_validate({**base, "kind": "emergency", "handover": cards})
    if "barcelona" in text:
        near = RelatedArticle(
            article_id=f"magnesium-{language}",
            title=TITLES[language],
            url=f"https://clinic.example/{language}/magnesium",
            language=language,
        )
        contact = texts.abstain_contact.format(contact="https://clinic.example/contact")
        message = f"{texts.abstain_near} {contact}"
        return Answer.model_validate({**base, "kind": "abstain", "message": message, "related": (near,)})
    if "tsh" in text:
        message = f"{texts.no_diagnosis} {texts.no_diagnosis_general}"
        return _with(prose(language), question, "no_diagnosis", message=message, suggested_tests=())
    if "hur många mg" in text or "how many mg" in text:
        return Answer.model_validate({**base, "kind": "no_dosing", "message": texts.no_dosing})
    if text.strip() in ("hej", "hello"):
        return Answer.model_validate({**base, "kind": "smalltalk", "message": texts.smalltalk})
    if "lista" in text or "what can" in text or "vad kan" in text:
        return _with(listing(language), question, "answer")
    if "other language" in text:
        return _with(prose("en", article="sv"), question, "answer")
    return _with(prose(language), question, "answer")


def _with(answer: Answer, question: str, kind: Kind, **changes: object) -> Answer:
    return answer.model_copy(update={"question": question, "kind": kind, **changes})


def _language_of(question: str) -> Language | None:
    words = set(question.lower().replace("?", "").split())
    if words & {"will", "what", "does", "which", "the", "how", "my", "me", "hello", "is"}:
        return "en"
    return "sv" if words & {"hjälper", "vad", "vilken", "jag", "mitt", "hur", "hej", "är"} else None


@contextmanager
def serving(assistant: FakeAssistant, **settings: object) -> Iterator[str]:
    """The page over this assistant, served by a thread of this process: its address."""
    from web.server import create_app

    with served(create_app(assistant, Settings.model_validate({"brand_name": "Ett & två", **settings}))) as address:
        yield address


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """An app served by a thread of this process: its address."""
    from web.server import listen, server_for

    bound = listen("127.0.0.1", 0)
    server = server_for(app)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    try:
        bound.listen()
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)


def main(port: int, writer: Writer | None) -> None:
    """Serve the page with the scripted assistant, which writes at an easy pace."""
    from web.server import create_app, listen, serve, stop_cleanly_on_signals

    stop_cleanly_on_signals()
    settings = Settings.model_validate({"brand_name": "Exempelkliniken"})
    bound = listen("127.0.0.1", port)
    app = create_app(FakeAssistant(writer=writer, pace=0.8), settings)
    serve(app, bound, lambda: print(f"http://127.0.0.1:{bound.getsockname()[1]}", flush=True))


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 0,
        {"inside": INSIDE, "outside": OUTSIDE}.get(sys.argv[2]) if len(sys.argv) > 2 else None,
    )
