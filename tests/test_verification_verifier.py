"""The rules, one by one, on sentences whose words all stand in the quotes: the comparison would let them pass."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from assistant.verification.verdict import Reason
from assistant.verification.verifier import Verifier
from assistant.writing.parse import Written
from corpus.article import Language
from tests.fakes import WordSupport

EN = (
    "Low iron can make some people tired, and it is more common in women.",
    "A ferritin below 30 µg/l often means that the iron stores are low.",
    "Coffee does not help.",
)
SV = (
    "Lågt järn kan göra vissa personer trötta, och det är vanligare hos kvinnor.",
    "Ett ferritin under 30 µg/l betyder ofta att järnförråden är låga.",
    "Kaffe hjälper inte.",
)


def verdict(text: str, *cites: int, language: Language = "en", support: float = 0.0) -> Reason | None:
    quotes = EN if language == "en" else SV
    return Verifier(WordSupport(support)).verify(Written(text, "sentence", cites), quotes, language).reason


@pytest.mark.parametrize("text", [EN[0], EN[1], EN[2], "Low iron can make some people tired."])
def test_what_a_quote_says_stays(text: str) -> None:
    cited = next(n for n, quote in enumerate(EN, start=1) if text[:10] == quote[:10])
    assert verdict(text, cited, support=0.6) is None


@pytest.mark.parametrize(
    ("text", "cites", "language", "reason"),
    [
        ("Low iron can make some people tired.", (99,), "en", "unknown_citation"),
        ("Low iron can make some people tired.", (0,), "en", "unknown_citation"),
        ("A ferritin below 50 µg/l often means that the iron stores are low.", (2,), "en", "number"),
        ("A ferritin below 30 mg/l often means that the iron stores are low.", (2,), "en", "unit"),
        ("A ferritin below 30 often means that the iron stores are low.", (2,), "en", "unit"),
        ("A ferritin above 30 µg/l often means that the iron stores are low.", (2,), "en", "limit"),
        ("Ett ferritin över 30 µg/l betyder ofta att järnförråden är låga.", (2,), "sv", "limit"),
        ("Low iron can make some people tired, and it is less common in women.", (1,), "en", "comparison"),
        ("Low iron can make some people tired, and it is more common in men.", (1,), "en", "name"),
        ("Lågt järn kan göra vissa personer trötta, och det är vanligare hos män.", (1,), "sv", "name"),
        ("Low zinc can make some people tired.", (1,), "en", "name"),
        ("Low iron cannot make some people tired.", (1,), "en", "polarity"),
        ("Kaffe hjälper.", (3,), "sv", "polarity"),
        ("Low iron makes some people tired, and it is always more common in women.", (1,), "en", "modality"),
        ("You should drink coffee.", (3,), "en", "advice"),
        ("Your iron stores are low and you probably have low iron.", (1,), "en", "advice"),
        ("Take 100 mg iron daily.", (1,), "en", "not_quotable"),
        ("Call 08-123 45 67 about iron.", (1,), "en", "not_quotable"),
        ("Read more on www.example.com about iron.", (1,), "en", "form"),
        ("Lågt järn kan göra vissa personer trötta.", (1,), "en", "language"),
        ("Железо помогает.", (1,), "en", "language"),
    ],
)
def test_each_kind_of_fault_is_named(text: str, cites: tuple[int, ...], language: Language, reason: Reason) -> None:
    assert verdict(text, *cites, language=language) == reason


def test_a_fault_of_form_comes_before_everything() -> None:
    written = Written("Low <b>iron</b>.", "sentence", (1,), "form")
    assert Verifier(WordSupport(0)).verify(written, EN, "en").reason == "form"


def test_a_decimal_comma_and_a_decimal_point_are_one_number() -> None:
    quotes = ["The limit is 3.5 µg/l."]
    written = Written("The limit is 3,5 μg/l.", "sentence", (1,))
    assert Verifier(WordSupport(0)).verify(written, quotes, "en").reason is None


@pytest.mark.parametrize(
    ("text", "quote", "reason"),
    [
        ("Half of them have it within two days.", "50 percent have it within 48 hours.", None),
        ("It falls by 3 percent a year.", "From 40 years it falls by 3 percent per decade.", "unit"),
        ("More than half of them have it.", "Under 50 percent have it.", "limit"),
        ("A quarter of them have it.", "50 percent have it.", "number"),
    ],
)
def test_one_amount_may_be_said_in_another_way(text: str, quote: str, reason: Reason | None) -> None:
    assert Verifier(WordSupport(0)).verify(Written(text, "sentence", (1,)), [quote], "en").reason == reason


def test_a_sentence_that_the_quotes_do_not_carry_is_dropped() -> None:
    # 3 of its 6 words stand in the quote: 0.5 is below 0.6
    assert verdict("Low iron can harm babies badly.", 1, support=0.6) in ("name", "unsupported")
    assert verdict("Low iron can spoil holidays badly.", 1, support=0.6) == "unsupported"


def test_what_was_said_is_not_said_again() -> None:
    verifier = Verifier(WordSupport(0))
    again = verifier.verify(
        Written(EN[2], "sentence", (3,)), EN, "en", [Written("Coffee does not help.", "sentence", (3,))]
    )
    assert again.reason == "repeats"


def test_a_citation_that_adds_nothing_is_left_out() -> None:
    kept = Verifier(WordSupport(0.9)).verify(Written(EN[2], "sentence", (1, 3)), EN, "en")
    assert (kept.reason, kept.citations) == (None, (3,))


def test_a_rule_that_is_often_wrong_is_excused_where_the_comparison_is_sure() -> None:
    written = Written("Low iron cannot make some people tired.", "sentence", (1,))  # 6 of 7 words: 0.86
    strict = Verifier(WordSupport(0.5, {"polarity": 0.9, "modality": 0.9}))
    lenient = Verifier(WordSupport(0.5, {"polarity": 0.8, "modality": 0.8}))
    assert strict.verify(written, EN, "en").reason == "polarity"
    assert lenient.verify(written, EN, "en").reason is None


@pytest.mark.parametrize(
    ("text", "quotes", "reason"),
    [
        ("Wait before calling 112 for chest pain.", ["Call 112 for chest pain."], "care"),
        ("You have diabetes if HbA1c is high.", ["Diabetes is suspected if HbA1c is high."], "diagnosis"),
        ("Eat meat rather than fish.", ["Eat fish rather than meat."], "comparison"),
        ("Liver holds a lot of vitamin C.", ["Liver holds a lot of vitamin A.", "Vitamin C is in fruit."], "name"),
        ("Stop ibuprofen if your kidneys are poor.", ["Ibuprofen can be bad if your kidneys are poor."], "advice"),
    ],
)
def test_what_may_harm_is_never_excused(text: str, quotes: list[str], reason: Reason) -> None:
    sure = Verifier(WordSupport(0, {"advice": 0, "comparison": 0, "name": 0, "modality": 0, "polarity": 0}))
    written = Written(text, "sentence", tuple(range(1, len(quotes) + 1)))
    assert sure.verify(written, quotes, "en").reason == reason


def test_the_quotes_own_lines_are_carried_whatever_the_comparison_says() -> None:
    nothing = Verifier(WordSupport(2))
    quotes = ["The risk of low iron is higher for people who:\ngive blood often"]
    kept = nothing.verify(Written("The risk of low iron is higher for people who:", "lead_in", (1,)), quotes, "en")
    assert (kept.reason, kept.support) == (None, 1.0)
    assert nothing.verify(Written("give blood often", "bullet", (1,)), quotes, "en").reason is None
    assert nothing.verify(Written("give blood", "bullet", (1,)), quotes, "en").reason == "unsupported"


LISTS = (
    "The risk of B12 deficiency is higher in people who:\neat a vegan diet\nhave coeliac disease",
    "The risk of folate deficiency is higher in people who:\ndrink a lot of alcohol\neat few vegetables",
)


@pytest.mark.parametrize(
    ("item", "cites", "reason"),
    [
        ("eat a vegan diet", (1,), None),
        ("drink a lot of alcohol", (2,), "miscited"),
        ("drink a lot of alcohol", (1, 2), "miscited"),
        ("have coeliac disease or take statins", (1,), "name"),
    ],
)
def test_an_item_is_held_to_its_lead_in(item: str, cites: tuple[int, ...], reason: Reason | None) -> None:
    lead_in = Written("The risk of B12 deficiency is higher in people who:", "lead_in", (1,))
    written = Written(item, "bullet", cites)
    assert Verifier(WordSupport(0.9)).verify(written, LISTS, "en", (), lead_in).reason == reason


def test_an_item_is_read_together_with_its_lead_in() -> None:
    quotes = ["Those who eat fish need no iodine tablets."]
    item, verifier = Written("iodine tablets", "bullet", (1,)), Verifier(WordSupport(0))
    assert verifier.verify(item, quotes, "en", (), Written("They need no:", "lead_in", (1,))).reason is None
    assert verifier.verify(item, quotes, "en", (), Written("They need all:", "lead_in", (1,))).reason == "polarity"


CREATININE = (
    "Creatinine is a waste product from the muscles.",
    "Cystatin C is a protein that is affected very little by muscle mass.",
)


def test_a_pronoun_needs_the_sentence_before_it_to_rest_on_the_same_quote() -> None:
    verifier, it = Verifier(WordSupport(0.5)), Written("It is affected very little by muscle mass.", "sentence", (2,))
    creatinine = Written("Creatinine is a waste product.", "sentence", (1,))
    cystatin = Written("Cystatin C is a protein.", "sentence", (2,))
    assert verifier.verify(it, CREATININE, "en", [creatinine]).reason == "context"
    assert verifier.verify(it, CREATININE, "en", [cystatin, creatinine]).reason == "context"
    assert verifier.verify(it, CREATININE, "en", []).reason == "context"
    assert verifier.verify(it, CREATININE, "en").reason is None, "judged by itself"
    assert verifier.verify(it, CREATININE, "en", [creatinine, cystatin]).reason is None


def test_a_word_of_the_other_language_inside_a_sentence_is_told() -> None:
    assert verdict("Kaffe hjälper probably inte.", 3, language="sv") == "language"


class Never:
    name = "never"

    def probability(self, quotes: Sequence[str], sentence: str) -> float:
        return 0.1


def test_an_entailment_model_has_a_veto() -> None:
    assert Verifier(WordSupport(0), Never()).verify(Written(EN[2], "sentence", (3,)), EN, "en").reason == "not_entailed"
