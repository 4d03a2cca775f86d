"""Conversations by tab: one's own comes back after a reload, nobody else's ever, and all are forgotten in time."""

from __future__ import annotations

import threading
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest

from assistant.feedback import Feedback
from assistant.texts import texts_for
from tests.fake_app import prose
from web import tabs as module
from web.conversation import Conversation, Turn
from web.render import render_answer
from web.tabs import CLOSED_SECONDS, KEPT_SECONDS, TURN_BYTES, Tabs

TAB, OTHER = "a" * 32, "b" * 32
ABOUT = Feedback(question="q", language="sv", kind="answer", evidence="sufficient")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def said(*questions: str, about: Feedback | None = None) -> Conversation:
    turns = (Turn(n, question, "", "", about=about) for n, question in enumerate(questions, start=1))
    return Conversation(tuple(turns))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def tabs(clock: Clock) -> Tabs:
    return Tabs(clock)


def test_new_page_in_the_same_tab_goes_on_in_the_language_last_chosen(tabs: Tabs) -> None:
    assert tabs.join("page-1", TAB) is None
    tabs.keep("page-1", said("one"), "sv")
    tabs.speak("page-1", "en")
    assert tabs.join("page-2", TAB) == (said("one"), "en")
    tabs.keep("page-2", said("one", "two"), "en")
    assert tabs.of("page-1") == tabs.of("page-2") == said("one", "two")


def test_pages_and_tabs_never_mix(tabs: Tabs) -> None:
    tabs.keep("page-1", said("mine"), "sv")
    tabs.join("page-2", TAB)
    tabs.keep("page-2", said("yours"), "sv")
    assert (tabs.of("page-1"), tabs.of("page-2"), tabs.of("page-3")) == (said("mine"), said("yours"), Conversation())
    assert tabs.join("page-3", OTHER) is None


@pytest.mark.parametrize("wrong", ["", "page-1", "page page-1", TAB[:-1], TAB.upper(), TAB + "\n", "*" * 32])
def test_what_is_no_tabs_id_opens_nothing(tabs: Tabs, wrong: str) -> None:
    tabs.keep("page-1", said("mine"), "sv")
    assert tabs.join("page-2", wrong) is None
    assert tabs.of("page-2") == Conversation()


def test_what_was_asked_before_the_tab_was_known_stays(tabs: Tabs) -> None:
    tabs.keep("page-1", said("early"), "sv")
    assert tabs.join("page-1", TAB) is None
    assert tabs.of("page-1") == said("early")
    assert tabs.join("page-2", TAB) == (said("early"), "sv")


def test_page_that_nobody_remembers_is_in_the_tab_that_it_says(tabs: Tabs, clock: Clock) -> None:
    tabs.join("page-1", TAB)
    clock.now += KEPT_SECONDS + 1  # left open
    assert tabs.of("page-1", TAB) == Conversation()
    tabs.keep("page-1", said("one"), "sv")
    assert (tabs.join("page-2", TAB), tabs.join("page-3", OTHER)) == ((said("one"), "sv"), None)
    assert tabs.of("page-1", OTHER) == said("one"), "a page that is known is in its own tab, whatever it says"


def test_pages_are_bounded_in_number(clock: Clock) -> None:
    tabs = Tabs(clock, most_pages=2)
    for n in (1, 2, 3):
        tabs.join(f"page-{n}", str(n) * 32)
        tabs.keep(f"page-{n}", said(str(n)), "sv")
    assert [tabs.of(f"page-{n}") for n in (1, 2, 3)] == [Conversation(), said("2"), said("3")]
    assert tabs.of("page-1", "1" * 32) == said("1")


def test_starting_over_forgets_at_once(tabs: Tabs) -> None:
    tabs.join("page-1", TAB)
    tabs.keep("page-1", said("one"), "sv")
    tabs.keep("page-1", Conversation(), "sv")
    assert (len(tabs), tabs.join("page-2", TAB)) == (0, None)


@pytest.mark.parametrize(
    ("after", "seconds"), [(lambda tabs: None, KEPT_SECONDS), (lambda tabs: tabs.close("page-1"), CLOSED_SECONDS)]
)
def test_conversations_are_forgotten_in_time(
    tabs: Tabs, clock: Clock, after: Callable[[Tabs], None], seconds: int
) -> None:
    tabs.join("page-1", TAB)
    tabs.keep("page-1", said("one"), "sv")
    after(tabs)
    clock.now += seconds - 1
    assert tabs.of("page-1") == said("one")
    clock.now += 1
    assert (tabs.of("page-1"), len(tabs)) == (Conversation(), 0)


