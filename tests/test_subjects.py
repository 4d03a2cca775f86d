"""Finding what a question is about, in both languages and whatever the visitor calls it."""

from __future__ import annotations

import pytest

from assistant.subjects import mentions, subject_words


def _named(text: str) -> list[str]:
    return [mention.subject for mention in mentions(text)]


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("Hjälper magnesium mot sömnproblem?", ["magnesium", "sleep"]),
        ("magnesiumbrist", ["magnesium"]),
        ("behöver jag d vitamin", ["vitamin-d"]),
        ("Which foods contain vitamin D?", ["vitamin-d"]),
        ("Vad visar 25-OH-D?", ["vitamin-d"]),
        ("har man fettlever", ["liver"]),
        ("ferritin and haemoglobin", ["ferritin", "hemoglobin"]),
        ("kolesterol eller blodfetter", ["cholesterol", "cholesterol"]),
        ("do I need to fast before it", ["blood-test"]),
        ("", []),
    ],
)
def test_subjects_are_found_in_order_by_any_of_their_names(text: str, subjects: list[str]) -> None:
    assert _named(text) == subjects


@pytest.mark.parametrize(
    "text",
    [
        "hur kan jag sänka mitt blodtryck",  # "sänka" is a verb, "sänkan" the test
        "trött fast jag sover",  # "fast" means although
        "a fast car",
        "järnväg",
        "environment",  # holds "iron"
        "deliver",  # holds "liver"
    ],
)
def test_words_that_only_look_like_a_subject_are_none(text: str) -> None:
    assert not {"inflammation", "blood-test", "iron", "liver"} & set(_named(text))


def test_the_longest_of_overlapping_names_counts_and_says_where_it_stands() -> None:
    (mention,) = mentions("vitamin b12 då")
    assert (mention.subject, mention.words, mention.start, mention.end) == ("b12", "vitamin b12", 0, 11)


def test_words_for_the_speller_are_single_words_of_letters() -> None:
    words = subject_words()
    assert "magnesium" in words and "kolesterol" in words
    assert all(word.isalpha() for word in words)
