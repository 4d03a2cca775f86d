"""YAML: the front matter of Markdown files, and sidecars. The only file here that knows PyYAML."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from corpus.sources.characters import clean_lines, printable
from corpus.sources.draft import Fields
from corpus.sources.file import read_text
from errors import RejectedArticle

_MAX_CHARS = 64 * 1024
_OPENING = re.compile(r"\s*---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.MULTILINE)


class _Loader(yaml.SafeLoader):
    """Reads every plain value but null as text (the metadata model knows the types), and no aliases.

    YAML's own guesses turn "no" into False and a mistyped date into an error without its key; aliases
    let a few lines grow without bound.
    """

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [(tag, pattern) for tag, pattern in resolvers if tag == "tag:yaml.org,2002:null"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            alias: Any = self.get_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases are not used here", problem_mark=alias.start_mark)
        return super().compose_node(parent, index)


def split_front_matter(text: str, source: str) -> tuple[Fields, str]:
    """A Markdown file's metadata and its body. ``text`` is cleaned, with ``\\n`` line ends.

    Raises:
        RejectedArticle: front matter that is not closed or not YAML; the line is named.
    """
    opening = _OPENING.match(text)
    if opening is None:
        return Fields(source, {}), text
    closing = _CLOSING.search(text, opening.end())
    if closing is None:
        raise RejectedArticle(source, "the front matter has no closing ---; add it on a line of its own")
    before = text.count("\n", 0, opening.end())
    return _read(text[opening.end() : closing.start()], source, before), text[closing.end() :]


def read_sidecar(article: Path) -> Fields | None:
    """What ``<stem>.yaml`` or ``<stem>.yml`` beside an article says; None where there is neither.

    Raises:
        RejectedArticle: both exist, or the one cannot be read.
    """
    beside = [article.with_name(article.stem + ending) for ending in (".yaml", ".yml")]
    found = [path for path in beside if path.exists() or path.is_symlink()]
    if not found:
        return None
    if len(found) > 1:
        raise RejectedArticle(printable(found[1]), f"{found[0].name} is there too; keep one of them")
    return _read(clean_lines(read_text(found[0])), printable(found[0]), 0)


def _read(text: str, source: str, lines_before: int) -> Fields:
    if len(text) > _MAX_CHARS:
        raise RejectedArticle(source, f"more than {_MAX_CHARS} characters of metadata; shorten it")
    try:
        values = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = lines_before + (mark.line if mark else 0) + 1
        reason = f"line {line} of the metadata cannot be read ({fault.problem}); put the value in quotes"
        raise RejectedArticle(f"{source}:{line}", reason) from None
    except (yaml.YAMLError, ValueError) as fault:
        raise RejectedArticle(source, f"the metadata cannot be read: {fault}; correct it") from None
    if values is None:
        return Fields(source, {})
    if not isinstance(values, dict):
        raise RejectedArticle(f"{source}:{lines_before + 1}", "metadata must be `key: value` lines; write it so")
    return Fields(source, {key: value for key, value in values.items() if isinstance(key, str)})
