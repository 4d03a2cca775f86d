"""What must never be quoted, what must not be quoted alone, and the look-alikes that may."""

from __future__ import annotations

import pytest

from assistant.quotable import goes_on, leans_back, may_be_quoted, names_a_figure, names_an_amount


@pytest.mark.parametrize(
    "sentence",
    [
        "Ta 350 mg magnesium per dag.",
        "Vuxna behöver 10 mikrogram D-vitamin om dagen.",
        "Take two tablets with food.",
        "The recommended intake is 15 µg a day.",
        "Barn får 5 ml.",
        "Ta en tablett två gånger per dag.",
        "Doses above 4000 IU should be avoided.",
        "Högst 100–200 mg åt gången.",
        "Take 2 tablets daily.",
        "Call 1177 before you take 2 a day.",
        "Ta 2 dagligen och ring 112 om du blir sämre.",
        "Take 1177 mg daily.",
        "Take 112.5 daily.",
    ],
)
def test_an_amount_to_take_is_seen(sentence: str) -> None:
    assert names_an_amount(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "HbA1c på 48 mmol/mol eller mer talar för diabetes.",
        "Värdet anges i mg/l.",
        "Fasta betyder att du inte äter på omkring tio till tolv timmar.",
        "Kortisol mäts i nmol/l.",
        "En dos solljus gör gott.",
        "B12 finns i kött.",
        "Iron is often measured in the morning.",
        "One in ten people has it.",
        "Den dagliga rytmen gör att kortisol är högst på morgonen.",
    ],
)
def test_a_concentration_or_a_time_is_no_amount(sentence: str) -> None:
    assert not names_an_amount(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Hos Hälsobolaget kan du ta ett blodprov som visar om dina värden är normala.",
        "Ring oss på 08-123 45 67.",
        "Läs mer på www.example.se.",
        "Här går vi igenom vad forskningen säger.",
        "Boka ditt prov idag.",
    ],
)
def test_advertising_numbers_and_addresses_are_not_answers(sentence: str) -> None:
    assert not may_be_quoted(sentence, None)


def test_alarm_numbers_may_be_quoted() -> None:
    assert may_be_quoted("Ring 112 vid bröstsmärta och 1177 för råd.", None)


@pytest.mark.parametrize(
    "sentence",
    [
        "Contact your doctor or call 1177 if you have slept badly for several weeks and it affects your daily life.",
        "Ring 1177 om du har haft värk dagligen i flera veckor.",
        "Call 112 if it has happened more than once today.",
    ],
)
def test_an_alarm_number_beside_how_often_something_happens_is_no_amount(sentence: str) -> None:
    assert may_be_quoted(sentence, None)


def test_what_stands_under_a_sales_heading_is_not_an_answer() -> None:
    assert not may_be_quoted("Du får ett svar inom några dagar.", "Så kan Hälsobolaget hjälpa dig")
    assert may_be_quoted("Du får ett svar inom några dagar.", "Så går provtagningen till")


def test_the_brand_in_settings_is_advertising() -> None:
    assert not may_be_quoted("Ett blodprov från Kliniken ger besked.", None, brand="Kliniken")


@pytest.mark.parametrize(
    "sentence",
    [
        "Andra märker ingen skillnad alls.",
        "Det är en vanlig orsak till trötthet.",
        "De kan också bli trötta.",
        "Men hur stark effekten är varierar.",
        "Däremot finns viss evidens.",
        "It can also be low.",
        "They are more common in women.",
        "However, the studies are small.",
        "Dessa värden bör bedömas av läkare.",
    ],
)
def test_a_sentence_that_leans_on_the_one_before(sentence: str) -> None:
    assert leans_back(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Det är inte säkert visat att magnesium hjälper mot sömnproblem.",
        "Det finns inget starkt stöd för det.",
        "Det mesta av kroppens magnesium finns i skelettet.",
        "Den totala sömntiden blev inte längre i studierna av magnesium.",
        "De flesta får tillräckligt med magnesium från vanlig mat.",
        "Det bästa sättet är att äta varierat.",
        "It is not clear that magnesium helps.",
        "Magnesium kan påverka sömnen.",
        "There is no strong evidence that extra magnesium improves sleep.",
    ],
)
def test_a_sentence_that_stands_alone(sentence: str) -> None:
    assert not leans_back(sentence)


def test_names_with_digits_are_not_figures() -> None:
    assert not names_a_figure("B12, T4, HbA1c och 25-OH-D mäts i blodet.")
    assert names_a_figure("Ett värde under 30 är lågt.")


@pytest.mark.parametrize(
    ("sentence", "so"),
    [
        ("Resultat från gravida bedöms därför mot egna gränser.", True),
        ("HbA1c kan också påverkas av:", True),
        ("Reference limits therefore differ.", True),
        ("Ett högt HDL är ändå inget säkert skydd.", True),
        ("The value can still be normal.", True),
        ("Andra märker ingen skillnad alls.", True),
        ("För mycket järn kan skada levern.", False),
        ("Coffee reduces the absorption of iron.", False),
    ],
)
def test_a_sentence_that_goes_on_from_another_is_told_from_one_that_opens(sentence: str, so: bool) -> None:
    assert goes_on(sentence) is so
