"""The Answer's JSON is a public contract: its keys, their order, its frozenness."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from assistant.answer import ALARM_KINDS, Answer, Citation, Sentence

KEYS = [
    *("id", "question", "language", "kind", "evidence", "mode", "message", "sentences", "citations", "notices"),
    *("related", "blood_test_prompt", "suggested_tests", "handover", "follow_ups", "timings_ms", "generation"),
]
MINIMAL = Answer(question="Hej", language="sv", kind="smalltalk", evidence="none")
CITATION = Citation(
    n=1,
    article_id="a",
    title="A",
    url=None,
    language="sv",
    updated=None,
    heading=None,
    quote="Järn 🙂.",
    start=0,
    end=7,
)


def test_the_json_has_every_key_even_when_empty() -> None:
    assert list(json.loads(MINIMAL.model_dump_json())) == KEYS


def test_missing_things_are_null_or_empty_lists_and_never_left_out() -> None:
    raw = MINIMAL.model_dump(mode="json")
    assert [raw[key] for key in ("id", "message", "blood_test_prompt")] == [None, None, None]
    assert [raw[key] for key in ("sentences", "citations", "notices", "related", "suggested_tests", "handover")] == [
        [],
        [],
        [],
        [],
        [],
        [],
    ]


def test_a_citation_without_address_and_date_says_null() -> None:
    raw = CITATION.model_dump(mode="json")
    assert list(raw) == ["n", "article_id", "title", "url", "language", "updated", "heading", "quote", "start", "end"]
    assert (raw["url"], raw["updated"], raw["heading"]) == (None, None, None)


def test_it_survives_the_journey_through_json() -> None:
    answer = MINIMAL.model_copy(
        update={
            "sentences": (Sentence(text="Järn 🙂.", role="sentence", citations=(1,)),),
            "citations": (CITATION,),
        }
    )
    assert Answer.model_validate_json(answer.model_dump_json()) == answer


def test_nothing_shown_can_be_changed_afterwards() -> None:
    with pytest.raises(ValidationError):
        MINIMAL.kind = "answer"


@pytest.mark.parametrize("wrong", [{"kind": "advice"}, {"evidence": "some"}, {"language": "de"}, {"extra": 1}])
def test_values_outside_the_contract_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Answer.model_validate({**MINIMAL.model_dump(), **wrong})


def test_the_gravest_alarm_comes_first() -> None:
    assert ALARM_KINDS == ("emergency", "poisoning", "crisis")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("most tests need no fasting.", "Most tests need no fasting."),
        ("övervikt kan höja CRP.", "Övervikt kan höja CRP."),
        ("eGFR is estimated.", "eGFR is estimated."),
        ("hs-CRP is finer.", "hs-CRP is finer."),
        ("pH och salter mäts.", "pH och salter mäts."),
    ],
)
def test_sentence_quoted_from_its_middle_is_read_with_a_capital_and_names_stay(text: str, read: str) -> None:
    sentence = Sentence(text=text, role="sentence", citations=(1,))
    assert sentence.to_read == read
    assert sentence.model_dump() == {"text": text, "role": "sentence", "citations": (1,)}
    assert sentence.model_copy(update={"role": "bullet"}).to_read == text
