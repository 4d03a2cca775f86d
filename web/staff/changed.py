"""A changed article as it was pasted or uploaded, and how it is laid into a folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from corpus.article import Article
from corpus.sources.ids import slugify
from web.staff.forms import Upload

MOST_BYTES = 1024 * 1024
ENDINGS = (".md", ".txt", ".html", ".docx")
Fault = Literal["article_missing", "article_twice", "article_ending", "article_too_large", "article_unknown"]
"""Keys of the texts that say what is wrong with what was sent."""


@dataclass(frozen=True, slots=True)
class Changed:
    """``name`` is a plain file name made here; ``replaces`` an article that is there, or None."""

    name: str
    content: bytes
    replaces: Article | None

    @property
    def label(self) -> str:
        """What it is called while it is tried."""
        return self.replaces.id if self.replaces is not None else self.name

    def write(self, folder: Path) -> None:
        """Put it into ``folder``, with a file beside it that says which article it is where one was chosen."""
        file = folder / self.name
        file.write_bytes(self.content)
        if self.replaces is not None:
            beside = yaml.safe_dump(self._beside(self.replaces), allow_unicode=True, sort_keys=False)
            file.with_suffix(".yaml").write_text(beside, encoding="utf-8")

    def _beside(self, article: Article) -> dict[str, object]:
        """The id; and where the text has no metadata of its own, what the article has today."""
        if self.content.lstrip(b"\xef\xbb\xbf").startswith(b"---"):
            return {"id": article.id}
        kept = {"language": article.language, "topics": list(article.topics), "tests": list(article.tests)}
        titled = not self.name.endswith(".md") or re.search(rb"^# +\S", self.content, re.MULTILINE)
        return {"id": article.id, **({} if titled else {"title": article.title}), **kept}


def changed_article(text: str, file: Upload | None, replaces: str, known: Sequence[Article]) -> Changed | Fault:
    """What was sent, ready to be laid over the articles, or what is wrong with it."""
    article = next((one for one in known if one.id == replaces), None)
    if replaces and article is None:
        return "article_unknown"
    if file is not None and text.strip():
        return "article_twice"
    if file is None and not text.strip():
        return "article_missing"
    content = file.content if file is not None else text.replace("\r\n", "\n").encode()
    if len(content) > MOST_BYTES:
        return "article_too_large"
    ending = _ending(file.name) if file is not None else ".md"
    if ending is None:
        return "article_ending"
    stem = replaces or (slugify(re.split(r"[/\\]", file.name)[-1].rpartition(".")[0])[:80] if file is not None else "")
    return Changed(f"{stem.strip('.') or 'article'}{ending}", content, article)


def _ending(name: str) -> str | None:
    return next((ending for ending in ENDINGS if name.lower().endswith(ending)), None)
