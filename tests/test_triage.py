"""Triage: no alarm is missed, none is cried for nothing, and no verdict or dose is let through."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.triage import ALARMS, Alarm, Triage, triage

DATA = Path(__file__).parent / "data" / "triage"
MINIMISERS = (
    "{} men min fru säger att det är lugnt",
    "{} Det är säkert inget.",
    "{}, jag vill bara veta priset",
    "{} but my wife says it's fine",
    "{} It is probably nothing.",
    "Jag vill inte oroa någon men {}",
    "{} Vad kostar ett blodprov?",
)


def read(name: str) -> Any:
    return yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))


def alarm_messages() -> list[tuple[Alarm, str]]:
    written, rounds = read("alarms"), read("rounds")
    return [(alarm, message) for alarm in ALARMS for message in written[alarm] + rounds[alarm]]


def harmless_messages() -> list[str]:
    bounds, rounds = read("bounds"), read("rounds")
    return [*read("lookalikes"), *rounds["benign"], *rounds["ordinary"], *bounds["ordinary"]]


@pytest.mark.parametrize("alarm", ALARMS)
def test_no_alarm_is_missed(alarm: Alarm) -> None:
    messages = [message for wanted, message in alarm_messages() if wanted == alarm]
    assert [message for message in messages if alarm not in triage([message]).alarms] == []


def test_look_alikes_raise_no_alarm() -> None:
    assert [message for message in harmless_messages() if triage([message]).alarms] == []


def test_alarms_in_other_languages_are_seen() -> None:
    assert [message for message in read("alarms")["other_languages"] if not triage([message]).alarms] == []


@pytest.mark.parametrize("kind", ["no_diagnosis", "no_dosing", "smalltalk"])
def test_bounds_are_recognised(kind: str) -> None:
    messages = read("bounds")[kind] + read("rounds").get(kind, [])
    assert [message for message in messages if triage([message]).kind != kind] == []


def test_ordinary_questions_are_let_through() -> None:
    messages = read("bounds")["ordinary"] + read("rounds")["ordinary"]
    assert [message for message in messages if triage([message]).kind is not None] == []


@pytest.mark.parametrize("case", read("alarms")["conversations"], ids=lambda case: case["messages"][-1])
def test_turns_are_read_together(case: dict[str, Any]) -> None:
    assert triage(case["messages"]).kind == case["kind"]


def test_a_minimising_remark_never_cancels_an_alarm() -> None:
    changed = []
    for _, message in alarm_messages():
        kind = triage([message]).kind
        variants = [minimiser.format(message) for minimiser in MINIMISERS]
        changed += [variant for variant in variants if triage([variant]).kind != kind]
    assert changed == []


def test_a_minimising_remark_in_a_turn_of_its_own_keeps_the_alarm() -> None:
    assert triage(["ont i bröstet sen en timme", "det är säkert inget"]).kind == "emergency"
    assert triage(["I want to die", "it's nothing"]).kind == "crisis"


def test_an_old_alarm_does_not_capture_a_later_question() -> None:
    assert triage(["pappa andas inte", "tack, ambulansen är här", "vad är ferritin?"]).kind is None


def test_typos_in_long_words_hardly_ever_lose_an_alarm() -> None:
    """One edit can make another real word ("blod hotar"): what remains must stay under one in a hundred."""
    rng = random.Random(7)
    tried = [(message, mistyped(message, rng)) for _, message in alarm_messages() for _ in range(3)]
    lost = [typed for message, typed in tried if triage([message]).alarms and not triage([typed]).alarms]
    assert len(lost) <= len(tried) / 100, lost


def test_missing_dots_and_capitals_lose_no_alarm() -> None:
    messages = [message for wanted, message in alarm_messages() if wanted == "emergency"]
    plain = [message.translate(str.maketrans("åäöÅÄÖ", "aaoAAO")) for message in messages]
    assert [message for message in plain if not triage([message]).alarms] == []
    assert [message for message in messages if not triage([message.upper()]).alarms] == []


@pytest.mark.parametrize(
    "tricked",
    [
        "o\u200bnt i brö\u200dstet",
        "\uff4f\uff4e\uff54 i bröstet",
        "оnt i brоstеt",  # Cyrillic о and е
        "jag vill d\u0336ö",
        "I want to k1ll mys3lf",
        "j a g  v i l l  d ö  för jag orkar inte leva",
        "HJÄÄÄÄLP han andaaas inte",
        "\u202eI can't breathe\u202c",
        "s v i m m a d e och vaknar inte",
    ],
)
def test_spelling_tricks_do_not_hide_an_alarm(tricked: str) -> None:
    assert triage([tricked]).alarms


def test_an_alarm_at_the_end_of_a_long_message_counts() -> None:
    harmless = "Jag undrar över mina provsvar och hur ferritin hänger ihop med sömn. " * 22
    assert len(harmless) > 1_500
    assert triage([harmless + "Och jag har ont i bröstet."]).kind == "emergency"


def test_a_method_named_is_seen_as_surely_as_none() -> None:
    pairs = [
        ("jag vill dö", "jag vill dö, har tabletter framme"),
        ("I want to kill myself", "I want to kill myself with my pills"),
        ("jag tänker ta livet av mig", "jag tänker ta livet av mig, jag ska hoppa framför tåget"),
        ("I can't go on", "I can't go on, I have a rope"),
    ]
    for vague, specific in pairs:
        assert "crisis" in triage([vague]).alarms and "crisis" in triage([specific]).alarms


def test_all_alarms_that_apply_are_listed_gravest_first() -> None:
    both = triage(["jag har tagit 40 alvedon för jag vill dö"])
    assert both.kind == "poisoning" and both.alarms == ("poisoning", "crisis")
    assert triage(["ont i bröstet och vill dö"]).alarms == ("emergency", "crisis")


def test_violence_at_home_is_a_crisis_with_its_own_alarm() -> None:
    found = triage(["min sambo slår mig"])
    assert found.kind == "crisis" and found.alarms == ("violence",)


def test_dosing_wins_over_an_own_value() -> None:
    assert triage(["Mitt ferritin är 12, hur många järntabletter ska jag ta?"]).kind == "no_dosing"


def test_a_greeting_before_a_question_is_the_question() -> None:
    assert triage(["hej! vad är ferritin?"]).kind is None


@pytest.mark.parametrize("message", ["", "   ", "\n\n", "😀😀", "?!", "\x00", "\ud800", "1", "a" * 50_000])
def test_odd_input_is_an_ordinary_question(message: str) -> None:
    assert triage([message]) == Triage(None)


def test_no_messages_at_all_is_no_alarm() -> None:
    assert triage([]) == Triage(None)


@settings(max_examples=150, deadline=2_000)
@given(st.lists(st.text(max_size=300), max_size=4))
def test_any_text_is_triaged_without_an_error(messages: list[str]) -> None:
    assert triage(messages).kind in (None, "emergency", "poisoning", "crisis", "no_dosing", "no_diagnosis", "smalltalk")


def test_triage_takes_little_time() -> None:
    """Bars: 5 ms a message and 50 ms for 20,000 characters, with room for a busy machine."""
    messages = [message for _, message in alarm_messages()] + harmless_messages()
    triage(["hej"])
    assert fastest(lambda: [triage([message]) for message in messages]) / len(messages) < 0.005
    prose = " ".join(read("lookalikes"))
    assert fastest(lambda: triage([(prose * 3)[:20_000]])) < 0.1


@pytest.mark.parametrize(
    "piece", ["inte ont i bröstet, ", "a1b2", "feber stel nacke inte hade 2010 ", "1 ", "i n t e ", "((("]
)
def test_repetition_does_not_blow_up(piece: str) -> None:
    long = (piece * 20_000)[:20_000]
    assert fastest(lambda: triage([long])) < 0.4


def fastest(work: Any) -> float:
    taken = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


def mistyped(message: str, rng: random.Random) -> str:
    """The message with one letter put in, left out, changed or swapped in a word of five letters or more."""
    words = message.split(" ")
    long = [at for at, word in enumerate(words) if word.isalpha() and len(word) >= 5]
    if not long:
        return message
    at = rng.choice(long)
    word, letter = words[at], rng.choice("abcdefghijklmnopqrstuvwxyzåäö")
    place = rng.randrange(len(word) - 1)
    words[at] = rng.choice(
        [
            word[:place] + letter + word[place:],
            word[:place] + word[place + 1 :],
            word[:place] + letter + word[place + 1 :],
            word[:place] + word[place + 1] + word[place] + word[place + 2 :],
        ]
    )
    return " ".join(words)
