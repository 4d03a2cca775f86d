"""Whoever is told to wait comes too late: the falsehoods share nearly all words with their quotes."""

from __future__ import annotations

import pytest

from assistant.verification.care import puts_off_care
from corpus.article import Language

URINE = "Sök vård genast om du nästan inte kissar alls."
BREATH = "Ring 112 vid svår andnöd, bröstsmärta, förvirring eller medvetandepåverkan."
FEVER = "Sök vård samma dag om du har feber tillsammans med smärta i sidan av ryggen."
BLOOD = "Kontakta din läkare eller ring 1177 om ett njurvärde avviker eller om du har blod i urinen."
CHEST = "Call 112 for chest pain, severe shortness of breath, fainting or heavy bleeding."
CHILD = "A child who is unusually thirsty and tired needs to be seen by a doctor straight away, the same day."
SUGAR = "Contact your doctor or call 1177 if you have signs of high blood sugar."
IRON = "Taking iron without advice can mask the cause, so talk to a health professional first."
BOTH = "Seek care the same day if your skin turns yellow, and seek emergency care if you also have a fever."
EITHER = "Sök vård genast om du har svår magsmärta. Kontakta din läkare om du har klåda."


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("Vänta med att söka vård om du nästan inte kissar alls.", URINE, "sv"),
        ("Avvakta om du nästan inte kissar alls.", URINE, "sv"),
        ("Sök vård när du kan om du nästan inte kissar alls.", URINE, "sv"),
        ("Du behöver inte söka vård om du nästan inte kissar alls.", URINE, "sv"),
        ("Vänta med att ringa 112 vid svår andnöd eller bröstsmärta.", BREATH, "sv"),
        ("Ring inte 112 vid svår andnöd eller bröstsmärta.", BREATH, "sv"),
        ("Ring 112 bara om du har både svår andnöd och bröstsmärta.", BREATH, "sv"),
        ("Vänta till nästa dag med att söka vård om du har feber och ont i sidan av ryggen.", FEVER, "sv"),
        ("Skjut upp att kontakta läkare om du har blod i urinen.", BLOOD, "sv"),
        ("Undvik att kontakta läkare om du har blod i urinen.", BLOOD, "sv"),
        ("Delay calling 112 if you have chest pain.", CHEST, "en"),
        ("Hold off on calling 112 for chest pain or fainting.", CHEST, "en"),
        ("Do not call 112 for chest pain.", CHEST, "en"),
        ("A child who is unusually thirsty and tired can wait to be seen by a doctor.", CHILD, "en"),
        ("Avoid contacting your doctor if you have signs of high blood sugar.", SUGAR, "en"),
        ("Contact your doctor only if you have signs of high blood sugar.", SUGAR, "en"),
        ("Talk to a health professional after taking iron.", IRON, "en"),
    ],
)
def test_care_is_not_put_off(text: str, quote: str, language: Language) -> None:
    assert puts_off_care(text, [quote], language)


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("Sök vård om du nästan inte kissar alls.", URINE, "sv"),
        ("Sök vård samma dag om du nästan inte kissar alls.", URINE, "sv"),
        ("Sök vård genast om du inte kissar alls.", URINE, "sv"),
        ("Ring 1177 vid svår andnöd och bröstsmärta.", BREATH, "sv"),
        ("Sök vård om du har feber och ont i sidan av ryggen.", FEVER, "sv"),
        ("Sök vård om du har svår magsmärta.", EITHER, "sv"),
        ("A child who is unusually thirsty and tired needs to be seen by a doctor.", CHILD, "en"),
        ("Seek care if your skin turns yellow and you have a fever.", BOTH, "en"),
    ],
)
def test_its_haste_is_kept(text: str, quote: str, language: Language) -> None:
    assert puts_off_care(text, [quote], language)


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("Om du nästan inte kissar alls ska du söka vård omedelbart.", URINE, "sv"),
        ("Vänta inte med att söka vård om du nästan inte kissar alls.", URINE, "sv"),
        ("Det finns ingen anledning att vänta med att söka vård om du nästan inte kissar alls.", URINE, "sv"),
        ("Vid svår andnöd eller bröstsmärta ska du ringa 112.", BREATH, "sv"),
        ("Har du feber och ont i sidan av ryggen behöver du söka vård redan samma dag.", FEVER, "sv"),
        ("Om du har blod i urinen kan du ringa 1177 eller kontakta din läkare.", BLOOD, "sv"),
        ("Kontakta din läkare om du har klåda.", EITHER, "sv"),
        ("Sluta inte utan att först prata med din läkare.", "Prata med din läkare innan du slutar.", "sv"),
        ("If you faint or have chest pain, call 112 right away.", CHEST, "en"),
        ("Do not wait to call 112 for chest pain.", CHEST, "en"),
        ("A very thirsty and tired child should see a doctor the same day.", CHILD, "en"),
        ("Talk to a health professional before you take iron.", IRON, "en"),
        ("Seek care the same day if your skin turns yellow.", BOTH, "en"),
        ("Signs of high blood sugar are a reason to call 1177 or contact your doctor.", SUGAR, "en"),
        ("Går det inte över, sök vård samma dag.", "Sök vård samma dag om det inte går över.", "sv"),
        ("If it does not pass, contact your doctor.", "Contact your doctor if it does not pass.", "en"),
        ("A high TSH does not always call for treatment.", "Talk to your doctor. A high TSH may need treatment.", "en"),
        ("Sök vård så fort som möjligt om du nästan inte kissar alls.", URINE, "sv"),
        ("Sök vård genast om du kissar väldigt lite.", URINE, "sv"),
        ("The sample is taken again later.", "The sample is often taken once more after some weeks.", "en"),
        ("Provet tas om senare.", "Provet tas ofta om efter några veckor.", "sv"),
        ("You can wait a week before you see a doctor.", "See a doctor after waiting a week.", "en"),
    ],
)
def test_what_the_quotes_say_of_care_may_be_said_in_other_words(text: str, quote: str, language: Language) -> None:
    assert not puts_off_care(text, [quote], language)


def test_the_haste_of_the_quote_that_is_told_again_counts() -> None:
    assert not puts_off_care("Kontakta din läkare om du har blod i urinen.", [URINE, BLOOD], "sv")
    assert puts_off_care("Kontakta din läkare om du nästan inte kissar alls.", [URINE, BLOOD], "sv")
