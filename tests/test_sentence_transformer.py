"""The sentence-transformers adapter: prompts, order, one load, and errors that say what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from corpus import sentence_transformer
from corpus.embedder import Embedder
from corpus.packaged_model import packaged_name
from corpus.sentence_transformer import (
    BATCH_CHARS,
    LARGEST_BATCH,
    SentenceTransformerEmbedder,
    batches,
    named_embedder,
)
from errors import ModelUnavailable
from settings import PROJECT
from tests.conftest import DEFAULTS


def test_passages_and_queries_really_get_their_prefixes(embedder: Embedder) -> None:
    """The prefix written by hand and no prompt gives the same vector; the other prefix, or none, does not."""
    assert isinstance(embedder, SentenceTransformerEmbedder)
    text = "Magnesium finns i nötter."
    encode = embedder._model.encode
    bare, passage, query = (
        encode(prefix + text, prompt="", normalize_embeddings=True, show_progress_bar=False)
        for prefix in ("", "passage: ", "query: ")
    )
    as_passage, as_query = embedder.embed_passages([text])[0], embedder.embed_query(text)
    assert as_passage @ passage > 0.9999
    assert as_query @ query > 0.9999
    assert as_passage @ bare < 0.999
    assert as_passage @ as_query < 0.999


def test_vectors_come_in_the_order_of_the_texts_across_batches(embedder: Embedder) -> None:
    texts = [f"Text {'om sömn ' * (i * 7 % 5)}nummer {i}." for i in range(LARGEST_BATCH + 3)]
    done: list[int] = []
    vectors = embedder.embed_passages(texts, done.append)
    assert vectors.dtype == np.float32
    assert vectors.shape == (LARGEST_BATCH + 3, embedder.dimension)
    assert sum(done) == LARGEST_BATCH + 3
    for row in (0, 1, 17, LARGEST_BATCH + 2):
        alone = embedder.embed_passages([texts[row]])[0]
        assert int(np.argmax(vectors @ alone)) == row
        assert vectors[row] @ alone > 0.995


def test_a_batch_holds_texts_of_like_length_and_about_as_many_signs_as_any_other() -> None:
    """300 short ones fill batches by number, 50 of 800 signs by length (20 to a batch), a giant stands alone."""
    lengths = [BATCH_CHARS + 1] + [20] * 300 + [800] * 50
    sizes = [[lengths[i] for i in batch] for batch in batches(lengths)]
    assert [len(batch) for batch in sizes] == [128, 128, 44, 20, 20, 10, 1]
    assert sorted(i for batch in batches(lengths) for i in batch) == list(range(len(lengths)))
    assert list(batches([])) == []


def test_no_passages_are_no_vectors(embedder: Embedder) -> None:
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


@pytest.mark.parametrize("text", ["", "   ", "🩸", "a" * 20_000, "järn " * 5_000])
def test_odd_texts_have_a_unit_vector_too(embedder: Embedder, text: str) -> None:
    for vector in (embedder.embed_query(text), embedder.embed_passages([text])[0]):
        assert np.linalg.norm(vector) == pytest.approx(1, abs=0.01)


def test_the_same_text_has_the_same_vector_every_time(embedder: Embedder) -> None:
    first = embedder.embed_query("Hjälper magnesium mot sömnproblem?")
    for _ in range(5):
        np.testing.assert_array_equal(embedder.embed_query("Hjälper magnesium mot sömnproblem?"), first)


def test_the_name_tells_the_form_and_needs_no_model(tmp_path: Path) -> None:
    assert named_embedder("packaged", tmp_path).name == packaged_name()
    assert named_embedder("intfloat/multilingual-e5-base", tmp_path).name == "intfloat/multilingual-e5-base"
    assert list(tmp_path.iterdir()) == []


def test_threads_that_come_at_once_load_it_once() -> None:
    loads: list[int] = []

    class Model:
        def encode_query(self, query: str, **_: Any) -> list[float]:
            return [1.0, 0.0]

    def load() -> Any:
        loads.append(1)
        time.sleep(0.2)
        return Model()

    embedder = SentenceTransformerEmbedder("slow", load)
    threads = [Thread(target=embedder.embed_query, args=("x",)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == [1]


def test_a_model_that_cannot_be_loaded_is_loaded_at_the_next_try() -> None:
    tries: list[int] = []

    def load() -> Any:
        tries.append(1)
        raise ModelUnavailable("not yet")

    embedder = SentenceTransformerEmbedder("absent", load)
    for _ in range(2):
        with pytest.raises(ModelUnavailable):
            embedder.embed_query("x")
    assert len(tries) == 2


def test_a_folder_without_a_model_is_named_with_the_setting(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="ASSISTANT_EMBEDDING_MODEL") as refusal:
        named_embedder(str(tmp_path), DEFAULTS.models_dir).embed_query("x")
    assert str(tmp_path) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_name_that_cannot_be_fetched_is_named_with_the_setting() -> None:
    with pytest.raises(ModelUnavailable, match=r"'nobody/no-such-model'.*network"):
        named_embedder("nobody/no-such-model", DEFAULTS.models_dir).embed_query("x")


_UNPLUGGED = """
import socket, sys
from pathlib import Path

def refuse(*arguments, **more):
    print("asked for", arguments)
    raise OSError("unplugged")

socket.getaddrinfo = socket.socket.connect = refuse
from corpus.sentence_transformer import named_embedder
print(len(named_embedder("packaged", Path(sys.argv[1])).embed_query("x")))
"""


@pytest.mark.model
def test_the_packaged_model_asks_nobody_for_anything() -> None:
    environ = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}
    done = subprocess.run(
        [sys.executable, "-c", _UNPLUGGED, str(DEFAULTS.models_dir)],
        cwd=PROJECT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("384\n", "")


def test_damaged_packaged_weights_say_which_folder_to_remove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder is there, and what is in it is not a model."""
    (tmp_path / packaged_name()).mkdir()
    (tmp_path / packaged_name() / "modules.json").write_text("[]")
    (tmp_path / packaged_name() / "config.json").write_text("{")
    monkeypatch.setattr(sentence_transformer, "best_form", lambda: "int8")
    with pytest.raises(ModelUnavailable, match=r"Remove that folder") as refusal:
        named_embedder("packaged", tmp_path).embed_query("x")
    assert packaged_name() in str(refusal.value)
