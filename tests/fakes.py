"""Honest small parts that stand in for large ones, so that a test's sums can be done by hand."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from assistant.verification.verdict import Reason, Verdict
from assistant.verification.verifier import Verifier
from assistant.writing.parse import Written
from assistant.writing.ports import Piece, Prompt
from corpus.article import Article, Block, BlockKind, Language
from corpus.embedder import Progress, Vectors

_WORD = re.compile(r"\w+")

Part = str | tuple[BlockKind, str]
"""A paragraph's text, or a block's kind and its text."""


class WordEmbedder:
    """Counts words, each in a slot by its checksum, and makes the counts a unit vector.

    The cosine of two texts is therefore a sum over the words they share: "iron" and "iron magnesium" have
    1/√2. It remembers every passage text it was given in ``embedded``, and every query in ``queries``.
    """

    def __init__(self, name: str = "words", dimension: int = 512) -> None:
        self._name = name
        self._dimension = dimension
        self.embedded: list[str] = []
        self.queries: list[str] = []

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed_query(self, query: str) -> Vectors:
        self.queries.append(query)
        return self._vector(query)

    def embed_passages(self, passages: Sequence[str], progress: Progress | None = None) -> Vectors:
        self.embedded.extend(passages)
        if progress and passages:
            progress(len(passages))
        rows = [self._vector(text) for text in passages]
        return np.array(rows, dtype=np.float32).reshape(len(rows), self._dimension)

    def _vector(self, text: str) -> Vectors:
        counts = np.zeros(self._dimension, dtype=np.float32)
        for word in _WORD.findall(text.casefold()) or ["no words"]:
            counts[zlib.crc32(word.encode()) % self._dimension] += 1
        return np.asarray(counts / np.linalg.norm(counts), dtype=np.float32)


class ScriptedModel:
    """A chat model that follows a script a call: pieces of text, pauses in seconds, and errors. The last one stays.

    It remembers every prompt in ``prompts``, and in ``cancelled`` how many calls were ended before their end.
    """

    def __init__(
        self, *scripts: Sequence[str | float | Piece | Exception], name: str = "scripted:1", outside: bool = False
    ) -> None:
        self._scripts = list(scripts)
        self._name = name
        self._outside = outside
        self.prompts: list[Prompt] = []
        self.cancelled = 0

    @property
    def name(self) -> str:
        return self._name

    @property
    def outside(self) -> bool:
        return self._outside

    async def stream(self, prompt: Prompt) -> AsyncIterator[Piece]:
        self.prompts.append(prompt)
        script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
        try:
            for step in script:
                if isinstance(step, Exception):
                    raise step
                if isinstance(step, float | int):
                    await asyncio.sleep(step)
                else:
                    yield step if isinstance(step, Piece) else Piece(step)
        except (asyncio.CancelledError, GeneratorExit):
            self.cancelled += 1
            raise


class WordSupport:
    """Carries a sentence by the share of its words that stand in the quotes; from ``threshold`` on it is carried."""

    def __init__(self, threshold: float = 0.6, excuses: Mapping[Reason, float] | None = None) -> None:
        self.threshold = threshold
        self.excuses: Mapping[Reason, float] = excuses or {}

    def support(self, sentence: str, quotes: Sequence[str], language: Language) -> float:
        words = _WORD.findall(sentence.casefold())
        held = set(_WORD.findall(" ".join(quotes).casefold()))
        return sum(word in held for word in words) / len(words)


VERIFIER = Verifier(WordSupport())


class Gullible(Verifier):
    """Keeps every sentence, whatever its form, as a verifier would that fails open."""

    def __init__(self) -> None:
        super().__init__(WordSupport())

    def verify(
        self,
        sentence: Written,
        quotes: Sequence[str],
        language: Language,
        said: Sequence[Written] | None = None,
        lead_in: Written | None = None,
    ) -> Verdict:
        return Verdict(None, tuple(n for n in sentence.citations if 1 <= n <= len(quotes)) or (1,))


def make_article(
    id_: str,
    parts: Iterable[Part],
    language: Language = "en",
    title: str = "A title",
    **more: object,
) -> Article:
    """An article from its blocks' texts: a plain string is a paragraph, ``("heading", "Signs")`` a heading."""
    text, blocks = "", []
    for part in parts:
        kind: BlockKind = "paragraph" if isinstance(part, str) else part[0]
        words = part if isinstance(part, str) else part[1]
        text += "\n\n" if text else ""
        blocks.append(Block(kind, len(text), len(text) + len(words), 2 if kind == "heading" else 0))
        text += words
    return Article(id_, title, language, text, tuple(blocks), **more)  # type: ignore[arg-type]


def write_article(
    folder: Path, id_: str, body: str, language: Language = "en", title: str | None = None, front: str = ""
) -> Path:
    """A Markdown article file with front matter; ``front`` is added to it as it stands."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{id_}.md"
    head = f"id: {id_}\ntitle: {title or id_.capitalize()}\nlanguage: {language}\n{front}"
    file.write_text(f"---\n{head.rstrip()}\n---\n\n{body}\n", encoding="utf-8")
    return file
