"""Splits an article into passages along its own structure.

A list stays with the sentence that introduces it. Short neighbours under one heading share a passage, a
long paragraph is parted between sentences. Headings are context, never part of a passage's text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from corpus.article import Article, Block
from corpus.passage import Passage, PassageSentence
from corpus.sentences import split_sentences

MAX_PASSAGE_CHARS = 400
"""Neighbours are joined, and paragraphs parted, so that a passage stays within this, in characters."""


@dataclass(frozen=True, slots=True)
class _Unit:
    """What must not be torn apart: a sentence run of one paragraph, or a list with its lead-in."""

    sentences: tuple[PassageSentence, ...]

    @property
    def start(self) -> int:
        return self.sentences[0].start

    @property
    def end(self) -> int:
        return self.sentences[-1].end


def split_article(article: Article) -> list[Passage]:
    """The passages of ``article`` in reading order, numbered from 0."""
    passages: list[Passage] = []
    for headings, blocks in _sections(article):
        for place, units in enumerate(_join_short(_units(article, blocks))):
            sentences = tuple(sentence for unit in units for sentence in unit.sentences)
            start, end = sentences[0].start, sentences[-1].end
            passages.append(
                Passage(
                    article_id=article.id,
                    number=len(passages),
                    language=article.language,
                    title=article.title,
                    headings=headings,
                    start=start,
                    end=end,
                    text=article.text[start:end],
                    sentences=sentences,
                    opens_section=place == 0,
                )
            )
    return passages


def _sections(article: Article) -> Iterator[tuple[tuple[str, ...], list[Block]]]:
    """Runs of paragraphs and items, each with the path of headings above it."""
    path: list[tuple[int, str]] = []
    run: list[Block] = []
    for block in article.blocks:
        if block.kind != "heading":
            run.append(block)
            continue
        if run:
            yield tuple(text for _, text in path), run
            run = []
        path = [(level, text) for level, text in path if level < block.level]
        path.append((block.level, article.text[block.start : block.end]))
    if run:
        yield tuple(text for _, text in path), run


def _units(article: Article, blocks: list[Block]) -> Iterator[_Unit]:
    pending: tuple[PassageSentence, ...] = ()
    for block in blocks:
        if block.kind == "item":
            if pending and pending[-1].role == "sentence":
                pending = (*pending[:-1], PassageSentence(pending[-1].start, pending[-1].end, "lead_in"))
            pending += (PassageSentence(block.start, block.end, "bullet"),)
            continue
        if pending:
            yield from _part_long(pending)
        pending = _paragraph_sentences(article, block)
    if pending:
        yield from _part_long(pending)


def _paragraph_sentences(article: Article, block: Block) -> tuple[PassageSentence, ...]:
    spans = split_sentences(article.text[block.start : block.end], article.language)
    return tuple(PassageSentence(block.start + span.start, block.start + span.end, "sentence") for span in spans)


def _part_long(sentences: tuple[PassageSentence, ...]) -> Iterator[_Unit]:
    """One unit, or several of at most the passage's size, parted before sentences and never inside a list."""
    part: list[PassageSentence] = []
    for sentence in sentences:
        too_long = bool(part) and sentence.end - part[0].start > MAX_PASSAGE_CHARS
        if too_long and sentence.role != "bullet":
            yield _Unit(tuple(part))
            part = []
        part.append(sentence)
    if part:
        yield _Unit(tuple(part))


def _join_short(units: Iterator[_Unit]) -> Iterator[list[_Unit]]:
    joined: list[_Unit] = []
    for unit in units:
        if joined and unit.end - joined[0].start > MAX_PASSAGE_CHARS:
            yield joined
            joined = []
        joined.append(unit)
    if joined:
        yield joined
