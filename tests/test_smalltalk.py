"""Which fixed text answers a message that asks nothing."""

from __future__ import annotations

import pytest

from assistant.smalltalk import smalltalk_text
from assistant.texts import texts_for

SV, EN = texts_for("sv"), texts_for("en")


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("Hej", SV.smalltalk),
        ("God morgon", SV.smalltalk),
        ("tack så mycket", SV.smalltalk_thanks),
        ("Hej då, tack för hjälpen", SV.smalltalk_bye),
        ("Är du en robot?", SV.smalltalk_who),
        ("Vem är du?", SV.smalltalk_who),
    ],
)
def test_a_swedish_message_gets_the_text_that_fits(message: str, reply: str) -> None:
    assert smalltalk_text(message, SV) == reply


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("hello", EN.smalltalk),
        ("thanks a lot", EN.smalltalk_thanks),
        ("bye", EN.smalltalk_bye),
        ("Are you a doctor?", EN.smalltalk_who),
    ],
)
def test_an_english_message_gets_the_text_that_fits(message: str, reply: str) -> None:
    assert smalltalk_text(message, EN) == reply
