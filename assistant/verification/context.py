"""What a sentence says by where it stands: an item under its list's lead-in, a pronoun behind another sentence."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.verification.pronouns import speaks_of_the_last_named
from assistant.writing.parse import Written


def leans_on_another(sentence: Written, citations: Sequence[int], said: Sequence[Written]) -> bool:
    """Whether its pronoun would be read as something that its quotes do not speak of.

    Only where the sentence shown just before rests on a quote that this one rests on too is "it" the same thing.
    """
    if sentence.role == "bullet" or not speaks_of_the_last_named(sentence.text):
        return False
    return not said or not set(said[-1].citations) & set(citations)


def under(lead_in: Written, item: Written) -> str:
    """The lead-in and one of its items as one sentence, which is how they are read."""
    return f"{lead_in.text.rstrip(' :')} {item.text.strip()}"
