"""The second look at the best passages: a real CrossEncoder from a folder, and what it may change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

from corpus.cross_encoder import named_reranker
from corpus.embedder import Embedder
from corpus.search import Searcher
from errors import ModelUnavailable
from settings import load_settings

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "sleep", "iron", "magnesium", "nuts"]


def cross_encoder_folder(folder: Path, labels: int = 1) -> Path:
    """A real, tiny CrossEncoder with random weights, saved as sentence-transformers loads it."""
    torch.manual_seed(5)
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]"
    )
    fast.save_pretrained(folder)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, num_labels=labels, initializer_range=1.0,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    return folder


class Prefers:
    """A reranker that finds one article's passages relevant and nothing else."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.seen = 0

    def relevance(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        self.seen = len(passages)
        return np.array([float(self.word in passage) for passage in passages], dtype=np.float32)


def test_a_cross_encoder_in_a_folder_gives_one_value_a_passage_between_0_and_1(tmp_path: Path) -> None:
    reranker = named_reranker(str(cross_encoder_folder(tmp_path / "model")))
    assert reranker is not None
    together = reranker.relevance("iron sleep", ["magnesium nuts", "iron iron iron", "sleep"])
    alone = [float(reranker.relevance("iron sleep", [text])[0]) for text in ("magnesium nuts", "iron iron iron")]
    assert together.shape == (3,)
    assert ((together > 0) & (together < 1)).all()
    assert together[:2] == pytest.approx(alone, abs=1e-5)
    assert len({round(float(value), 4) for value in together}) == 3
    assert reranker.relevance("iron", []).shape == (0,)


def test_a_missing_folder_and_a_classifier_are_refused_by_name(tmp_path: Path) -> None:
    for name in (str(tmp_path / "none"), str(cross_encoder_folder(tmp_path / "three", labels=3))):
        reranker = named_reranker(name)
        assert reranker is not None
        with pytest.raises(ModelUnavailable, match="ASSISTANT_RERANKER") as caught:
            reranker.relevance("iron", ["iron"])
        assert name in str(caught.value)


def test_it_is_off_unless_set() -> None:
    assert named_reranker(load_settings({}, env_file=None).reranker) is None


def test_what_the_second_look_finds_relevant_moves_up_and_nothing_is_lost(full_index: Path, embedder: Embedder) -> None:
    plain = Searcher(full_index, embedder).search("magnesium och sömn", 100)
    second = Prefers("kortisol")
    again = Searcher(full_index, embedder, second).search("magnesium och sömn", 100)
    assert second.seen == 30
    assert {(hit.passage.article_id, hit.passage.start) for hit in again.hits} == {
        (hit.passage.article_id, hit.passage.start) for hit in plain.hits
    }
    scores = [hit.score for hit in again.hits]
    assert scores == sorted(scores, reverse=True)
    plain_scores = {(hit.passage.article_id, hit.passage.start): hit.score for hit in plain.hits}
    for hit in again.hits[:30]:
        more = 1.0 if "kortisol" in hit.passage.in_context else 0.0
        assert hit.score == pytest.approx(plain_scores[hit.passage.article_id, hit.passage.start] + more, abs=1e-5)
