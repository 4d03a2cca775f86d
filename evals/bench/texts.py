"""Real text for timing: the articles, repeated under other ids until there is enough of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from corpus.article import Article
from corpus.passage import Passage
from corpus.split import split_article


def repeated(articles: Sequence[Article], passages: int) -> Iterator[Article]:
    """Copies of ``articles`` under ids and titles of their own, until they hold ``passages`` passages.

    Titles are a part of what is embedded, so no passage comes twice.
    """
    made = copy = 0
    while True:
        for article in articles:
            if made >= passages:
                return
            title = f"{article.title} {copy}"
            again = replace(article, id=f"{article.id}-{copy}", title=title, translation_of=None)
            made += len(split_article(again))
            yield again
        copy += 1


def write_jsonl(file: Path, articles: Sequence[Article]) -> None:
    """The articles as a source that ``corpus sync`` reads."""
    with file.open("w", encoding="utf-8") as out:
        for article in articles:
            row = {"id": article.id, "title": article.title, "text": article.text, "language": article.language}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


def of_length(passages: Sequence[Passage], characters: int, count: int) -> list[str]:
    """``count`` texts of about ``characters`` characters each, cut from the passages in order at white space."""
    words = [word for passage in passages for word in passage.text.split()]
    texts: list[str] = []
    at = 0
    while len(texts) < count:
        text = ""
        while len(text) < characters:
            text += (" " if text else "") + words[at % len(words)]
            at += 1
        texts.append(text)
    return texts
