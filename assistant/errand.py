"""Tells an errand with the company, about prices, appointments or an account, from a question of health.

No article holds it, and the passages nearest to it mislead: "vad kostar ett blodprov" found what disturbs one. In doubt
it is a question of health: a long message, or one that asks something else beside, is looked up as ever.
"""

from __future__ import annotations

import re

_LONGEST = 14
"""Words; an errand is short, and a longer message mostly tells something more."""
_ERRAND = re.compile(
    r"""\b(?:
    (?:vad|va|hur\s+mycket)\s+(?:kostar|skulle|är\s+priset|blir\s+priset|tar\s+ni\s+(?:betalt\s+)?för)\b(?!.*\b(?:kroppen|hälsan|för\s+värde)\b)
        (?=.*\b(?:kosta\w*|pris\w*|betalt|prov\w*|\w+prov\w*|test\w*|paket\w*|\w+paket\w*|kontroll\w*|hälso\w*|besök\w*|det|ni|er)\b)|
    (?:pris|priser|priset|prislista\w*|studentrabatt\w*|rabattkod\w*|presentkort\w*|öppettid\w*|avbokning\w*|ombokning\w*)\b|
    (?:av|om)boka\w*|boka(?:r|s|t)?\s+(?:av|om|in\s+(?:en\s+)?(?:tid|prov\w*)|en\s+tid|tid|tider|min\s+tid|ett\s+besök|provtagning\w*)\b|
    hur\s+(?:bokar|beställer|betalar|avbokar|ombokar)\s+(?:jag|man|vi)\b|
    (?:kan|går\s+det\s+att|får)\s+(?:jag\s+|man\s+|vi\s+)?(?:boka|betala)\b(?!\s+in\s+\w*träning)|lämna\s+återbud|
    (?:när|vilka\s+tider)\s+(?:har|är)\s+(?:ni|det)\s+öppet|har\s+ni\s+(?:öppet|drop-?in)|var\s+(?:ligger|finns)\s+(?:ni|er\s+\w+)|
    (?:logga|loggar)\s+in\b|(?:mitt|min|glömt)\s+(?:konto|lösenord\w*|faktura\w*|kvitto\w*|bokning\w*)|
    how\s+much\s+(?:do|does|is|are|would|will)\b(?=.*\b(?:cost|price|charge|tests?|packages?|checks?)\b)(?!.*\b(?:too\s+much|affect)\b)(?=.*\b(?:costs?|price|charge)\b)|
    what\s+(?:does|do|is|are|would|'s)\b(?=.*\b(?:cost|price)\b)|(?:the\s+)?prices?\s+(?:of|for|list)\b|discount\s+codes?|student\s+discounts?|
    gift\s+cards?|opening\s+(?:hours|times)|are\s+you\s+open|when\s+(?:do|are)\s+you\s+open|where\s+are\s+(?:you|your\s+(?:clinics?|labs?|offices?|places|sites))\b|
    (?:book|cancel|rebook|reschedule|change|move)\s+(?:a|an|my|the)\s+(?:\w+\s+)?(?:appointment|booking|time|slot|visit)\b|
    how\s+(?:do|can)\s+i\s+(?:book|order|pay|cancel|rebook|log\s+in)\b|can\s+i\s+(?:book|pay|cancel)\b(?!\s+attention)|(?:can(?:'t|not)\s+)?log\s+in\b|
    (?:my|forgot\s+(?:my\s+)?)\s*(?:account|password|invoice|receipt|booking)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SOMETHING_ELSE = re.compile(
    r"""\b(?:och|men|samt|eller)\s+(?:vad|hur|varför|kan|är|ska|hjälper|visar|betyder|behöver|måste)\b|
    \b(?:and|but|or)\s+(?:what|how|why|can|is|does|do|should|will)\b|\?\s*\w+.*\?|
    \b(?:fast\w*|symtom\w*|symptom\w*|tecken|signs?|ont|pain|trött\w*|tired|sjuk\w*|ill|sick|kroppen|body|brist\w*|deficien\w*)\b""",
    re.IGNORECASE | re.VERBOSE,
)


def is_errand(question: str) -> bool:
    """Whether ``question`` is about the company's own business and nothing else."""
    if len(question.split()) > _LONGEST or _SOMETHING_ELSE.search(question):
        return False
    return bool(_ERRAND.search(question))
