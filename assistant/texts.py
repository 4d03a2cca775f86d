"""The interface's fixed texts, in both languages, from ``texts.yaml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from corpus.article import Language
from settings import Settings

_FILE = Path(__file__).with_name("texts.yaml")


class Texts(BaseModel):
    """One language's texts. Every key must be there in both languages; none is left over."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    blood_test_prompt: str
    abstain: str
    abstain_near: str
    abstain_contact: str
    abstain_no_words: str
    abstain_errand: str
    abstain_booking: str
    no_diagnosis: str
    no_diagnosis_general: str
    no_diagnosis_results: str
    no_dosing: str
    smalltalk: str
    smalltalk_thanks: str
    smalltalk_who: str
    smalltalk_bye: str
    notice_other_language: str
    notice_partial: str
    notice_demo_articles: str
    ai_notice: str
    urgent_notice: str
    privacy_notice: str
    privacy_notice_inside: str
    privacy_notice_outside: str
    consent_title: str
    consent_text: str
    consent_label: str
    consent_more: str
    error_empty: str
    error_too_long: str
    error_unavailable: str
    error_unfinished: str
    error_interrupted: str
    conversation_forgotten: str
    error_too_many: str
    error_too_many_here: str
    error_busy: str
    error_restarting: str
    error_stopped: str
    error_too_large: str
    error_too_slow: str
    waiting: str
    waiting_next: str
    title: str
    input_label: str
    input_placeholder: str
    send: str
    stop: str
    clear: str
    sources: str
    source: str
    updated: str
    related: str
    tests: str
    book_test: str
    follow_ups: str
    examples: str
    language_label: str
    call: str
    searching: str
    reading_one: str
    reading_several: str
    writing: str
    worded_by_model: str
    you_wrote: str
    conversation: str
    ai_short: str
    in_swedish: str
    in_english: str
    feedback_notice: str
    copy_reply: str
    copied: str
    not_copied: str
    again: str
    save: str
    save_file: str
    helpful: str
    helpful_yes: str
    helpful_no: str
    feedback_title: str
    feedback_kept: str
    feedback_reason: str
    feedback_send: str
    feedback_cancel: str
    feedback_thanks: str
    feedback_failed: str
    show_in_article: str
    help_title: str
    help_text: str
    help_down: str
    help_slow: str
    help_lost: str
    help_reload: str
    help_close: str
    example_questions: tuple[str, ...]


@cache
def _shipped() -> dict[Language, Texts]:
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return {"sv": Texts.model_validate(raw["sv"]), "en": Texts.model_validate(raw["en"])}


def texts_for(language: Language) -> Texts:
    """The shipped texts of one language."""
    return _shipped()[language]


def blood_test_prompt(language: Language, settings: Settings) -> str:
    """The fixed closing text: the company's own when set, else the default. The same for everybody."""
    own = settings.blood_test_prompt_sv if language == "sv" else settings.blood_test_prompt_en
    return own or texts_for(language).blood_test_prompt
