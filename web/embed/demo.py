"""A page of an invented clinic with the chat on it, as an editor would put it there."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from jinja2 import Template
from pydantic import BaseModel, ConfigDict

from corpus.article import Language
from web.engine import engine

_HERE = Path(__file__).parent


class Service(BaseModel):
    """Something the clinic offers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    text: str


class DemoTexts(BaseModel):
    """One language's words of the page. Every key must be there in both languages; none is left over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    invented: str
    clinic: str
    skip: str
    promise: str
    welcome: str
    ask: str
    ask_page: str
    services_title: str
    services: tuple[Service, ...]
    hours_title: str
    hours: str
    tag_title: str
    tag_text: str
    ways_title: str
    way_panel: str
    way_frame: str
    way_page: str
    greeting: str


def demo_page(language: Language) -> str:
    """The page as HTML, in one language."""
    return _template().render(t=_texts()[language], language=language, other="en" if language == "sv" else "sv")


@cache
def _texts() -> dict[Language, DemoTexts]:
    raw = yaml.safe_load((_HERE / "demo.yaml").read_text(encoding="utf-8"))
    return {"sv": DemoTexts.model_validate(raw["sv"]), "en": DemoTexts.model_validate(raw["en"])}


@cache
def _template() -> Template:
    return engine(_HERE / "templates").get_template("demo.html")
