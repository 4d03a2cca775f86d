"""Which fixed text answers a greeting, a thank-you, a goodbye or "who are you"."""

from __future__ import annotations

import re

from assistant.texts import Texts

_WHO = re.compile(
    r"\b(?:vem|vad\s+(?:är|heter|kan|gör)|robot|människa|läkare|ai|who|what|human|doctor|bot|person|heter|name|"
    r"lita|trust\w*|pålitlig|tillförlitlig|hur\s+säker|hur\s+vet|hur\s+kan\s+du\s+veta|ifrån|varifrån|källor|"
    r"reliable|how\s+sure|do\s+you\s+know|where|sources)\b",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\b(?:tack\w*|thank\w*|thanks|cheers|(?:jätte|super)?bra|toppen|perfekt|förstår|då\s+vet\s+jag|great|perfect|helpful|"
    r"helps|helped|clears|good\s+(?:to\s+know|answer)|got\s+it|i\s+see|sense|understood|explained)\b",
    re.IGNORECASE,
)
_BYE = re.compile(r"\b(?:hej\s*då|hejdå|adjö|vi\s+ses|ha\s+det|good\s*bye|bye|see\s+you)\b", re.IGNORECASE)


def smalltalk_text(message: str, texts: Texts) -> str:
    """The fixed reply to a message that asks nothing."""
    if _BYE.search(message):
        return texts.smalltalk_bye
    if _WHO.search(message):
        return texts.smalltalk_who
    return texts.smalltalk_thanks if _THANKS.search(message) else texts.smalltalk
