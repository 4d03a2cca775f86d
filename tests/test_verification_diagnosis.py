from __future__ import annotations

import pytest

from assistant.verification.diagnosis import diagnoses
from corpus.article import Language

DIABETES = "Diabetes is usually suspected when HbA1c is 48 mmol/mol or higher."
FERRITIN = "A low ferritin points strongly to iron deficiency."
KIDNEY = "Ett eGFR som ligger under 60 i minst tre månader brukar tyda på kronisk njursjukdom."
JÄRN = "Ett lågt ferritin talar starkt för järnbrist."


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("You have diabetes if HbA1c is 48 mmol/mol or higher.", DIABETES, "en"),
        ("With HbA1c of 48 mmol/mol or higher, you have diabetes.", DIABETES, "en"),
        ("If your ferritin is low, you have iron deficiency.", FERRITIN, "en"),
        ("A low ferritin means that you have iron deficiency.", FERRITIN, "en"),
        ("A low ferritin means iron deficiency.", FERRITIN, "en"),
        ("A low ferritin shows iron deficiency.", FERRITIN, "en"),
        ("You are deficient in iron, so this is iron deficiency.", FERRITIN, "en"),
        ("Du har järnbrist om ferritin är lågt.", JÄRN, "sv"),
        ("Har du lågt ferritin har du järnbrist.", JÄRN, "sv"),
        ("Lågt ferritin betyder att du har järnbrist.", JÄRN, "sv"),
        ("Lågt ferritin innebär järnbrist.", JÄRN, "sv"),
        ("Ligger eGFR under 60 i minst tre månader har du kronisk njursjukdom.", KIDNEY, "sv"),
        ("Ett eGFR under 60 i minst tre månader är kronisk njursjukdom.", KIDNEY, "sv"),
        ("You have diabetes.", "Contact your doctor if you have diabetes.", "en"),
        ("Du har diabetes.", "Kontakta din läkare om du har diabetes.", "sv"),
    ],
)
def test_a_sign_is_not_made_an_illness(text: str, quote: str, language: Language) -> None:
    assert diagnoses(text, [quote], language)


@pytest.mark.parametrize(
    ("text", "quote", "language"),
    [
        ("If HbA1c is 48 mmol/mol or higher, you may have diabetes.", DIABETES, "en"),
        ("A doctor usually suspects diabetes at an HbA1c of 48 mmol/mol.", DIABETES, "en"),
        ("A low ferritin strongly suggests that you have iron deficiency.", FERRITIN, "en"),
        ("A low ferritin is often a sign of iron deficiency.", FERRITIN, "en"),
        ("If you have diabetes, ask your doctor.", "People with diabetes should ask their doctor.", "en"),
        ("A normal value does not mean that you have no diabetes.", "A normal value does not rule out diabetes.", "en"),
        ("Ett lågt ferritin talar för att du har järnbrist.", JÄRN, "sv"),
        ("Är ferritinet lågt kan du ha järnbrist.", JÄRN, "sv"),
        ("Har du diabetes bör du fråga vården.", "Den som har diabetes bör fråga vården.", "sv"),
        ("Om du har järnbrist kan ferritin vara lågt.", JÄRN, "sv"),
        ("Det är vanligt med trötthet vid järnbrist.", "Järnbrist ger ofta trötthet.", "sv"),
        ("Graves är en autoimmun sjukdom.", "Graves är en autoimmun sjukdom som kan ge symtom.", "sv"),
        ("Berätta för vården att du har diabetes.", "Den som har diabetes kan behöva berätta det.", "sv"),
        ("Even though you have diabetes, you can eat fruit.", "People with diabetes can eat fruit.", "en"),
        ("Anemi är blodbrist.", "Anemi kallas också blodbrist.", "sv"),
        ("have coeliac disease or Crohn's disease", "The risk is higher in people who:\nhave coeliac disease", "en"),
    ],
)
def test_what_points_to_an_illness_may_be_told(text: str, quote: str, language: Language) -> None:
    assert not diagnoses(text, [quote], language)
