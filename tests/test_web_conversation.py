from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from assistant.answer import Answer, Citation
from assistant.progress import Progress
from assistant.texts import texts_for
from corpus.article import LANGUAGES, Language
from errors import ArticleUnknown
from tests.fake_app import INSIDE, OUTSIDE, WRITTEN, Context, FakeAssistant
from web.conversation import TURNS_KEPT, Conversation, Turn, growing_turn

SECRET = "kanariefågel 850709-9805"


def _ask(assistant: FakeAssistant, *questions: str) -> Conversation:
    conversation = Conversation()
    for question in questions:
        *_, last = growing_turn(assistant, question, conversation, "sv")
        conversation = conversation.with_turn(last)
    return conversation


def _grown(assistant: FakeAssistant, question: str = "Hjälper magnesium?", language: Language = "sv") -> list[Turn]:
    return list(growing_turn(assistant, question, Conversation(), language))


def _told(turn: Turn) -> str:
    """The HTML of the sentences, as far as something is in it: what closes elements at its end is left out."""
    found = re.search(r'<div class="said-by-articles">(.*?)</div>', turn.reply)
    assert found is not None
    return re.sub(r"(\s|</\w+>)+$", "", found[1])


def test_history_is_the_visitors_own_answered_messages_oldest_first() -> None:
    assistant = FakeAssistant()
    _ask(assistant, "Hjälper magnesium?", "   ", "index", "Vad kan det göra?", "Och mer?")
    assert assistant.asked[-1] == ("Och mer?", ("Hjälper magnesium?", "Vad kan det göra?"))


def test_refused_message_is_explained_and_given_back() -> None:
    long = "x" * 4001
    conversation = _ask(FakeAssistant(), long)
    assert conversation.turns[0].give_back == long
    assert "4 000" in conversation.turns[0].reply
    assert conversation.turns[0].asked == ""
    assert conversation.history == ()


