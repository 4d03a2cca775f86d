"""The shipped comparison, for real: what it must tell apart whatever else is retrained."""

from __future__ import annotations

import pytest

from assistant.verification.comparer import LEAST_WORDS, Calibration, Comparer, calibration
from assistant.verification.coverage import Coverage
from corpus.article import Language
from corpus.sentence_transformer import SentenceTransformerEmbedder
from corpus.token_states import TokenStates

pytestmark = pytest.mark.model
EN = "Coffee and tea with food reduce the absorption of iron."
SV = "Kaffe och te till maten minskar upptaget av järn."


@pytest.fixture(scope="module")
def comparer(embedder: SentenceTransformerEmbedder) -> Comparer:
    return Comparer(TokenStates(embedder))


@pytest.mark.parametrize(("quote", "language"), [(EN, "en"), (SV, "sv")])
def test_a_quotes_own_words_are_carried(comparer: Comparer, quote: str, language: Language) -> None:
    assert comparer.support(quote, [quote], language) > 0.9


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("Plants turn light, water and carbon dioxide into sugar.", EN, "en"),
        ("Ferritin is a protein that stores iron in the liver.", EN, "en"),
        ("Växter gör socker av ljus, vatten och koldioxid.", SV, "sv"),
    ],
)
def test_what_is_about_something_else_is_not(comparer: Comparer, text: str, quote: str, language: Language) -> None:
    assert comparer.support(text, [quote], language) < comparer.threshold


def test_an_appended_clause_costs_support(comparer: Comparer) -> None:
    appended = EN.rstrip(".") + ", which also lowers the risk of a heart attack."
    assert comparer.support(appended, [EN], "en") < comparer.support(EN, [EN], "en")


def test_below_a_floor_of_shared_words_no_score_helps() -> None:
    set_to = calibration()
    assert set_to.support(20.0, Coverage(LEAST_WORDS - 0.01, 1, 1, 1)) == 0.0
    assert set_to.support(20.0, Coverage(LEAST_WORDS, 1, 1, 1)) > 0.99


def test_support_is_the_logistic_of_the_weighed_parts() -> None:
    plain = Calibration(
        network=1, words=2, nearness=0, weakest_clause=0, weakest_words=0, constant=-2, threshold=0.5, excuses={}
    )
    assert plain.support(0.0, Coverage(1.0, 0, 0, 0)) == 0.5  # 0 + 2 - 2 = 0
