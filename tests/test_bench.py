"""The benchmark's own sums: bars, medians in turns, and text that is enough and differs."""

from __future__ import annotations

import numpy as np
import pytest

from corpus.split import split_article
from evals.bench.growth import Shifted
from evals.bench.measure import Line, in_turns
from evals.bench.report import as_row
from evals.bench.texts import of_length, repeated
from tests.fakes import WordEmbedder, make_article

ARTICLE = make_article("iron", ["Iron is a mineral. It is in meat.", "Lentils have iron too."], title="Iron")


@pytest.mark.parametrize(
    ("ratio", "least", "most", "holds"),
    [(3.0, 3.0, None, True), (2.9, 3.0, None, False), (1.1, None, 1.15, True), (1.2, None, 1.15, False)],
)
def test_a_bar_holds_at_its_very_edge(ratio: float, least: float | None, most: float | None, holds: bool) -> None:
    line = Line(what="x", measured="y", ratio=ratio, least=least, most=most)
    assert line.holds is holds
    assert ("yes" if holds else "NO") in as_row(line)


def test_without_a_bar_there_is_no_verdict() -> None:
    assert Line(what="x", measured="y", ratio=2.0).holds is None


def test_works_are_run_in_turns_and_each_gets_its_median() -> None:
    order: list[str] = []
    times = in_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 3)
    assert order == ["a", "b"] * 3
    assert set(times) == {"a", "b"}


def test_copies_fill_the_size_with_ids_and_titles_of_their_own() -> None:
    """The article is two passages or one; five passages need copies until they are there."""
    each = len(split_article(ARTICLE))
    copies = list(repeated([ARTICLE], 5))
    assert len(copies) == -(-5 // each)
    assert len({copy.id for copy in copies}) == len({copy.title for copy in copies}) == len(copies)


def test_texts_are_cut_to_length_from_the_passages() -> None:
    texts = of_length(split_article(ARTICLE), 40, 7)
    assert len(texts) == 7
    assert all(40 <= len(text) < 60 for text in texts)


def test_copies_are_embedded_once_and_moved_apart_a_little() -> None:
    inner = WordEmbedder()
    vectors = Shifted(inner).embed_passages(["Iron 0\nmeat", "Iron 1\nmeat", "Zinc 0\nnuts"])
    assert len(inner.embedded) == 2
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1])
    assert 0.98 < float(vectors[0] @ vectors[1]) < 0.9999
