from __future__ import annotations

import logging
import threading

import pytest

from assistant.answer import Outcome
from assistant.statements import Statement
from assistant.verification.verifier import Verifier
from assistant.writing.growth import Growth
from assistant.writing.limits import Limits
from assistant.writing.model_calls import ModelCalls
from assistant.writing.ports import Piece
from assistant.writing.rewriting import Finished, Rewriter, Shown
from corpus.passage import Passage, PassageSentence
from errors import ModelBusy, ModelRefuses, ModelUnavailable
from tests.eventually import eventually
from tests.fakes import ScriptedModel, WordSupport, make_article
from tests.replies import citation

QUOTES = ("Iron carries oxygen in the blood.", "Red meat holds iron.")
ARTICLE = make_article("iron", list(QUOTES))
QUICK = Limits(first_token_seconds=0.3, whole_seconds=0.6, attempts=1)


def growth() -> Growth:
    statements = []
    for score, text in zip((0.9, 0.5), QUOTES, strict=True):
        start = ARTICLE.text.index(text)
        sentence = PassageSentence(start, start + len(text), "sentence")
        passage = Passage("iron", 0, "en", "Iron", (), start, start + len(text), text, (sentence,), False)
        statements.append(Statement(passage, (sentence,), score))
    citations = [citation(n, text, ARTICLE) for n, text in enumerate(QUOTES, start=1)]
    return Growth(citations, statements, "what does iron do", "en")


def rewrite(model: ScriptedModel, stop: threading.Event | None = None) -> list[Shown | Finished]:
    rewriter = Rewriter(ModelCalls(model, QUICK), Verifier(WordSupport(0.8)), 100)
    return list(rewriter.rewrite("what does iron do", QUOTES, growth(), "en", stop))


def finished(steps: list[Shown | Finished]) -> Finished:
    (last,) = [step for step in steps if isinstance(step, Finished)]
    assert steps[-1] is last
    return last


def test_each_verified_sentence_is_shown_and_the_others_are_kept_for_the_evals() -> None:
    model = ScriptedModel(
        ["Iron carries oxygen in the blood. [1]\n", "It cures cancer. [1]\n", "Red meat holds iron. [2]"]
    )
    steps = rewrite(model)
    shown = [[s.text for s in step.said.sentences] for step in steps if isinstance(step, Shown)]
    assert shown == [[QUOTES[0]], [QUOTES[0], QUOTES[1]]]
    last = finished(steps)
    assert last.outcome == "written"
    assert [(d.text, d.citations) for d in last.dropped] == [("It cures cancer.", (1,))]
    assert last.dropped[0].reason in ("name", "unsupported", "modality")


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ([ModelBusy("busy", None)], "busy"),
        ([ModelRefuses("no")], "refused"),
        ([ModelUnavailable("odd")], "failed"),
        ([5.0, "late"], "timed_out"),
        (["NO ANSWER"], "empty"),
        (["Bananas are yellow. [1]"], "insufficient"),
        (["Red meat holds iron. [2]"], "insufficient"),
        (["Iron carries oxygen in the blood."], "insufficient"),
        (["Iron carries oxygen in the blood. [99]"], "insufficient"),
    ],
)
def test_every_failure_has_its_name_and_shows_nothing(script: list[str | float | Exception], outcome: Outcome) -> None:
    steps = rewrite(ScriptedModel(script))
    assert len(steps) == 1
    assert (finished(steps).outcome, finished(steps).said) == (outcome, None)


@pytest.mark.parametrize(
    ("script", "level", "says"),
    [
        (["Iron carries oxygen in the blood. [1]\nIt cures. [9]\n"], "INFO", "written, 1 of 2 sentences kept (un"),
        (["One.\nTwo.\nThree. [9]"], "WARNING", "insufficient, 0 of 3 sentences kept (no_citation 2, unknown_cita"),
        (["NO ANSWER"], "INFO", "empty, 0 of 0 sentences kept."),
        ([Piece("NO ANSWER", finish="length")], "WARNING", "empty, 0 of 0 sentences kept; finish_reason length."),
        ([5.0, "late"], "INFO", "timed_out, 0 of 0 sentences kept"),
        (
            [Piece("Iron carries oxygen in the blood. [1]\nRed", finish="length")],
            "INFO",
            "written, 1 of 2 sentences kept (no_citation 1); finish_reason length.",
        ),
        (
            [Piece("", silent=True), Piece("", finish="length")],
            "INFO",
            "failed, 0 of 0 sentences kept; finish_reason length; what came was no text.",
        ),
    ],
)
def test_each_answer_is_one_line_in_the_log_with_no_word_of_the_models(
    caplog: pytest.LogCaptureFixture, script: list[str | float | Piece | Exception], level: str, says: str
) -> None:
    caplog.set_level(logging.DEBUG)
    rewrite(ScriptedModel(script))
    (record,) = [each for each in caplog.records if each.name == "assistant.writing.rewriting"]
    assert record.levelname == level
    assert record.getMessage().startswith(f"The chat model scripted:1: {says}")
    assert not {"iron", "oxygen", "red", "cures", "two"} & set(caplog.text.casefold().replace(".", " ").split())


def test_a_model_that_fails_after_it_answered_has_answered() -> None:
    last = finished(rewrite(ScriptedModel(["Iron carries oxygen in the blood. [1]\n", "Red", ModelBusy("x", None)])))
    assert last.outcome == "written"
    assert last.said is not None and [s.text for s in last.said.sentences] == [QUOTES[0]]


def test_a_stop_keeps_what_was_verified_and_ends_the_request() -> None:
    stop = threading.Event()
    model = ScriptedModel(["Iron carries oxygen in the blood. [1]\n", 5, "Red meat holds iron. [2]\n"])
    rewriter = Rewriter(ModelCalls(model, QUICK), Verifier(WordSupport(0.8)), 100)
    steps: list[Shown | Finished] = []
    for step in rewriter.rewrite("what does iron do", QUOTES, growth(), "en", stop):
        steps.append(step)
        stop.set()
    last = finished(steps)
    assert last.outcome == "stopped"
    assert last.said is not None and [s.text for s in last.said.sentences] == [QUOTES[0]]
    assert eventually(lambda: model.cancelled == 1)


def test_personal_data_is_masked_before_the_model_is_asked() -> None:
    model = ScriptedModel(["NO ANSWER"])
    rewriter = Rewriter(ModelCalls(model, QUICK), Verifier(WordSupport(0.8)), 100)
    list(rewriter.rewrite("iron for 850709-9805, anna@example.com", QUOTES, growth(), "en", None))
    (prompt,) = model.prompts
    assert "850709" not in prompt.user and "anna@example.com" not in prompt.user
    assert "iron for" in prompt.user


def test_a_model_that_never_ends_is_ended() -> None:
    sentences = [f"Iron carries oxygen in the blood of {letter * 5}. [1]\n" for letter in "abcdefghijklmnopq"]
    model = ScriptedModel(sentences)
    rewriter = Rewriter(ModelCalls(model, QUICK), Verifier(WordSupport(0.0)), 100)
    (last,) = [s for s in rewriter.rewrite("iron", QUOTES, growth(), "en", None) if isinstance(s, Finished)]
    assert last.said is not None and len(last.said.sentences) == 12
