"""What no sentence may say unless the quotes say it: that the visitor has an illness, is well, or must do something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.verification.signs import duties, gives_advice
from assistant.verification.words import words_in
from corpus.article import Language

_VERDICTS = re.compile(
    r"""^(?:you\s+(?:probably\s+|likely\s+|clearly\s+|most\s+likely\s+)?(?:have|suffer\s+from|lack|are\s+(?:suffering|deficient))\b|
    du\s+(?:har|lider|saknar)\b)|
    \byou\s+(?:probably|likely|clearly|most\s+likely)\s+have\b|\bdu\s+har\s+(?:troligen|nog|sannolikt|förmodligen|säkert)\b|
    \byou(?:'re|\s+are)\s+(?:fine|healthy|safe|well|ill|sick)\b|\bdu\s+är\s+(?:frisk|sjuk)\b|
    \byour\s+(?:own\s+)?(?:value|values|level|levels|result|results|symptoms)\b|
    \b(?:ditt|dina|din)\s+(?:eget\s+|egna\s+)?(?:värde|värden|provsvar|symtom|besvär|nivå|nivåer)\b|
    \b(?:no|not)\s+(?:need|reason|cause)\s+(?:to|for)\s+(?:worry|concern)|\bdon'?t\s+worry|\bnothing\s+(?:to\s+worry|serious)|\bharmless\b|
    \bi\s+(?:recommend|suggest|advise|think|would)\b|\bwe\s+(?:recommend|suggest|advise)\b|
    \bingen\s+fara\b|\binte\s+farligt\b|\boroa\s+dig\b|\banledning\s+till\s+oro\b|\bofarlig\w*|
    \b(?:jag|vi)\s+(?:rekommenderar|föreslår|tycker|tror|råder)\b""",
    re.IGNORECASE | re.VERBOSE,
)

_NOT_NEEDED = re.compile(
    r"""\b(?:do(?:es)?\s+not|don'?t|doesn'?t|no|not|never)\s+(?:really\s+)?need\b.{0,40}\b(?:tests?|samples?|doctors?|care|referral)\b|
    \bbehöver\s+(?:inte|ingen|inget|inga|aldrig)\b.{0,40}(?:prov\w*|läkare\w*|vård\w*|remiss\w*)""",
    re.IGNORECASE | re.VERBOSE,
)
"""That no test or doctor is needed: said only where a quote says it."""


def advises(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether the sentence gives a verdict or tells somebody what to do, and no quote does."""
    verdict = _VERDICTS.search(text)
    if verdict and not any(_VERDICTS.search(quote) for quote in quotes):
        return True
    if _NOT_NEEDED.search(text) and not any(_NOT_NEEDED.search(quote) for quote in quotes):
        return True
    if not duties(words_in(text, language), language):
        return False
    return not any(gives_advice(words_in(quote, language), language) for quote in quotes)
