"""The packaged model in its two forms beside stock sentence-transformers in float32 with the same weights."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.packaged_model import packaged_name, unpack
from corpus.passage import Passage
from corpus.processor import Form, best_form
from corpus.sentence_transformer import SentenceTransformerEmbedder, packaged_embedder
from evals.bench.measure import Line, in_turns
from evals.bench.texts import of_length

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TEXTS, TURNS = 192, 5
LENGTHS = {64: (235, 3.0), 200: (760, 2.0)}
"""Tokens a text: the characters that give about as many in our articles, and the ratio to reach."""
FORMS: tuple[Form, ...] = ("bf16", "int8")


def stock(models_dir: Path) -> SentenceTransformerEmbedder:
    """The same weights as anybody would load them."""
    return SentenceTransformerEmbedder(packaged_name(), lambda: load_stock(models_dir))


def load_stock(models_dir: Path) -> SentenceTransformer:
    """Stock sentence-transformers over the unpacked folder, in float32."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(unpack(models_dir)), device="cpu")


def embedding_lines(passages: Sequence[Passage], models_dir: Path) -> Iterator[Line]:
    """Texts a second at two lengths; the form used on this processor has the bar."""
    plain = load_stock(models_dir)
    ours = {form: packaged_embedder(models_dir, form) for form in FORMS if form == "int8" or form == best_form()}
    for characters, least in LENGTHS.values():
        texts = of_length(passages, characters, TEXTS)
        length = sum(map(len, plain.tokenizer(texts)["input_ids"])) / len(texts)
        works: dict[str, Callable[[], object]] = {
            form: partial(each.embed_passages, texts) for form, each in ours.items()
        }
        works["stock"] = partial(plain.encode_document, texts, batch_size=32, show_progress_bar=False)
        for work in works.values():
            work()
        times = in_turns(works, TURNS)
        for form in ours:
            yield Line(
                what=f"embedding in {form}, {length:.0f} tokens a text, beside stock float32",
                measured=f"{TEXTS / times[form]:.0f} and {TEXTS / times['stock']:.0f} texts/s",
                ratio=times["stock"] / times[form],
                least=least if form == best_form() else None,
            )
