"""How far the articles carry an answer: the real model's cosines, since the thresholds are fitted to it."""

from __future__ import annotations

import pytest

from assistant.evidence import Assessment, assess, only_told_in_other_language
from corpus.article import Language
from corpus.search import Found, Searcher


def _found(searcher: Searcher, question: str, language: Language) -> Found:
    return searcher.search(question, 24, query_language=language)


def _assess(searcher: Searcher, question: str, language: Language) -> Assessment:
    return assess(_found(searcher, question, language), language)


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Hjälper magnesium mot sömnproblem?", "sv"),
        ("Vilken mat innehåller järn?", "sv"),
        ("What does a high TSH mean?", "en"),
        ("Do I need to fast before a blood test?", "en"),
    ],
)
def test_what_the_articles_answer_is_sufficient(searcher: Searcher, question: str, language: Language) -> None:
    assessment = _assess(searcher, question, language)
    assert assessment.evidence == "sufficient"
    assert assessment.missing == ()
    assert assessment.support > 0


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("vad blir det för väder i morgon", "sv"),
        ("hur byter man däck på en cykel", "sv"),
        ("who won the football last night", "en"),
        ("how do I get red wine out of a carpet", "en"),
    ],
)
def test_what_they_do_not_speak_of_is_none(searcher: Searcher, question: str, language: Language) -> None:
    assert _assess(searcher, question, language).evidence == "none"


@pytest.mark.parametrize(
    ("question", "language", "missing"),
    [
        ("hjälper magnesium mot migrän", "sv", "migrän"),
        ("är magnesium bra mot pms", "sv", "pms"),
        ("do b12 supplements give you dandruff", "en", "dandruff"),
    ],
)
def test_a_word_no_article_knows_makes_it_partial(
    searcher: Searcher, question: str, language: Language, missing: str
) -> None:
    assessment = _assess(searcher, question, language)
    assert assessment.evidence == "partial"
    assert missing in assessment.missing


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("magnesium fälgar till bilen vilka är bäst", "sv"),
        ("magnesium alloy wheels for my car", "en"),
        ("what's the best iron for ironing shirts", "en"),
    ],
)
def test_a_subjects_name_alone_is_not_enough(searcher: Searcher, question: str, language: Language) -> None:
    assert _assess(searcher, question, language).evidence == "none"


def test_a_misspelt_word_is_not_taken_for_another_subject(searcher: Searcher) -> None:
    assessment = _assess(searcher, "tröt hela tden sköldkörteln", "sv")
    assert assessment.missing == ("tröt", "tden")
    assert assessment.support > _assess(searcher, "fälgar hela tden sköldkörteln", "sv").support


def test_a_visitor_who_speaks_of_their_own_value_may_use_words_of_their_own(searcher: Searcher) -> None:
    found = _found(searcher, "my CRP came back as should I panic", "en")
    assert assess(found, "en", lenient=True).support > assess(found, "en").support


def test_a_language_without_hits_has_no_evidence(searcher: Searcher) -> None:
    found = searcher.search("vitamin D", 1, query_language="en")
    other: Language = "sv" if found.hits[0].passage.language == "en" else "en"
    assert assess(found, other) == Assessment("none", -1.0, ())


def test_what_a_sister_article_tells_is_not_taken_from_the_other_language(searcher: Searcher) -> None:
    found = _found(searcher, "Vilken mat innehåller magnesium?", "sv")
    assert {hit.passage.language for hit in found.hits} == {"sv", "en"}
    # Every shipped article has a sister, so nothing is told in English only.
    kept = only_told_in_other_language(found)
    assert {hit.passage.language for hit in kept.hits} == {"sv"}
    assert [hit for hit in found.hits if hit.passage.language == "sv"] == list(kept.hits)
