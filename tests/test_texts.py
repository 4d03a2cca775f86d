"""The fixed texts: complete in both languages, calm, and the contract's prompts byte for byte."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import yaml

from assistant.texts import Texts, blood_test_prompt, texts_for
from corpus.article import LANGUAGES, Language
from settings import PROJECT, Settings

RAW = yaml.safe_load((PROJECT / "assistant" / "texts.yaml").read_text(encoding="utf-8"))
PROMPTS: dict[Language, str] = {
    "sv": "Våra artiklar ger allmän information, inte en diagnos. Vill du veta hur dina egna värden ligger kan du ta "
    "ett blodprov och få resultatet bedömt av en läkare.",
    "en": "Our articles give general information, not a diagnosis. If you want to know where your own levels stand, "
    "you can take a blood test and have the result assessed by a doctor.",
}
OWN: dict[Language, str] = {"sv": "Boka ett prov hos oss.", "en": "Book a test with us."}


def _all_texts(texts: Texts) -> Iterator[tuple[str, str]]:
    for key, value in texts.model_dump().items():
        yield from ((key, text) for text in ((value,) if isinstance(value, str) else value))


def test_both_languages_have_the_same_keys() -> None:
    assert set(RAW) == {"sv", "en"}
    assert set(RAW["sv"]) == set(RAW["en"]) == set(Texts.model_fields)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_blood_test_prompt_is_the_contracts_byte_for_byte(language: Language) -> None:
    assert texts_for(language).blood_test_prompt == PROMPTS[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_shouts_is_empty_or_holds_a_line_break(language: Language) -> None:
    for key, text in _all_texts(texts_for(language)):
        assert text.strip() == text != "", key
        assert not re.search(r"[!\n\t]|\s\s", text), key


def test_both_languages_fill_in_the_same_things() -> None:
    swedish, english = dict(_all_texts(texts_for("sv"))), dict(_all_texts(texts_for("en")))
    for key, text in swedish.items():
        assert re.findall(r"\{\w*\}", text) == re.findall(r"\{\w*\}", english[key]), key


def test_both_languages_offer_as_many_examples() -> None:
    assert len(texts_for("sv").example_questions) == len(texts_for("en").example_questions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_texts_name_no_other_number_than_112_and_1177(language: Language) -> None:
    for key, text in _all_texts(texts_for(language)):
        assert set(re.findall(r"\d[\d ,.]*\d", text)) <= {"112", "1177", "4 000", "4,000"}, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_company_may_have_a_prompt_of_its_own(language: Language) -> None:
    settings = Settings.model_validate({f"blood_test_prompt_{language}": OWN[language]})
    other: Language = "en" if language == "sv" else "sv"
    assert blood_test_prompt(language, settings) == OWN[language]
    assert blood_test_prompt(other, settings) == PROMPTS[other]
