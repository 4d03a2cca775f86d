"""Words and 5-grams: the scores can be done by hand, and never leave 0 to 1."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.lexical import LexicalIndex, character_grams, stems, words_of

TEXTS = ["iron iron", "magnesium sleep", "iron magnesium"]


@pytest.fixture(scope="module")
def three() -> LexicalIndex:
    return LexicalIndex.build(TEXTS, "en")


def test_scores_can_be_worked_out_by_hand(three: LexicalIndex) -> None:
    # With k1 = 1.2 and b = 0.75 a passage reaches tf / (tf + 1.2 (0.25 + 0.75 length / mean length)) of the best.
    # Stems: "iron iron" is 2 words long, the mean is 2: 2 / (2 + 1.2). "iron magnesium": 1 / (1 + 1.2).
    # 5-grams: "iron" has 2, "magnesium" 7, "sleep" 3, so the lengths are 4, 10 and 9, their mean 23 / 3.
    stem = [2 / 3.2, 0, 1 / 2.2]
    gram = [2 / (2 + 1.2 * (0.25 + 0.75 * 12 / 23)), 0, 1 / (1 + 1.2 * (0.25 + 0.75 * 27 / 23))]
    np.testing.assert_allclose(three.scores("iron"), (np.array(stem) + gram) / 2, rtol=1e-5)


def test_a_word_said_three_times_is_worth_no_more_than_once(three: LexicalIndex) -> None:
    np.testing.assert_allclose(three.scores("iron iron iron"), three.scores("iron"), rtol=1e-5)


def test_a_word_no_passage_has_takes_from_the_score_of_the_others(three: LexicalIndex) -> None:
    assert 0 < three.scores("iron unicorn")[0] < three.scores("iron")[0]


def test_nothing_in_common_is_exactly_zero(three: LexicalIndex) -> None:
    assert three.scores("xyz").tolist() == [0, 0, 0]
    assert three.scores("").tolist() == [0, 0, 0]
    assert three.scores("?!").tolist() == [0, 0, 0]


@given(st.text(alphabet="aeinors mgåäö-/5", max_size=60))
def test_scores_stay_from_0_to_1_whatever_is_asked(query: str) -> None:
    index = LexicalIndex.build(["iron iron sömn", "magnesium sömnproblem", "iron 25-oh-d"], "sv")
    scores = index.scores(query)
    assert scores.min() >= 0
    assert scores.max() < 1


def test_the_same_text_twice_has_the_same_score() -> None:
    scores = LexicalIndex.build([*TEXTS, TEXTS[0]], "en").scores("how much iron")
    assert scores[0] == scores[3] > 0


def test_a_score_does_not_fall_because_the_corpus_grew() -> None:
    """Both are about a third to two thirds of the best, though one corpus is a hundred times the other."""
    small = LexicalIndex.build(TEXTS, "en").scores("iron")[0]
    large = LexicalIndex.build([*TEXTS, *["magnesium sleep"] * 300], "en").scores("iron")[0]
    assert abs(small - large) < 0.1


def test_a_laboratory_name_is_kept_whole_and_in_its_parts() -> None:
    assert words_of("25-OH-D, S-TPO") == ["25-oh-d", "25", "oh", "d", "s-tpo", "s", "tpo"]


@pytest.mark.parametrize("name", ["25-OH-D", "B12", "S-TPO", "HbA1c", "25-oh-d"])
def test_a_laboratory_name_finds_its_passage(name: str) -> None:
    texts = ["Provet 25-OH-D visar", "Provet B12 visar", "Provet S-TPO visar", "Provet HbA1c visar", "Provet D visar"]
    scores = LexicalIndex.build(texts, "sv").scores(name)
    assert texts[int(np.argmax(scores))].split()[1].casefold() == name.casefold()


def test_inflections_share_a_stem_and_compounds_share_grams() -> None:
    tokenise = stems("sv")
    assert tokenise("sömnproblemen") == tokenise("sömnproblem")
    index = LexicalIndex.build(["sömnproblem", "kolesterol"], "sv")
    assert index.scores("problem med sömnen")[0] > 0


def test_grams_mark_the_edges_of_words_and_keep_short_words_whole() -> None:
    assert character_grams("Sova ab") == ["_sova", "sova_", "_ab_"]


def test_coverage_is_the_share_of_the_querys_words_weighted_by_rarity(three: LexicalIndex) -> None:
    assert three.coverage("iron magnesium", "magnesium and iron") == pytest.approx(1)
    # "iron" and "magnesium" each stand in two of three passages, so they weigh the same.
    assert three.coverage("iron magnesium", "only iron") == pytest.approx(0.5)
    assert three.coverage("", "iron") == 0


def test_what_is_saved_is_what_is_opened(tmp_path: Path, three: LexicalIndex) -> None:
    three.save(tmp_path)
    opened = LexicalIndex.open(tmp_path, "en")
    np.testing.assert_array_equal(opened.scores("iron sleep"), three.scores("iron sleep"))
    assert opened.vocabulary == {"iron": 3, "magnesium": 2, "sleep": 1}
