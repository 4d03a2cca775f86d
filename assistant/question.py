"""What form a question has, since the form says what kind of sentence answers it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Form = Literal["yes_no", "list", "definition", "open"]
Direction = Literal["low", "high"]

_YES_NO = re.compile(
    r"""^\W*(?:och\s+|men\s+|and\s+|but\s+|so\s+|hej\W+|hi\W+|hello\W+)*(?:
    hjälper|kan|är|ska|skall|bör|behöver|måste|finns|påverkar|påverkas|ökar|minskar|gör|får|har|går|syns|räcker|
    blir|orsakar|beror|stämmer|fungerar|funkar|brukar|innehåller|skadar|höjer|sänker|botar|förbättrar|ger|leder|
    spelar|krävs|kräver|varierar|visar|märks|sitter|kommer|skiljer|stör|tar|
    will|does|do|is|are|can|could|should|has|have|did|would|may|must|might|was
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_LIST = re.compile(
    r"""\b(?:vilka|vilken\ mat|vilket\ livsmedel|vilka\ livsmedel|vem|vilka\ som|tecken|symtom|symptom|exempel|orsaker|
    källor|riskgrupp\w*|livsmedel|mat|maten|äta|läkemedel|mediciner|medicin|
    which|what\ (?:foods?|signs?|symptoms?|medicines?|medications?|drugs?|things?|causes)|who|signs?|symptoms?|foods?|
    examples?|sources|risk\ groups?|eat|medicines?|medications?|drugs?|causes?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_DEFINITION = re.compile(
    r"^\W*(?:vad\s+(?:är|e|betyder|innebär|menas)|what\s+(?:is|are|does\s+\w+\s+mean))\b", re.IGNORECASE
)
_LOW = re.compile(
    r"""\b(?:för\s+lite|för\s+litet|låg|lågt|låga|brist\w*|\w+brist\w*|hypotyreos\w*|
    too\s+little|low|lack|lacking|deficien\w*|underactive|hypothyroid\w*)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_HIGH = re.compile(
    r"""\b(?:för\s+mycket|hög|högt|höga|förhöj\w*|överskott\w*|hypertyreos\w*|giftstruma\w*|
    too\s+much|high|raised|elevated|excess\w*|overactive|hyperthyroid\w*)\b""",
    re.IGNORECASE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """The form of a question. ``asks_for_list`` goes with any form: "can you name foods …"."""

    form: Form
    asks_for_list: bool


def question_form(question: str) -> QuestionForm:
    """The form of ``question``; a plain rule on its first words and the nouns in it."""
    listing = bool(_LIST.search(question))
    if _YES_NO.match(question):
        return QuestionForm("yes_no", listing)
    if _DEFINITION.match(question):
        return QuestionForm("definition", listing)
    return QuestionForm("list" if listing else "open", listing)


def direction(text: str) -> Direction | None:
    """Whether ``text`` is about too little or too much of something; None where it names neither, or both."""
    low, high = bool(_LOW.search(text)), bool(_HIGH.search(text))
    if low == high:
        return None
    return "low" if low else "high"
