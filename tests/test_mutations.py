"""Mutations: each changes just what it says, nothing that would stay true is made, and the same seed gives the same."""

from __future__ import annotations

import random

import pytest

from corpus.article import Language
from evals.verification.figures import other_numbers, other_units
from evals.verification.mutations import KINDS, Mutation, clauses, mutations_of
from evals.verification.stated import Stated
from evals.verification.swaps import swaps
from evals.verification.turns import comparisons, modalities, polarities


def stated(text: str, language: Language = "en", quotes: tuple[str, ...] = (), others: tuple[str, ...] = ()) -> Stated:
    return Stated(text, quotes or (text,), others, language)


def made(kind: str, sentence: Stated) -> set[str]:
    """The mutations of one kind over many seeds."""
    found: set[str] = set()
    for seed in range(40):
        found |= {m.text for m in mutations_of(sentence, random.Random(seed)) if m.kind == kind}
    return found


def test_a_number_becomes_one_that_no_quote_holds() -> None:
    quotes = ("Fast for 8 hours.", "The answer takes 16 hours, at times 9.")
    assert made("number", stated("Fast for 8 hours.", quotes=quotes)) == {"Fast for 80 hours.", "Fast for 4 hours."}


def test_a_decimal_number_stays_one_in_swedish() -> None:
    texts = set(other_numbers(stated("Gränsen går vid 3,5 mmol/l.", "sv")))
    assert texts == {"Gränsen går vid 7 mmol/l.", "Gränsen går vid 4,5 mmol/l.", "Gränsen går vid 35 mmol/l."}


def test_the_two_ends_of_a_range_do_not_change_places_but_two_values_do() -> None:
    assert "Between 5 and 10 days." not in made("number", stated("Between 10 and 5 days."))
    assert "Men have 3.9 and women 3.4." in made("number", stated("Men have 3.4 and women 3.9."))


def test_a_number_within_a_name_is_left_alone() -> None:
    assert not made("number", stated("B12 and 25-OH-D are measured."))


@pytest.mark.parametrize(
    ("text", "language", "changed"),
    [
        ("Wait for 3 weeks.", "en", "Wait for 3 months."),
        ("Brist är under 25 nmol/l.", "sv", "Brist är under 25 mmol/l."),
        ("Det tar ett dygn.", "sv", "Det tar ett vecka."),
        ("About 10 percent have it.", "en", "About 10 permille have it."),
    ],
)
def test_a_unit_becomes_another(text: str, language: Language, changed: str) -> None:
    assert list(other_units(stated(text, language))) == [changed]


@pytest.mark.parametrize(
    ("text", "language", "changed"),
    [
        ("TSH is often higher.", "en", {"TSH is rarely higher.", "TSH is often lower."}),
        ("Fasta före provet.", "sv", {"Fasta efter provet."}),
        ("Levels over 50 are high.", "en", {"Levels under 50 are high.", "Levels over 50 are low."}),
        ("Sleep at least 7 hours.", "en", {"Sleep at most 7 hours."}),
        ("Rör dig minst 30 minuter.", "sv", {"Rör dig högst 30 minuter."}),
    ],
)
def test_a_comparison_is_turned(text: str, language: Language, changed: set[str]) -> None:
    assert set(comparisons(stated(text, language))) == changed


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Above all, drink water.", "en"),
        ("Värdet varierar under dygnet.", "sv"),  # over the day, in Swedish, is the same
        ("It varies over time.", "en"),
        ("Framför allt vatten.", "sv"),
        ("Cells that live shorter or longer.", "en"),  # one of the two is still true
        ("Barn kan få det.", "sv"),  # the verb, not the few
    ],
)
def test_an_idiom_is_no_comparison(text: str, language: Language) -> None:
    assert list(comparisons(stated(text, language))) == []


@pytest.mark.parametrize(
    ("text", "language", "changed"),
    [
        ("Coffee does not help.", "en", {"Coffee does help."}),
        ("Det finns ingen brist.", "sv", {"Det finns en brist."}),
        ("You cannot tell.", "en", {"You can tell."}),
        ("Prover utan fasta räcker.", "sv", {"Prover med fasta räcker."}),
        ("Zink behövs och finns i kött.", "sv", {"Zink behövs och finns inte i kött."}),
        ("Iron is needed.", "en", {"Iron is not needed."}),
    ],
)
def test_a_negation_goes_or_comes(text: str, language: Language, changed: set[str]) -> None:
    assert set(polarities(stated(text, language))) == changed


