from __future__ import annotations

import pytest

from assistant.verification.pronouns import speaks_of_the_last_named


@pytest.mark.parametrize(
    "text",
    [
        "It is affected very little by muscle mass.",
        "It is also called good cholesterol, and a low level is linked to a higher risk.",
        "It rises fast.",
        "They are more common in women.",
        "Its level is highest in the morning.",
        "But it is higher in men.",
        "This is common.",
        "Det kallas också det goda kolesterolet, och ett lågt värde hänger ihop med ökad risk.",
        "Det bildas i levern.",
        "Det är vanligare hos kvinnor.",
        "Den påverkas inte av mat.",
        "De är vanligare hos kvinnor.",
        "Dess nivå är högst på morgonen.",
    ],
)
def test_a_pronoun_for_a_thing_is_told(text: str) -> None:
    assert speaks_of_the_last_named(text)


@pytest.mark.parametrize(
    "text",
    [
        "It takes weeks before the values change.",
        "It has not been shown that magnesium helps.",
        "It is common for low vitamin D to cause no symptoms.",
        "It depends on the test.",
        "It is the keloid, not the scar, that spreads.",
        "Both ALT and AST can rise.",
        "Those who smoke have a higher risk.",
        "Det finns många orsaker.",
        "Det är vanligt att vara trött.",
        "Det är osäkert om magnesium hjälper.",
        "Det tar några veckor.",
        "De flesta tål statiner väl.",
        "Den som är gravid behöver mer järn.",
        "Den vanligaste orsaken är blödning.",
    ],
)
def test_an_empty_it_and_a_noun_of_its_own_are_left_alone(text: str) -> None:
    assert not speaks_of_the_last_named(text)
