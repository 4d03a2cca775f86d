"""Which of the articles' sentences may be shown as an answer, and which only beside the one before them.

Never quoted: amounts to take, other phone numbers than 112 and 1177, addresses, advertising, and what an
article says about itself. Where the visitor asked about a value of their own, no limit or range either.
"""

from __future__ import annotations

import re

_UNIT = (
    r"(?:mg|milligram|µg|μg|mcg|ug|mikrogram|micrograms?|g|gram|grams|ie|iu|enheter|units?|ml|milliliter|dl|deciliter)"
)
_PIECES = (
    r"(?:tablett(?:er|en|erna)?|kapsl\w+|kapsel|droppar|doser|tablets?|capsules?|drops|pills?|doses?|"
    r"matskedar?|teskedar?|teaspoons?)"
)
_NUMBER = r"(?:\d+(?:[.,\s]\d+)*|en|ett|två|tre|fyra|fem|one|two|three|four|five|half an?|en halv)"
_AMOUNT = re.compile(
    rf"(?<![\w/]){_NUMBER}(?:\s*(?:[-–]|till|to)\s*{_NUMBER})?\s*(?:{_UNIT}(?!\s*/)|{_PIECES})(?![\w/])",
    re.IGNORECASE,
)
_PER_TIME = re.compile(
    r"\b(?:per\s+(?:dag|dygn|vecka|day|week)|om\s+dagen|i\s+veckan|dagligen|dagsdos\w*|a\s+day|daily|each\s+day|every\s+day|"
    r"(?:en|ett|två|tre|fyra|\d+)\s+gånger?|once|twice|(?:two|three|four|\d+)\s+times|dagsintag|rekommenderat\s+intag)\b",
    re.IGNORECASE,
)
_PER_VOLUME = re.compile(
    r"\bper\s+(?:liter|litre|deciliter|milliliter|milliliter|mol)|/\s*(?:l|dl|ml|mol)\b", re.IGNORECASE
)
_PHONE = re.compile(r"(?<![\w.,])(?:\+?\d[\d\s–-]{5,}\d)(?![\w])|\b0\d{1,3}[\s-]\d+")
_ADDRESS = re.compile(r"https?://|www\.|\S+@\S+\.\w+|\b[\w-]+\.(?:se|com|org|net|eu|nu|info)\b", re.IGNORECASE)
_ADVERTISING = re.compile(
    r"""\b(?:[Hh]os\s+(?:oss|[A-ZÅÄÖ]\w+)\s+(?:kan|får|hittar|testar|erbjud)|[Ww]ith\s+[A-Z]\w+\s+you\s+can|
    (?:[Bb]oka|[Bb]eställ|[Kk]öp|[Hh]andla)\s+(?:ditt|din|ett|en|tid|här|nu|idag|dina|hos)|(?:[Bb]ook|[Oo]rder|[Bb]uy)\s+(?:your|a\s+test|now|here|today)|
    rabatt\w*|kampanj\w*|erbjudande\w*|discount\w*|special\s+offer|vi\s+erbjuder|we\s+offer|våra\s+(?:tester|prover|paket|hälsokontroller)|
    our\s+(?:tests|packages|health\s+checks)|läkarbedömning\s+med\s+personlig\s+kommentar|prisvärd\w*)\b""",
    re.VERBOSE,
)
_SALES_HEADING = re.compile(
    r"^(?:så\s+(?:kan|hjälper)\s+\S+.*\b(?:hjälpa|dig)|hur\s+kan\s+\S+\s+hjälpa|how\s+\S+\s+can\s+help|testa\s+dig|boka|beställ|book|order)\b",
    re.IGNORECASE,
)
_ABOUT_ITSELF = re.compile(
    r"""^(?:här\s+(?:går|berättar|förklarar|beskriver|får\s+du\s+veta|kan\s+du\s+läsa)|många\s+(?:\w+\s+){0,4}undrar|i\s+den\s+här\s+(?:artikeln|texten)|läs\s+mer|
    many\s+(?:\w+\s+){0,6}wonder|in\s+this\s+article|this\s+article|here\s+(?:we|you)\s+|read\s+more|here\s+is\s+what|lästid|uppdaterad|redaktör|
    reading\s+time|updated|editor)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_FIGURE = re.compile(r"(?<![\w-])\d+(?:[.,]\d+)?(?!\w|-[^\W\d])")
_ALARM_NUMBER = re.compile(r"(?<![\w.,-])(?:112|1177)(?![\w-]|[.,]\d)")
_SWEDISH_VERB = (
    "är|kan|har|får|blir|ger|gör|ska|bör|behöver|behövs|visar|visas|påverkar|påverkas|beror|går|kommer|brukar|minskar|ökar|"
    "kallas|heter|betyder|innebär|finns|gäller|hjälper|leder|räcker|syns|märks|skiljer|varierar|styr|bildas|tas|mäts|var|hade|"
    "fick|ligger|sitter|används|består|innehåller|märker|upplever|känner|behandlas|orsakas|kräver|krävs|måste|vill|tål"
)
_LEANS_BACK = re.compile(
    rf"""^(?:
    (?:den|de|dom)\s+(?:{_SWEDISH_VERB})\b|
    (?:detta|dessa|denna|sådana?|sådant|båda|bägge|andra|annars|däremot|men|dock|också|även\s+(?:det|den|de)|därför|
       därmed|dessutom|samtidigt|då|där|dit|så|tvärtom|trots\s+det|av\s+(?:det|den)\s+anledningen|för\s+dessa|hos\s+dessa|
       i\s+(?:så\s+fall|dessa)|resten|somliga|han|hon|hans|hennes|deras|dess|bland\s+dem|efter\s+det|på\s+så\s+sätt)\b|
    (?:it|they|this|these|those|that|he|she|his|her|their|its|both|others|such|however|but|therefore|instead|also|then|so|
       otherwise|even\s+then|in\s+that\s+case|for\s+(?:these|this|that)|because\s+of\s+this|as\s+a\s+result|the\s+same|neither)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_EMPTY_SUBJECT = re.compile(
    r"""^(?:
    det\s+(?:finns|går|saknas|krävs|gäller\s+att|tar|räcker|lönar|händer|mesta|bästa|vanligaste|viktigaste|
       (?:är|kan\s+vara|blir|var|brukar\s+vara|har\s+varit)\s+(?:\w+\s+){0,3}?(?:att|om|som)\b|är\s+\w+\s+(?:vanligt|ovanligt|osäkert|oklart)\b)|
    det\s+(?!(?:"""
    + _SWEDISH_VERB
    + r""")\b)\w+|
    it\s+is\s+(?:\w+\s+){1,3}(?:to|that|for|if|when|whether)\b|this\s+means\s+never|that\s+is\s+why\s+never
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_GOES_ON = re.compile(
    r"\b(?:därför|därmed|alltså|också|dessutom|däremot|dock|heller|ändå|therefore|also|however|instead|still)\b",
    re.IGNORECASE,
)
_DET = re.compile(rf"^det\s+(?:{_SWEDISH_VERB})\b", re.IGNORECASE)


def may_be_quoted(sentence: str, heading: str | None, brand: str = "") -> bool:
    """Whether a sentence may stand in an answer at all. ``brand`` is the company's own name, if set."""
    if names_an_amount(sentence) or _PHONE.search(sentence) or _ADDRESS.search(sentence):
        return False
    if _ADVERTISING.search(sentence) or _ABOUT_ITSELF.match(sentence):
        return False
    return not (brand and re.search(rf"\b{re.escape(brand)}", sentence, re.IGNORECASE)) and not is_sales(heading)


def is_sales(heading: str | None) -> bool:
    """Whether what stands under ``heading`` is there to sell."""
    return bool(heading and _SALES_HEADING.search(heading))


def names_an_amount(sentence: str) -> bool:
    """Whether a sentence says how much to take: an amount, or a number of times, that is no concentration."""
    without_concentrations = _PER_VOLUME.sub(" /l ", sentence)
    if _AMOUNT.search(without_concentrations):
        return True
    return bool(_PER_TIME.search(sentence) and _FIGURE.search(_ALARM_NUMBER.sub("", sentence)))


def names_a_figure(sentence: str) -> bool:
    """Whether a free-standing number is in a sentence: a limit or a range would be. "B12" and "HbA1c" are none."""
    return bool(_FIGURE.search(sentence))


def leans_back(sentence: str) -> bool:
    """Whether a sentence needs the one before it: "Andra märker ingen skillnad alls."."""
    if _EMPTY_SUBJECT.match(sentence):
        return False
    return bool(_LEANS_BACK.match(sentence) or _DET.match(sentence))


def goes_on(sentence: str) -> bool:
    """Whether a sentence can be read alone and still goes on from another: "Svaren bedöms därför för sig."."""
    return leans_back(sentence) or bool(_GOES_ON.search(sentence))
