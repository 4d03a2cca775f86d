"""How much of a title a query names: sums that can be done by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpus.titles import TitleIndex

TITLES = ["Iron", "Iron", "Zinc"]
TEXTS = ["iron meat", "iron blood", "zinc nuts"]


@pytest.fixture
def titles() -> TitleIndex:
    return TitleIndex.build(TITLES, TEXTS)


def test_a_title_named_whole_is_one_in_each_of_its_rows(titles: TitleIndex) -> None:
    np.testing.assert_allclose(titles.scores("how much iron"), [1, 1, 0])
    np.testing.assert_allclose(titles.scores("iron and ZINC"), [1, 1, 1])


def test_a_title_named_in_part_is_the_share_of_its_grams(titles: TitleIndex) -> None:
    # "_iron_" is the grams "_iron" and "iron_", equally rare; "irony" has only the first of them.
    np.testing.assert_allclose(titles.scores("irony"), [0.5, 0.5, 0])


def test_rare_grams_of_a_title_weigh_more() -> None:
    texts = ["iron zinc", *["iron"] * 9]
    # "iron" stands in 10 of 10 texts: ln(1 + 0.5 / 10.5); "zinc" in 1: ln(1 + 9.5 / 1.5). Two grams each.
    common, rare = np.log(1 + 0.5 / 10.5), np.log(1 + 9.5 / 1.5)
    scores = TitleIndex.build(["Iron zinc"] * 10, texts).scores("zinc")
    np.testing.assert_allclose(scores, np.full(10, rare / (common + rare)), rtol=1e-5)


@pytest.mark.parametrize("query", ["", "?", "copper"])
def test_nothing_named_is_zero(titles: TitleIndex, query: str) -> None:
    assert titles.scores(query).tolist() == [0, 0, 0]


def test_what_is_saved_is_what_is_opened(titles: TitleIndex, tmp_path: Path) -> None:
    titles.save(tmp_path / "titles")
    opened = TitleIndex.open(tmp_path / "titles")
    np.testing.assert_array_equal(opened.scores("irony zinc"), titles.scores("irony zinc"))


def test_a_title_without_words_is_never_named() -> None:
    assert TitleIndex.build(["?!", "Iron"], ["?!", "iron"]).scores("iron").tolist() == [0, 1]
