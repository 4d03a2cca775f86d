"""The catalogue of tests: names in both languages, an address from settings, and every test an article names."""

from __future__ import annotations

from assistant import catalogue
from assistant.catalogue import suggested_test
from corpus.article import LANGUAGES
from corpus.sources import read_articles
from tests.conftest import SHIPPED


def test_every_test_has_a_name_in_both_languages() -> None:
    for id_, names in catalogue.test_names().items():
        assert set(names) == set(LANGUAGES), id_
        assert all(name.strip() for name in names.values()), id_


def test_every_test_that_a_shipped_article_names_is_in_the_catalogue() -> None:
    named = {test for article in read_articles(SHIPPED).articles for test in article.tests}
    assert named and named <= set(catalogue.test_names())


def test_the_name_is_in_the_visitors_language() -> None:
    swedish, english = suggested_test("hemoglobin", "sv", ""), suggested_test("hemoglobin", "en", "")
    assert swedish is not None and english is not None
    assert (swedish.name, english.name) == ("Hemoglobin (Hb)", "Haemoglobin (Hb)")


def test_the_booking_address_is_told_which_test() -> None:
    test = suggested_test("vitamin-d", "en", "https://lab.example/book?test={test}&again={test}")
    assert test is not None
    assert test.url == "https://lab.example/book?test=vitamin-d&again=vitamin-d"


def test_an_address_without_a_place_for_the_test_is_kept_as_it_is() -> None:
    test = suggested_test("tsh", "sv", "https://lab.example/boka")
    assert test is not None and test.url == "https://lab.example/boka"


def test_without_a_booking_address_there_is_none() -> None:
    test = suggested_test("tsh", "sv", "")
    assert test is not None and test.url is None


def test_a_test_that_is_not_in_the_catalogue_is_not_made_up() -> None:
    assert suggested_test("horoscope", "en", "https://lab.example/{test}") is None
