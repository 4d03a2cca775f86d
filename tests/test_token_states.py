from __future__ import annotations

import numpy as np

from corpus.sentence_transformer import SentenceTransformerEmbedder
from corpus.token_states import DEPTHS, TokenStates

TEXT = "Järn (Fe) bär syre i blodet."


def test_each_token_knows_where_it_stands_in_the_text(embedder: SentenceTransformerEmbedder) -> None:
    (tokens,) = TokenStates(embedder).of([TEXT])
    pieces = [TEXT[start:end] for start, end in tokens.spans]
    assert "".join(pieces).replace(" ", "") == TEXT.replace(" ", "")
    assert tokens.states.shape == (len(tokens.ids), len(DEPTHS), 384)


def test_a_text_alone_and_among_longer_ones_is_the_same(embedder: SentenceTransformerEmbedder) -> None:
    alone = TokenStates(embedder).of([TEXT])[0]
    among = TokenStates(embedder).of(["Kort.", TEXT, "En betydligt längre mening om järn, syre och blod i kroppen."])[1]
    assert alone.ids.tolist() == among.ids.tolist()
    assert np.abs(alone.states.astype(np.float32) - among.states.astype(np.float32)).max() < 0.6
    norms = [np.linalg.norm(each.states.astype(np.float32)) for each in (alone, among)]
    assert abs(norms[0] - norms[1]) < 0.01 * norms[0]


def test_what_was_passed_once_is_remembered(embedder: SentenceTransformerEmbedder) -> None:
    states = TokenStates(embedder)
    assert states.of([TEXT])[0] is states.of([TEXT, "Annat."])[0]


def test_a_very_long_text_is_cut_off(embedder: SentenceTransformerEmbedder) -> None:
    assert len(TokenStates(embedder).of(["järn " * 2000])[0].ids) <= 256
