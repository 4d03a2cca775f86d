"""Whether a sentence begins with a pronoun whose noun must stand in the sentence before it.

"It is affected very little by muscle mass" is true of what its quote speaks of, and is read as said of whatever was
named last. Where "it" and "det" stand for nothing, as in "it takes weeks", they are left alone.
"""

from __future__ import annotations

import re

_JOINED = r"^(?:(?:men|dock|också|även|dessutom|däremot|but|and|also|however|yet|besides|moreover),?\s+)?"
_VERBS_EN = (
    r"(?:\w+ly\s+|also\s+|often\s+|then\s+)?(?:is|are|was|were|has|have|had|can|could|may|might|will|would|does|do|did|"
    r"must|should|tend|help|cause|need|show|make|contain|come|occur|raise|lower|rise|fall|[^\W\d_]{2,}s)\b"
)
_VERBS_SV = (
    r"(?:är|kan|har|får|blir|ger|gör|ska|bör|behöver|behövs|visar|visas|påverkar|påverkas|beror|går|brukar|minskar|ökar|"
    r"stiger|sjunker|höjer|sänker|kallas|heter|betyder|innebär|gäller|hjälper|leder|märks|syns|skiljer|varierar|styr|"
    r"styrs|bildar|bildas|tas|mäts|var|hade|fick|ligger|sitter|används|består|innehåller|behandlas|orsakar|orsakas|"
    r"krävs|bidrar|skyddar|produceras|omvandlas|lagras|tillverkas|bryts|kommer|försvinner)\b"
)
_NAMES_NOTHING = re.compile(
    rf"""{_JOINED}(?:
    (?:it|they|he|she|these|this)\s+{_VERBS_EN}|it's\b|(?:its|their|his|her)\s+\w|
    (?:den|de|dom|han|hon|detta|denna|dessa)\s+{_VERBS_SV}|(?:dess|deras|hans|hennes)\s+\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_OF_A_THING = (
    r"(?:kallas|heter|mäts|bildas|bildar|tas|styr|styrs|påverkas|påverkar|innehåller|visar|används|består|ligger|sitter|"
    r"minskar|ökar|stiger|sjunker|höjer|sänker|orsakas|orsakar|behandlas|ger|leder|bidrar|skyddar|bryts|produceras|"
    r"omvandlas|lagras|tillverkas)\b"
)
_DET = re.compile(
    rf"""{_JOINED}det\s+(?:{_OF_A_THING}|(?:är|har|blir|kan|gör|var)\s+(?:också|även|dessutom)\b|
    (?:är|blir|var)\s+(?:\w+\s+)?(?:vanligare|högre|lägre|bättre|sämre|större|mindre|viktigare|högst|lägst)\s+
        (?:hos|på|än|i|under|vid)\b|(?:kan|brukar)\s+(?:\w+\s+)?vara\s+(?:högt|lågt|högre|lägre|förhöjt)\b)""",
    re.IGNORECASE | re.VERBOSE,
)
"""What "det" says where it stands for a thing; before most other words it stands for nothing."""
_EMPTY_DET = re.compile(rf"{_JOINED}det\s+[^,:;]*?\b(?:att|om|när|som|hur|vad|innan|ifall)\b", re.IGNORECASE)
_MADE = (
    r"(?:(?:also|often|usually|mostly|sometimes|not|never)\s+)*(?!shown|proved|proven|thought|believed|recommended|"
    r"suggested|advised|estimated|known\s+that)\w+(?:ed|wn|en|de)\b"
)
"""A passive, as in "it is called": said of a thing."""
_EMPTY_IT = re.compile(
    rf"""{_JOINED}it(?:'s\s+|\s+(?:(?:is|was|isn't|has|hasn't|can|may|might|could|would|does|do|did|not|never|be|been|
        generally|usually|often|only|still|probably)\s+)*)
    (?:depends?\b|takes?\b|makes?\s+(?:no|little|any)\b|happens?\b|seems?\b|appears?\b|appear\b|matters?\b|helps?\s+to\b|
       turns\s+out\b|varies\b|(?:firmly\s+)?(?:shown|proved|proven|thought|believed|recommended|suggested|advised|
       estimated|known)\b|also\s+works\b|can:|
       (?!{_MADE})(?:[^,:;]*?\b|[^:;]*?,\s)(?:that|who|which|when|whether|before|if|how|what|why|where|since)\b|
       (?!{_MADE})(?:\w+,?\s+){{1,6}}(?:to|for)\b)""",
    re.IGNORECASE | re.VERBOSE,
)


def speaks_of_the_last_named(text: str) -> bool:
    """Whether the sentence says something of an "it", "they", "det" or "den" that it does not name itself."""
    if _DET.match(text):
        return not _EMPTY_DET.match(text)
    return bool(_NAMES_NOTHING.match(text)) and not _EMPTY_IT.match(text)
