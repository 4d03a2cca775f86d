"""The cards that hand a visitor over to the service that can help, from one dated data file."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from assistant.answer import HandoverCard
from assistant.triage import Triage
from corpus.article import Language

_FILE = "handover.yaml"
_BETWEEN_LANGUAGES = " / "


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InBoth(_Entry):
    """The same said in both languages."""

    sv: str
    en: str

    def said(self, language: Language, *, both: bool) -> str:
        """In one language, or in both with the visitor's first."""
        mine, other = (self.sv, self.en) if language == "sv" else (self.en, self.sv)
        return mine if not both or mine == other else mine + _BETWEEN_LANGUAGES + other


class Service(_Entry):
    """A service with its number. Only a ``verified`` one, confirmed at its ``source``, is ever shown."""

    name: InBoth
    phone: str
    url: str | None
    text: InBoth
    verified: bool
    source: str


class HandoverBook(_Entry):
    """All services, the day they were checked, and which of them go with each kind and alarm."""

    checked: date
    services: dict[str, Service]
    cards: dict[str, tuple[str, ...]]


@cache
def handover_book() -> HandoverBook:
    """The shipped services. Read at first use, then kept."""
    text = (files("assistant") / _FILE).read_text(encoding="utf-8")
    return HandoverBook.model_validate(yaml.safe_load(text))


def handover_cards(triage: Triage, language: Language, both_languages: bool = False) -> tuple[HandoverCard, ...]:
    """The cards for every alarm that applies, or for the kind when there is none; the right service first.

    ``both_languages`` is for visitors who write in a third language.
    """
    reasons = triage.alarms or (triage.kind,)
    return _cards([reason or "" for reason in reasons], language, both_languages)


def help_now_cards(language: Language) -> tuple[HandoverCard, ...]:
    """The cards that are shown without any question, when the assistant cannot be reached."""
    return _cards(["help_now"], language, both_languages=False)


def _cards(reasons: list[str], language: Language, both_languages: bool) -> tuple[HandoverCard, ...]:
    book = handover_book()
    names = [name for reason in reasons for name in book.cards.get(reason, ())]
    services = _each_once([book.services[name] for name in names])
    return tuple(
        HandoverCard(
            name=service.name.said(language, both=both_languages),
            phone=service.phone,
            url=service.url,
            text=service.text.said(language, both=both_languages),
        )
        for service in services
        if service.verified
    )


def _each_once(services: list[Service]) -> list[Service]:
    """One card for each number and address: a second 112 card stays only if it leads somewhere else."""
    kept: dict[tuple[str, str | None], Service] = {}
    for service in services:
        kept.setdefault((service.phone, service.url), service)
    return list(kept.values())
