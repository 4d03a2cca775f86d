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

_ORDER = re.compile(
    r"^(?:sluta|börja|öka|minska|halvera|dubbla|hoppa\s+över|byt|ta|ät|drick|"
    r"stop|start|increase|reduce|double|halve|skip|switch|take|eat|drink)\b",
    re.IGNORECASE,
)
"""An order to take, to change or to leave off, at the beginning of a sentence."""

_NO_DUTY = re.compile(
    r"""\bas\s+(?:it|they|he|she|one|you)\s+should\b|\bwhere\s+(?:it|they)\s+should\s+not\b|\b(?:what|that)\s+should\s+have\b|
    ^should\b|\b(?:för|så)\s+att\b[^,;:.]{0,60}?\bska(?:ll)?\b|\bsom\s+(?:den|det|de)\s+ska(?:ll)?\b|
    \b(?:where|when|what|that)\s+(?:it|they)\s+should\s+be\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Where "should" and "ska" tell of a purpose, or of what is usual, and nobody what to do."""


def orders(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether the sentence orders what no quote has so much as a word of."""
    order = _ORDER.match(text)
    if not order:
        return False
    stem = words_in(order.group(), language)[0].stem
    return not any(stem in {word.stem for word in words_in(quote, language)} for quote in quotes)


def advises(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether the sentence gives a verdict or tells somebody what to do, and no quote does."""
    verdict = _VERDICTS.search(text)
    if verdict and not any(_VERDICTS.search(quote) for quote in quotes):
        return True
    if _NOT_NEEDED.search(text) and not any(_NOT_NEEDED.search(quote) for quote in quotes):
        return True
    if not duties(words_in(_NO_DUTY.sub(" ", text), language), language):
        return False
    return not any(gives_advice(words_in(quote, language), language) for quote in quotes)
