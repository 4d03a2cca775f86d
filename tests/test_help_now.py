"""The numbers to call, as a page of their own that nothing else is needed for."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from assistant.handover import handover_book, help_now_cards
from assistant.texts import texts_for
from corpus.article import LANGUAGES, Language
from tests.fake_app import FakeAssistant, serving


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(FakeAssistant()) as address:
        yield address


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_has_every_number_to_tap_in_the_language_asked_for(address: str, language: Language) -> None:
    answer = httpx.get(f"{address}/help-now?lang={language}", timeout=20)
    assert answer.status_code == 200
    assert re.findall(r'href="(tel:[^"]+)"', answer.text) == ["tel:112", "tel:90101", "tel:0104566700", "tel:1177"]
    assert texts_for(language).help_title in answer.text
    assert f'<html lang="{language}">' in answer.text
    assert "Ett &amp; två" in answer.text
    assert "script" not in answer.text


def test_browsers_language_decides_where_the_address_does_not(address: str) -> None:
    answer = httpx.get(f"{address}/help-now", headers={"Accept-Language": "en-GB"}, timeout=20)
    assert texts_for("en").help_title in answer.text


def test_only_confirmed_services_are_on_it() -> None:
    book = handover_book()
    shown = {card.name for card in help_now_cards("sv")}
    assert shown == {book.services[name].name.sv for name in book.cards["help_now"] if book.services[name].verified}


def test_chat_page_as_sent_leads_there_without_scripts_and_names_no_other_site(address: str) -> None:
    page = httpx.get(f"{address}/?lang=sv", timeout=20)
    assert '<noscript><meta http-equiv="refresh" content="0; url=help-now"></noscript></head>' in page.text
    assert page.text.count("chat-files/help.js") == 1
    assert '<html\n\tlang="sv"' in page.text
    assert int(page.headers["content-length"]) == len(page.content)
    assert "githubusercontent" not in page.text.split("</head>")[0]
    assert "@Gradio" not in page.text


def test_other_pages_pass_through_untouched(address: str) -> None:
    assert "noscript" not in httpx.get(f"{address}/config", timeout=20).text
    assert httpx.get(f"{address}/healthz", timeout=20).text == "ok"
    assert httpx.head(address, timeout=20).status_code < 500
