"""The answer as a terminal shows it: everything in it, and nothing that could steer the terminal."""

from __future__ import annotations

from assistant.__main__ import as_text
from assistant.answer import Answer, Citation, HandoverCard, Notice, RelatedArticle, Sentence

CITATION = Citation(
    n=1,
    article_id="iron",
    title="Iron",
    url="https://clinic.example/iron",
    language="en",
    updated="2026-01-02",
    heading=None,
    quote="Foods are:\n\nmeat",
    start=0,
    end=16,
)
LIST = Answer(
    question="Which foods?",
    language="en",
    kind="answer",
    evidence="partial",
    sentences=(
        Sentence(text="Foods are:", role="lead_in", citations=(1,)),
        Sentence(text="meat", role="bullet", citations=(1,)),
    ),
    citations=(CITATION,),
    notices=(Notice(code="partial", text="Not exactly."), Notice(code="demo_articles", text="Examples.")),
    blood_test_prompt="Take a test.",
)


def test_an_answer_reads_from_the_notice_to_the_sources() -> None:
    assert as_text(LIST).splitlines() == [
        "Not exactly.",
        "Foods are: [1]",
        "  - meat",
        "Take a test.",
        "[1] Iron, 2026-01-02 https://clinic.example/iron",
        "Examples.",
    ]


def test_an_alarm_shows_name_number_and_text() -> None:
    cards = (
        HandoverCard(name="112", phone="112", url=None, text="Call now."),
        HandoverCard(name="Online", phone=None, url=None, text="Read."),
    )
    shown = as_text(Answer(question="", language="en", kind="emergency", evidence="none", handover=cards))
    assert shown.splitlines() == ["112: 112", "Call now.", "Online: ", "Read."]


def test_an_abstention_shows_the_message_and_what_is_near() -> None:
    near = RelatedArticle(article_id="iron", title="Iron", url=None, language="en")
    shown = as_text(
        Answer(question="", language="en", kind="abstain", evidence="none", message="Nothing.", related=(near,))
    )
    assert shown.splitlines() == ["Nothing.", "- Iron iron"]


def test_a_source_without_address_and_date_is_known_by_its_id() -> None:
    bare = CITATION.model_copy(update={"url": None, "updated": None})
    assert "[1] Iron,  iron" in as_text(LIST.model_copy(update={"citations": (bare,)}))


def test_control_characters_never_reach_the_terminal() -> None:
    evil = LIST.model_copy(
        update={"sentences": (Sentence(text="\x1b[2Jred\x07 \x9b31m\r", role="sentence", citations=(1,)),)}
    )
    shown = as_text(evil)
    assert not any((ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160 for c in shown)
    assert "[2Jred 31m [1]" in shown
