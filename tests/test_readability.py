"""Readability's sums, worked out by hand."""

from __future__ import annotations

import pytest

from evals.readability import readability, syllables_in


def test_lix_is_the_sentence_length_and_the_share_of_long_words() -> None:
    # 8 words in 2 sentences, 2 of them longer than six letters: 8 / 2 + 100 * 2 / 8.
    assert readability("Magnesium finns i mat. Kroppen lagrar det väl.", "sv") == 29.0


def test_six_letters_are_not_yet_long() -> None:
    # "sömnen" has six letters, "trötthet" eight: 3 / 1 + 100 * 1 / 3.
    assert readability("sömnen ger trötthet", "sv") == 36.3


def test_flesch_counts_syllables() -> None:
    # 6 words and 7 syllables (i-ron) in 2 sentences: 206.835 - 1.015 * 3 - 84.6 * 7 / 6.
    assert readability("The iron is low. Eat meat.", "en") == 105.1


def test_a_figure_is_no_word_and_its_point_ends_no_sentence() -> None:
    # 3 words, 1 sentence, none long: 3 / 1 + 0.
    assert readability("under 3.5 är lågt", "sv") == 3.0


def test_each_item_of_a_list_is_a_sentence() -> None:
    # 4 words in 4 lines, one of them long: 4 / 4 + 100 * 1 / 4.
    assert readability("Tecken:\ntrötthet\nfrusen\nyr\n", "sv") == 26.0


@pytest.mark.parametrize("text", ["", "12, 3.5", "...\n"])
def test_a_text_without_words_is_not_scored(text: str) -> None:
    assert readability(text, "sv") is None
    assert readability(text, "en") is None


@pytest.mark.parametrize(
    ("word", "syllables"), [("the", 1), ("make", 1), ("pale", 1), ("table", 2), ("vitamin", 3), ("iron", 2), ("hm", 1)]
)
def test_a_last_silent_e_is_not_spoken(word: str, syllables: int) -> None:
    assert syllables_in(word) == syllables
