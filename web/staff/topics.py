"""What topics are called on the staff pages."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from corpus.article import Language

_FILE = Path(__file__).with_name("topics.yaml")
_NAMES = TypeAdapter(dict[str, dict[Language, str]])


def named_topics(topics: Iterable[str], language: Language) -> tuple[tuple[str, str], ...]:
    """Each topic once with its name, in order of name. A topic on no list goes by its id."""
    named = {topic: _names().get(topic, {}).get(language, topic) for topic in topics}
    return tuple(sorted(named.items(), key=lambda one: one[1].casefold()))


@cache
def _names() -> dict[str, dict[Language, str]]:
    return _NAMES.validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
