"""One language's passages: vectors taken over rightly, scores fused as the formula says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.embedder import Vectors
from corpus.passage import Passage
from corpus.shelf import (
    ACROSS,
    DENSE_SCALE,
    SENTENCE_WEIGHT,
    TITLE_WEIGHT,
    Embedded,
    Shelf,
    embed,
    first_of_same,
    passage_key,
    sentence_in_context,
    texts_to_embed,
    write_shelf,
)
from corpus.split import split_article
from tests.fakes import WordEmbedder, make_article

ARTICLE = make_article(
    "iron",
    [
        "Iron is a mineral. It is in meat.",
        ("heading", "Signs"),
        "Signs are:",
        ("item", "fatigue"),
        ("item", "cold hands"),
        ("heading", "Food"),
        "Lentils and meat.",
        ("heading", "Other"),
        "Zinc is another mineral.",
    ],
    title="Iron",
)
PASSAGES = split_article(ARTICLE)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    made, _ = embed(PASSAGES, WordEmbedder(), {}, None)
    write_shelf(tmp_path / "en", "en", PASSAGES, made)
    return Shelf(tmp_path / "en", "en")


def test_a_list_item_is_embedded_with_its_heading_and_lead_in() -> None:
    signs = PASSAGES[1]
    assert [sentence_in_context(signs, s) for s in signs.sentences] == [
        "Signs\nSigns are:",
        "Signs\nSigns are: fatigue",
        "Signs\nSigns are: cold hands",
    ]


def test_a_sentence_without_a_heading_is_embedded_with_the_title() -> None:
    assert sentence_in_context(PASSAGES[0], PASSAGES[0].sentences[1]) == "Iron\nIt is in meat."


def test_what_is_announced_is_what_is_embedded() -> None:
    embedder = WordEmbedder()
    made, fresh = embed(PASSAGES, embedder, {}, None)
    # Four passages, two of which have more than one sentence: 2 and 3 of them.
    assert len(embedder.embedded) == texts_to_embed(PASSAGES, {}) == 4 + 2 + 3
    assert fresh == 4
    assert made.sentence_counts.tolist() == [2, 3, 0, 0]


def test_known_vectors_are_taken_over_in_the_right_places() -> None:
    everything, _ = embed(PASSAGES, WordEmbedder(), {}, None)
    known = {key: (everything.passages[i], _sentences_of(everything, i)) for i, key in enumerate(everything.keys)}
    del known[everything.keys[1]]
    again, fresh = embed(PASSAGES, WordEmbedder(), known, None)
    assert fresh == 1
    np.testing.assert_array_equal(again.passages, everything.passages)
    np.testing.assert_array_equal(again.sentences, everything.sentences)


def _sentences_of(made: Embedded, row: int) -> Vectors:
    start = int(made.sentence_counts[:row].sum())
    return made.sentences[start : start + made.sentence_counts[row]]


@pytest.mark.parametrize("change", [{"title": "Ferritin"}, {"headings": ("Food",)}, {"text": "Zinc is a metal."}])
def test_the_key_changes_with_everything_that_is_embedded(change: dict[str, object]) -> None:
    assert passage_key(replace(PASSAGES[3], **change)) != passage_key(PASSAGES[3])  # type: ignore[arg-type]


def test_the_key_does_not_change_with_the_place_in_the_article() -> None:
    moved = make_article("other", ["Something before.", ("heading", "Other"), "Zinc is another mineral."], title="Iron")
    assert passage_key(split_article(moved)[1]) == passage_key(PASSAGES[3])


def test_z_is_what_a_scan_over_all_passages_gives(shelf: Shelf) -> None:
    vector = WordEmbedder().embed_query("iron in meat")
    cosines = np.array(shelf.vectors) @ vector
    expected = (cosines - cosines.mean()) / cosines.std()
    np.testing.assert_allclose(shelf.standardise(cosines, vector), expected, rtol=1e-3, atol=1e-4)


def test_the_score_is_z_by_the_scale_plus_the_lexical_share(shelf: Shelf) -> None:
    """No word of the title "Iron" is in the query, so the title adds nothing."""
    vector = WordEmbedder().embed_query("meat")
    scores = shelf.score("meat", "en", vector, np.arange(4))
    np.testing.assert_allclose(scores.fused, scores.z / DENSE_SCALE + scores.lexical, rtol=1e-5)
    np.testing.assert_allclose(scores.lexical, shelf.lexical.scores("meat")[scores.rows])
    assert list(scores.fused) == sorted(scores.fused, reverse=True)


def test_naming_the_title_adds_its_weight(shelf: Shelf) -> None:
    scores = shelf.score("iron", "en", WordEmbedder().embed_query("iron"), np.arange(4))
    added = scores.fused - scores.z / DENSE_SCALE - scores.lexical
    np.testing.assert_allclose(added, TITLE_WEIGHT, rtol=1e-4)


def test_z_is_of_the_passages_cosine_and_its_best_sentences(shelf: Shelf) -> None:
    vector = WordEmbedder().embed_query("iron in meat")
    scores = shelf.score("iron in meat", "en", vector, np.arange(4))
    cosines = np.array(shelf.vectors) @ vector
    best = [shelf.sentence_similarities(row, count, vector).max() for row, count in enumerate((2, 3, 1, 1))]
    mixed = (1 - SENTENCE_WEIGHT) * cosines + SENTENCE_WEIGHT * np.array(best)
    expected = (mixed - cosines.mean()) / cosines.std()
    np.testing.assert_allclose(scores.z, expected[scores.rows], rtol=1e-2, atol=1e-3)


def test_across_languages_grams_and_title_count_half_and_nothing_is_reported_as_shared(shelf: Shelf) -> None:
    """All of "Iron" is named, so the title adds half its weight."""
    scores = shelf.score("iron", "sv", WordEmbedder().embed_query("iron"), np.arange(4))
    assert scores.lexical.tolist() == [0] * 4
    grams = shelf.lexical.gram_scores("iron")[scores.rows]
    assert grams.max() > 0
    expected = scores.z / DENSE_SCALE + ACROSS * (grams + TITLE_WEIGHT)
    np.testing.assert_allclose(scores.fused, expected, rtol=1e-5)


def test_across_languages_health_words_count_by_what_the_other_language_calls_them(shelf: Shelf) -> None:
    """ "järn" shares no 5-gram with the articles: it counts as "iron", in words and in the title "Iron"."""
    scores = shelf.score("järn", "sv", WordEmbedder().embed_query("iron"), np.arange(4))
    words = shelf.lexical.scores("iron")[scores.rows]
    assert words.max() > 0
    expected = scores.z / DENSE_SCALE + ACROSS * (words + TITLE_WEIGHT)
    np.testing.assert_allclose(scores.fused, expected, rtol=1e-5)


def test_a_row_only_the_words_find_is_fused_too(shelf: Shelf) -> None:
    scores = shelf.score("lentils", "en", WordEmbedder().embed_query("zinc"), np.array([3]))
    assert 2 in scores.rows


def test_rows_that_filters_hold_back_are_not_brought_back_by_words(shelf: Shelf) -> None:
    allowed = np.array([True, False, False, True])
    near = shelf.nearest_allowed(WordEmbedder().embed_query("meat"), allowed, 100)
    scores = shelf.score("lentils and meat", "en", WordEmbedder().embed_query("meat"), near, allowed)
    assert sorted(scores.rows) == [0, 3]


def test_with_more_allowed_than_asked_for_the_nearest_come(shelf: Shelf) -> None:
    vector = WordEmbedder().embed_query("lentils and meat")
    assert shelf.nearest_allowed(vector, np.ones(4, dtype=bool), 1).tolist() == [2]


def test_a_passages_sentences_are_compared_one_by_one(shelf: Shelf) -> None:
    vector = WordEmbedder().embed_query("Signs Signs are fatigue")
    similarities = shelf.sentence_similarities(1, 3, vector)
    # "signs" twice, "are" once: 5/√(5·6); with "fatigue": the same words; with "cold hands": 5/√(6·7).
    np.testing.assert_allclose(similarities, [5 / np.sqrt(30), 1, 5 / np.sqrt(42)], atol=2e-3)


def test_a_lone_sentence_has_its_passages_similarity(shelf: Shelf) -> None:
    vector = WordEmbedder().embed_query("zinc")
    np.testing.assert_allclose(shelf.sentence_similarities(3, 1, vector), [shelf.vectors[3] @ vector])


def test_one_passage_alone_has_no_deviation_to_divide_by(tmp_path: Path) -> None:
    passages: list[Passage] = PASSAGES[:1]
    made, _ = embed(passages, WordEmbedder(), {}, None)
    write_shelf(tmp_path / "en", "en", passages, made)
    vector = WordEmbedder().embed_query("iron")
    scores = Shelf(tmp_path / "en", "en").score("iron", "en", vector, np.array([0]))
    assert np.isfinite(scores.fused).all()


def test_passages_that_read_the_same_are_embedded_once_and_all_found(tmp_path: Path) -> None:
    """Rows 0 to 3 are the article's, 4 to 7 the same again: the vector store needs 0 to 3 only."""
    embedder = WordEmbedder()
    made, fresh = embed([*PASSAGES, *PASSAGES], embedder, {}, None)
    assert fresh == 4
    assert len(embedder.embedded) == texts_to_embed([*PASSAGES, *PASSAGES], {}) == 4 + 2 + 3
    assert first_of_same(made.keys).tolist() == [0, 1, 2, 3, 0, 1, 2, 3]
    write_shelf(tmp_path / "en", "en", [*PASSAGES, *PASSAGES], made)
    shelf = Shelf(tmp_path / "en", "en")
    assert shelf.with_twins(np.array([2, 0])).tolist() == [2, 6, 0, 4]
    np.testing.assert_array_equal(shelf.vectors[:4], shelf.vectors[4:])


def test_without_twins_rows_stay_as_they_are(shelf: Shelf) -> None:
    assert shelf.with_twins(np.array([3, 1])).tolist() == [3, 1]
