from __future__ import annotations

import logging

import pytest

from assistant.answer import Citation
from assistant.texts import texts_for
from errors import ArticleUnknown
from tests.fake_app import Context, FakeAssistant
from web.conversation import TURNS_KEPT, Conversation, answered_turn, waiting_turn

SECRET = "kanariefågel 850709-9805"


def _ask(assistant: FakeAssistant, *questions: str) -> Conversation:
    conversation = Conversation()
    for question in questions:
        conversation = conversation.with_turn(answered_turn(assistant, question, conversation, "sv"))
    return conversation


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


def test_waiting_turn_shows_the_question_and_leaves_no_trace_in_the_history() -> None:
    waiting = Conversation().with_turn(waiting_turn("Hjälper <b>magnesium</b>?", Conversation(), "sv"))
    assert "&lt;b&gt;magnesium" in waiting.turns[0].asked
    assert waiting.history == ()


def test_follow_ups_are_those_of_the_last_reply() -> None:
    assistant = FakeAssistant()
    assert len(_ask(assistant, "Hjälper magnesium?").follow_ups) == 3
    assert _ask(assistant, "Hjälper magnesium?", "Jag har ont i bröstet").follow_ups == ()


def test_conversation_stays_bounded_and_its_ids_go_on() -> None:
    conversation = _ask(FakeAssistant(), *(["hej"] * (TURNS_KEPT + 3)))
    assert len(conversation.turns) == TURNS_KEPT
    assert conversation.turns[-1].number == TURNS_KEPT + 3