@pytest.mark.parametrize("trouble", ["index", "krasch"])
def test_any_failure_shows_where_to_turn_and_logs_no_word_of_the_visitor(
    trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        conversation = _ask(FakeAssistant(), f"{trouble} {SECRET}")
    reply = conversation.turns[0].reply
    assert 'href="tel:112"' in reply
    assert 'href="tel:1177"' in reply
    assert "krasch" not in reply
    assert caplog.records
    assert SECRET not in caplog.text


def test_ordinary_conversation_logs_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        _ask(FakeAssistant(), f"Hjälper magnesium? {SECRET}", SECRET)
    assert caplog.records == []


def test_quote_is_still_shown_when_its_article_can_no_longer_be_read() -> None:
    class Forgetful(FakeAssistant):
        def passage_context(self, citation: Citation) -> Context:
            raise ArticleUnknown(f"No article {citation.article_id}.")

    reply = _ask(Forgetful(), "Hjälper magnesium?").turns[0].reply
    assert reply.count("<mark") == 3


def test_labels_of_a_reply_follow_its_own_language_not_the_interfaces() -> None:
    reply = _ask(FakeAssistant(), "Will magnesium help me sleep?").turns[0].reply
    assert f"<h2>{texts_for('en').sources}</h2>" in reply


def test_ids_of_two_replies_differ() -> None:
    conversation = _ask(FakeAssistant(), "Hjälper magnesium?", "Hjälper magnesium?")
    assert 'id="t1-c1"' in conversation.turns[0].reply
    assert 'id="t2-c1"' in conversation.turns[1].reply


def test_question_is_shown_at_once_and_only_a_turn_that_is_done_counts_as_history() -> None:
    turns = _grown(FakeAssistant(writer=INSIDE), "Hjälper <b>magnesium</b>?")
    assert "&lt;b&gt;magnesium" in turns[0].asked
    assert [turn.question is not None for turn in turns] == [turn.stage == "done" for turn in turns]
    assert len({turn.number for turn in turns}) == 1


@pytest.mark.parametrize(
    ("language", "one", "three"), [("sv", "en artikel", "3 artiklar"), ("en", "one article", "3 articles")]
)
def test_status_counts_the_articles_in_the_visitors_language(language: Language, one: str, three: str) -> None:
    for writer, count in ((None, one), (INSIDE, three)):
        searching, reading, *_ = _grown(FakeAssistant(writer=writer), "magnesium", language)
        assert texts_for(language).searching in searching.reply
        assert count in reading.reply
        assert (searching.stage, reading.stage) == ("searching", "reading")


def test_no_status_line_is_left_over_when_no_article_is_read() -> None:
    assert [turn.stage for turn in _grown(FakeAssistant(writer=INSIDE), "hej")] == ["searching", "done"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_of_an_answer_stays_where_it_is_until_the_last(language: Language) -> None:
    grown = _grown(FakeAssistant(writer=INSIDE), "magnesium", language)
    told = [_told(turn) for turn in grown if turn.stage in ("writing", "done")]
    assert len(told) == 7  # six sentences, one a draft, and the answer
    assert all(later.startswith(earlier) for earlier, later in pairwise(told))
    assert told[0] != told[-1]


def test_drafts_say_that_more_is_coming_and_only_the_answer_brings_the_prompt() -> None:
    *drafts, last = [turn for turn in _grown(FakeAssistant(writer=INSIDE)) if turn.stage in ("writing", "done")]
    for draft in drafts:
        assert texts_for("sv").writing in draft.reply
        assert 'class="prompt"' not in draft.reply
        assert (draft.follow_ups, draft.question) == ((), None)
        assert "<mark" in draft.reply
    assert texts_for("sv").writing not in last.reply
    assert 'class="prompt"' in last.reply
    assert len(last.follow_ups) == 3


def test_agreement_reaches_the_assistant_and_is_not_assumed() -> None:
    assistant = FakeAssistant(writer=OUTSIDE)
    for agreed in (False, True):
        *_, last = growing_turn(assistant, "Hjälper magnesium?", Conversation(), "sv", agreed)
        assert (texts_for("sv").worded_by_model in last.reply) is agreed
    _grown(assistant)
    assert assistant.agreed == [False, True, False]


def test_stopped_answer_ends_with_what_was_written_and_its_prompt() -> None:
    assistant, stop = FakeAssistant(writer=INSIDE), threading.Event()
    last = None
    for last in growing_turn(assistant, "Hjälper magnesium?", Conversation(), "sv", stop=stop):
        if last.stage == "writing":
            stop.set()
    assert last is not None
    assert (last.stage, assistant.ended) == ("done", ["stopped"])
    assert WRITTEN["sv"][0] in last.reply
    assert WRITTEN["sv"][3] not in last.reply
    assert 'class="prompt"' in last.reply


def test_closing_ends_the_assistants_work_at_once() -> None:
    class Held(FakeAssistant):
        def stream(self, *args: Any, **named: Any) -> Iterator[Progress | Answer]:
            self.steps = super().stream(*args, **named)  # so that it is not closed by being forgotten
            return self.steps

    assistant = Held(writer=INSIDE)
    turns = growing_turn(assistant, "Hjälper magnesium?", Conversation(), "sv")
    assert next(turn.stage for turn in turns if turn.stage == "writing")
    turns.close()
    assert assistant.ended == ["closed"]


def test_failure_in_the_middle_takes_nothing_away(caplog: pytest.LogCaptureFixture) -> None:
    *_, draft, last = _grown(FakeAssistant(writer=INSIDE), f"Hjälper magnesium? halv {SECRET}")
    assert (draft.stage, last.stage) == ("writing", "done")
    assert _told(last) == _told(draft)
    assert texts_for("sv").error_unfinished in last.reply
    assert texts_for("sv").writing not in last.reply
    assert "No answer" in caplog.text
    assert SECRET not in caplog.text


def test_follow_ups_are_those_of_the_last_reply() -> None:
    assistant = FakeAssistant()
    assert len(_ask(assistant, "Hjälper magnesium?").follow_ups) == 3
    assert _ask(assistant, "Hjälper magnesium?", "Jag har ont i bröstet").follow_ups == ()


def test_offered_questions_have_not_been_asked_and_their_failure_takes_nothing_away(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Offering(FakeAssistant):
        def follow_ups(self, answer: Answer) -> tuple[str, ...]:
            if "brister" in answer.question:
                raise ValueError(f"broke on {SECRET}")
            return ("Hjälper magnesium?", "Och mer?", "Något nytt?")

    assert _ask(Offering(), "Hjälper magnesium?", "Och mer?").follow_ups == ("Något nytt?",)
    *_, last = _grown(Offering(), "Hjälper magnesium? brister")
    assert (last.stage, last.follow_ups, last.question is not None) == ("done", (), True)
    assert "follow-ups" in caplog.text
    assert SECRET not in caplog.text


def test_whole_reply_is_shown_before_anything_is_offered() -> None:
    *_, answered, done = _grown(FakeAssistant())
    assert (answered.stage, answered.reply, answered.follow_ups) == ("answered", done.reply, ())
    assert len(done.follow_ups) == 3


@pytest.mark.parametrize(
    ("question", "acts", "again"),
    [
        ("Hjälper magnesium?", True, True),
        ("Hur många mg ska jag ta?", True, True),
        ("Jag har ont i bröstet", False, False),
        ("hej", False, False),
        ("index", False, True),
        ("x" * 4001, False, False),
    ],
)
def test_which_replies_can_be_copied_judged_and_tried_again(question: str, acts: bool, again: bool) -> None:
    *_, turn = growing_turn(FakeAssistant(), question, Conversation(), "sv", rates=True)
    assert (turn.acts_in is not None, turn.about is not None, bool(turn.again)) == (acts, acts, again)


def test_verdict_is_about_the_answer_and_its_articles() -> None:
    *_, turn = growing_turn(FakeAssistant(), "Hjälper magnesium?", Conversation(), "sv", rates=True)
    assert turn.about is not None
    assert (turn.about.question, turn.about.kind, turn.about.articles) == (
        "Hjälper magnesium?",
        "answer",
        ("magnesium-sv",),
    )
    *_, other = growing_turn(FakeAssistant(), "Hjälper magnesium? \ud800", Conversation(), "sv", rates=True)
    assert other.about is None
    assert _grown(FakeAssistant())[-1].about is None


def test_conversation_stays_bounded_and_its_ids_go_on() -> None:
    conversation = _ask(FakeAssistant(), *(["hej"] * (TURNS_KEPT + 3)))
    assert len(conversation.turns) == TURNS_KEPT
    assert conversation.turns[-1].number == TURNS_KEPT + 3
