"""What is known about an article besides its text: checked once, whatever it was written in."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from corpus.article import Language, PublicSource, Status
from corpus.sources.characters import clean_line
from corpus.sources.dates import parse_date
from corpus.sources.draft import Fields
from errors import RejectedArticle

ID_PATTERN = r"^[A-Za-z0-9._-]+$"
_LONGEST_ID_CHARS = 200
_LONGEST_SHOWN_CHARS = 60

_EXPECTED = {
    "id": f"letters a-z, digits, dots, underscores and hyphens (at most {_LONGEST_ID_CHARS})",
    "title": "a line of text (at most 300 characters)",
    "url": "an address that starts with https:// or http://",
    "language": "sv or en",
    "updated": "a date such as 2026-03-01",
    "editor": "a line of text (at most 300 characters)",
    "reading_minutes": "a whole number of minutes, 1 to 600",
    "topics": "a list of words such as [magnesium, sleep]",
    "tests": "a list of test ids such as [magnesium]",
    "sources": "a list of entries with title and url",
    "translation_of": "the id of another article",
    "reviewed": "true or false",
    "reviewed_by": "a line of text (at most 300 characters)",
    "review_by": "a date such as 2026-03-01",
    "status": "published or withdrawn",
}


def _line(value: Any) -> Any:
    return clean_line(value) or None if isinstance(value, str) else value


def _identifier(value: Any) -> Any:
    # .jsonl collections often number their lines
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _line(value)


def _language(value: Any) -> Any:
    if isinstance(value, str) and (match := re.fullmatch(r"(sv|en)(-[a-z0-9]+)*", value.strip(), re.I)):
        return match[1].lower()
    return value


def _day(value: Any) -> Any:
    return parse_date(value) if isinstance(value, str) else value


def _address(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    address = value.strip()
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"[\s<>\"]", address):
        raise ValueError("not a web address")
    return address


def _not_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("not a number")
    return value


def _public_sources(value: Any) -> Any:
    return [_public_source(entry) for entry in value] if isinstance(value, list) else value


def _public_source(entry: Any) -> PublicSource:
    if not isinstance(entry, dict) or not isinstance(entry.get("url"), str):
        raise ValueError("not an entry with title and url")
    title = _line(entry.get("title"))
    if not isinstance(title, str):
        raise ValueError("not an entry with title and url")
    return PublicSource(title, _address(entry["url"]))


_Line = Annotated[str, Field(strict=True, max_length=300), BeforeValidator(_line)]
_Id = Annotated[str, Field(strict=True, pattern=ID_PATTERN, max_length=_LONGEST_ID_CHARS), BeforeValidator(_identifier)]
_Words = tuple[_Line, ...]


class Metadata(BaseModel):
    """An article's metadata. None or empty: not given. Unknown keys are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: _Id | None = None
    title: _Line | None = None
    url: Annotated[str | None, BeforeValidator(_address)] = None
    language: Annotated[Language | None, BeforeValidator(_language)] = None
    updated: Annotated[date | None, Field(strict=True), BeforeValidator(_day)] = None
    editor: _Line | None = None
    reading_minutes: Annotated[int | None, Field(ge=1, le=600), BeforeValidator(_not_bool)] = None
    topics: _Words = ()
    tests: _Words = ()
    sources: Annotated[tuple[PublicSource, ...], BeforeValidator(_public_sources)] = ()
    translation_of: _Id | None = None
    reviewed: bool = False
    reviewed_by: _Line | None = None
    review_by: Annotated[date | None, Field(strict=True), BeforeValidator(_day)] = None
    status: Status = "published"


def check_metadata(layers: Sequence[Fields]) -> Metadata:
    """The metadata that layers of fields make together; a later layer's value counts over an earlier one's.

    Raises:
        RejectedArticle: values that cannot be used, each with its key, from the layer they stand in.
    """
    values: dict[str, object] = {}
    sources: dict[str, str] = {}
    for layer in layers:
        for key, value in layer.values.items():
            given = bool(value.strip()) if isinstance(value, str) else value is not None
            if given and key in Metadata.model_fields:
                values[key] = value
                sources[key] = layer.source
    try:
        return Metadata.model_validate(values)
    except ValidationError as error:
        keys = list(dict.fromkeys(str(fault["loc"][0]) for fault in error.errors()))
    faults = "; ".join(f"{key}: {_shown(values[key])} is not {_EXPECTED[key]}" for key in keys)
    raise RejectedArticle(sources[keys[0]], f"{faults}. Correct it there")


def _shown(value: object) -> str:
    shown = f'"{clean_line(value)}"' if isinstance(value, str) else reprlib.repr(value)
    return shown if len(shown) <= _LONGEST_SHOWN_CHARS else shown[:_LONGEST_SHOWN_CHARS] + "…"