def test_they_are_forgotten_also_when_nobody_comes_any_more(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SWEEP_SECONDS", 0.01)
    tabs = Tabs(clock)
    tabs.keep("page-1", said("one"), "sv")
    clock.now += KEPT_SECONDS
    for _ in range(500):
        if not len(tabs):
            break
        threading.Event().wait(0.01)
    assert len(tabs) == 0


def long(*letters: int, reply: str = "x") -> Conversation:
    """One turn for each number, its reply so many letters long."""
    return Conversation(tuple(Turn(n, None, "", reply * count) for n, count in enumerate(letters, start=1)))


def test_the_longest_untouched_goes_when_their_text_grows_too_large(clock: Clock) -> None:
    tabs = Tabs(clock, most_bytes=3 * TURN_BYTES + 600)
    tabs.keep("page-1", long(300), "sv")
    tabs.keep("page-2", long(200), "sv")
    tabs.keep("page-1", long(300), "sv")
    tabs.keep("page-3", long(100), "sv")  # 3 turns, 300 + 200 + 100 letters: just what there is room for
    assert [len(tabs.of(page).turns) for page in ("page-1", "page-2", "page-3")] == [1, 1, 1]
    tabs.keep("page-3", long(101), "sv")
    assert [len(tabs.of(page).turns) for page in ("page-1", "page-2", "page-3")] == [1, 0, 1]


def test_few_long_turns_count_as_much_as_many_short_ones(clock: Clock) -> None:
    tabs = Tabs(clock, most_bytes=10 * TURN_BYTES)
    tabs.keep("short", long(0, 0, 0, 0), "sv")  # 4,000
    tabs.keep("long", long(5 * TURN_BYTES), "sv")  # 1,000 and 5,000
    assert (len(tabs.of("short").turns), len(tabs.of("long").turns)) == (4, 1)
    tabs.keep("one more", long(0), "sv")
    assert (len(tabs.of("short").turns), len(tabs.of("long").turns)) == (0, 1)


@pytest.mark.parametrize(("letter", "most"), [("x", 100), ("ö", 50), ("\N{EN DASH}", 33), ("\N{PILE OF POO}", 25)])
def test_text_counts_as_the_bytes_it_is_kept_in(clock: Clock, letter: str, most: int) -> None:
    tabs = Tabs(clock, most_bytes=TURN_BYTES + 100)
    tabs.keep("page", long(most, reply=letter), "sv")
    assert tabs.of("page").turns[0].reply == letter * most
    tabs.keep("page", long(most + 1, reply=letter), "sv")
    assert tabs.of("page") == Conversation()


def test_everything_said_comes_back_as_it_was_but_for_what_was_given_back(tabs: Tabs) -> None:
    whole = Turn(1, "q", "<p>q \ud800</p>", "<p>r \N{EN DASH}</p>", ("f",), again="q", acts_in="en", about=ABOUT)
    refused = Turn(2, None, "", "<p>no</p>", give_back="much " * 9_000)
    tabs.keep("page", Conversation((whole, refused)), "sv")
    assert tabs.of("page").turns == (whole, replace(refused, give_back=""))


def test_what_is_kept_takes_little_more_memory_than_its_size(clock: Clock) -> None:
    answer = prose("sv")
    reply = render_answer(answer, {}, texts_for("sv"), "t1")
    turns = tuple(Turn(n, "Hjälper magnesium?", "", f"{reply} {n}", again="Hjälper magnesium?") for n in range(50))
    tabs = Tabs(clock)
    tracemalloc.start()
    try:
        tabs.keep("page", Conversation(turns), "sv")
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    counted = 50 * (TURN_BYTES + len(f"{reply} 10 Hjälper magnesium?".encode()))
    assert 0.5 * counted < taken < 1.1 * counted


def test_a_verdict_is_about_a_turn_of_that_tab_and_is_given_once(tabs: Tabs) -> None:
    tabs.join("page-1", TAB)
    tabs.keep("page-1", said("one", "two", about=ABOUT), "sv")
    assert (tabs.to_judge(TAB, 2), tabs.to_judge(TAB, 3), tabs.to_judge(OTHER, 2)) == (ABOUT, None, None)
    assert tabs.to_judge("page-1", 2) is None
    tabs.judged(TAB, 2)
    assert (tabs.to_judge(TAB, 2), tabs.to_judge(TAB, 1)) == (None, ABOUT)
    assert len(tabs.of("page-1").turns) == 2
