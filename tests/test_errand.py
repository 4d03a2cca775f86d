"""Errands with the company are told from questions of health, and doubt goes to health."""

from __future__ import annotations

import pytest

from assistant.errand import is_errand

ERRANDS = """
vad kostar ett blodprov
Avboka min tid
Hur bokar jag tid?
när har ni öppet
hur bokar jag om min tid, hittar inte knappen
Kan jag boka åt min gamla pappa?
finns studentrabatt?
how much does a ferritin test cost?
What does an hba1c test cost
How do I cancel my appointment?
where are your clinics
jag kan inte logga in
går det att betala med swish
I need to reschedule my appointment
"""
OF_HEALTH = """
vad kostar det kroppen att sova dåligt
vad kostar ett b12-prov och vad visar det
vad skulle hända om jag tar för mycket järn
Behöver jag boka tid för att fasta?
How much magnesium is there in nuts?
how much does stress affect cortisol
What is the cost of poor sleep for the body?
where are your adrenal glands
can i pay attention better with more sleep
kan jag boka in träning dagen före provet
Hur tar man ett prov?
What are normal values and what is the price
What does a test cost? Does it show iron?
"""


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("question", _lines(ERRANDS))
def test_errand_is_told(question: str) -> None:
    assert is_errand(question)


@pytest.mark.parametrize("question", _lines(OF_HEALTH))
def test_question_of_health_with_an_errands_words_is_looked_up(question: str) -> None:
    assert not is_errand(question)


def test_long_message_is_never_an_errand() -> None:
    assert not is_errand("Vad kostar ett prov? " + "Jag har undrat länge. " * 3)
