"""The catalogue of blood tests: names in both languages, and where one is booked."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import TypeAdapter

from assistant.answer import SuggestedTest
from corpus.article import Language

_FILE = Path(__file__).with_name("catalogue.yaml")
_NAMES = TypeAdapter(dict[str, dict[Language, str]])


@cache
def test_names() -> dict[str, dict[Language, str]]:
    """Every test's names by id and language, in the catalogue's order."""
    return _NAMES.validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def suggested_test(test_id: str, language: Language, booking_url: str) -> SuggestedTest | None:
    """The test as shown to a visitor, or None where the catalogue does not have it.

    ``booking_url`` may hold ``{test}``, which becomes the test's id; empty leaves the address out.
    """
    names = test_names().get(test_id)
    if names is None:
        return None
    return SuggestedTest(id=test_id, name=names[language], url=booking_url.replace("{test}", test_id) or None)