@pytest.mark.parametrize(
    ("text", "language"), [("Whether or not you fast, it holds.", "en"), ("Det går över, medicin eller inte.", "sv")]
)
def test_a_negation_that_denies_nothing_stays(text: str, language: Language) -> None:
    assert list(polarities(stated(text, language))) == []


@pytest.mark.parametrize(
    ("text", "language", "changed"),
    [
        ("Stress can be a cause.", "en", ["Stress is a cause."]),
        ("Some people need more.", "en", ["All people need more."]),
        ("Järn kan ge ont i magen.", "sv", ["Järn ger ont i magen."]),
        ("Det går oftast över.", "sv", ["Det går alltid över."]),
        ("Kaffe kan störa sömnen.", "sv", ["Kaffe kommer alltid att störa sömnen."]),
        ("Studies suggest a link.", "en", ["Studies prove a link."]),
    ],
)
def test_what_may_be_becomes_sure(text: str, language: Language, changed: list[str]) -> None:
    assert list(modalities(stated(text, language))) == changed


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Man kan inte se det.", "sv"),  # it is sure already
        ("It is not often seen.", "en"),  # "not always" is the weaker
        ("Då kan blodfetterna stiga.", "sv"),  # "kommer alltid att blodfetterna" is no Swedish
        ("Some 40 people took part.", "en"),
        ("This makes it more likely.", "en"),
    ],
)
def test_what_would_not_be_surer_is_not_made(text: str, language: Language) -> None:
    assert list(modalities(stated(text, language))) == []


def test_two_names_change_places() -> None:
    texts = list(swaps(stated("Vitamin D is needed to take up calcium.")))
    assert texts == ["Calcium is needed to take up vitamin D."]
    assert "Celiaki är vanligare vid järnbrist." in made("swap", stated("Järnbrist är vanligare vid celiaki.", "sv"))


def test_cause_and_effect_change_places() -> None:
    assert "High sugar intake causes tooth decay." in made("swap", stated("Tooth decay causes high sugar intake."))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Liver, black pudding and eggs are good sources.", "en"),
        ("Magnesium, kalcium och kalium mäts.", "sv"),
        ("Potassium is measured together with magnesium.", "en"),
        ("TSH (thyroxine) was measured.", "en"),
        ("Diabetes är vanligare än typ 2-diabetes.", "sv"),
    ],
)
def test_equals_do_not_change_places(text: str, language: Language) -> None:
    assert list(swaps(stated(text, language))) == []


def test_a_clause_is_appended_unless_the_quotes_say_it() -> None:
    texts = set(clauses(stated("Rest helps.")))
    assert "Rest helps, but it is completely harmless." in texts
    assert "Rest helps and lowers the risk of a heart attack." in texts
    said = stated("Rest helps.", quotes=("Rest helps, and it is completely harmless.",))
    assert "Rest helps, but it is completely harmless." not in set(clauses(said))


def test_a_wrong_citation_is_one_that_says_something_else() -> None:
    iron, meat = "Iron carries oxygen in the blood.", "Red meat and lentils hold plenty."
    also = "The blood needs iron that carries oxygen around."
    (wrong,) = [m for m in mutations_of(stated(iron, others=(meat, also)), random.Random(1)) if m.kind == "citation"]
    assert wrong == Mutation("citation", iron, (meat,), (iron, also), "en", iron)


def test_the_same_seed_gives_the_same_and_no_mutation_says_what_was_said() -> None:
    sentence = stated(
        "Low iron can often cause tiredness, and adults under 50 are not tested for 3 weeks.",
        others=("Sleep matters more than anybody thought.",),
    )
    one, other = (list(mutations_of(sentence, random.Random(5))) for _ in range(2))
    assert one == other
    assert {mutation.kind for mutation in one} == set(KINDS)
    assert all(m.text != sentence.text or m.kind == "citation" for m in one)
