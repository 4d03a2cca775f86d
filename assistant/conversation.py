"""Makes a follow-up stand alone, from the visitor's earlier messages and without a language model.

"Och vilken mat finns det i?" after a question on magnesium becomes "Och vilken mat finns det i? (magnesium)";
"och D-vitamin då?" becomes the earlier question asked of vitamin D.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.facets import asked_facets
from assistant.subjects import SETTINGS, Mention, mentions

_CUE = re.compile(
    r"^\W*(?:och|men|då|så|okej|ok|jaha|and|but|so|okay|what\s+about|how\s+about|hur\s+är\s+det\s+med|vad\s+gäller\s+för|gäller\s+(?:det|samma))\b",
    re.IGNORECASE,
)
_SWAP = re.compile(
    r"^\W*(?:(?:och|men|and|but)\s+)?(?:(?:what|how)\s+about|hur\s+är\s+det\s+med|gäller\s+(?:det|samma)(?:\s+sak)?(?:\s+för|\s+med)?)?\s*"
    r"(?P<subject>.+?)\s*(?:då|d[åa]|then|också|too)?\s*\?*\s*$",
    re.IGNORECASE,
)
_POINTS_BACK = re.compile(
    r"\b(?:det|den|dem|dom|dess|detta|denna|dessa|sådan\w*|it|its|they|them|that|this|these|those|one)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+(?:-\w+)*")
# Words that say nothing of what a question is about.
_EMPTY = frozenset(
    """
    och men så då jaha ok okej hej tack vad vilka vilken vilket hur när var vem varför är har kan ska bör får
    finns finnas det den de dem dom en ett i på av för med till om som jag man du mig min mitt mina behöver
    måste göra gör mer mycket många något någon några annat andra bra vanligt vanliga brukar ta tar bli blir
    vara sig att eller inte isåfall fall mat maten äta livsmedel tecken symtom symptom läkemedel mediciner
    medicin prov test orsaker orsak risk riskgrupper and but so ok okay hi thanks what which how when where who
    why is are has have can should may do does did there the a an of in on for with to if that this it they them
    i you me my need must more much many some any other good common usually take get be or not then case about
    food foods eat signs symptoms medicines medicine drugs test tests causes cause risk
    vet veta märks brist bristen lågt högt låg hög låga höga värde värdet know low high deficiency value level
    """.split()
)


def stand_alone(question: str, history: Sequence[str]) -> str:
    """``question`` as it would be asked without what came before. ``history``: earlier messages, oldest first."""
    if not history:
        return question
    subjects = mentions(question)
    earlier = next((text for text in reversed(history) if mentions(text)), None)
    if subjects and _only_names(question, subjects) and earlier is not None:
        return _asked_of(earlier, subjects, question)
    if subjects or not _leans_on_history(question):
        return question
    return _with_topic(question, history)


def leans_back(question: str, history: Sequence[str]) -> bool:
    """Whether a message may need what came before it to be understood."""
    return bool(history) and (not mentions(question) or bool(_CUE.match(question)))


def adds(question: str) -> str:
    """What a follow-up brings in itself: its words that say something, the subject it names apart."""
    named = " ".join(mention.words for mention in mentions(question)).casefold()
    return " ".join(word for word in _content(question) if word not in named)


def of_the_same_topic(question: str, history: Sequence[str]) -> str | None:
    """``question`` asked of what the conversation is about, for a question to which nothing is found as it stands.

    "Räknas det att promenera?" after a question on blood sugar. None where it names a subject of its own, or
    nothing before it does.
    """
    if mentions(question) or not any(mentions(text) for text in history):
        return None
    return _with_topic(question, history)


def _with_topic(question: str, history: Sequence[str]) -> str:
    return f"{question} ({_topic(history, with_purpose='evidence' in asked_facets(question))})"


def _only_names(question: str, subjects: list[Mention]) -> bool:
    """Whether a question names a new subject and asks nothing of it: "och järn då?"."""
    rest = _SWAP.sub(r"\g<subject>", question)
    for mention in subjects:
        rest = rest.replace(mention.words, " ")
    return bool(_CUE.match(question)) and not _content(rest)


def _asked_of(earlier: str, subjects: list[Mention], question: str) -> str:
    """The earlier question with its first subject replaced by the new one."""
    old = mentions(earlier)[0]
    if old.subject in {mention.subject for mention in subjects}:
        return question
    return earlier[: old.start] + subjects[0].words + earlier[old.end :]


def _leans_on_history(question: str) -> bool:
    content = _content(question)
    return (
        bool(_CUE.match(question)) or len(content) <= 2 or (len(content) <= 3 and bool(_POINTS_BACK.search(question)))
    )


def _topic(history: Sequence[str], with_purpose: bool) -> str:
    """What the conversation is about: the subject last named, with a setting such as "blodprov" named after it.

    ``with_purpose`` takes a setting along that was named together with it: what research says of magnesium is
    what it says of magnesium and sleep. Without any subject, the last message's own words.
    """
    setting: Mention | None = None
    for text in reversed(history):
        named = mentions(text)
        main = {mention.subject: mention.words for mention in reversed(named) if mention.subject not in SETTINGS}
        if main:
            words = list(reversed(main.values()))[:2]
            if setting is None and with_purpose:
                setting = next((mention for mention in named if mention.subject in SETTINGS), None)
            return " ".join([*words, setting.words] if setting else words)
        if named and setting is None:
            setting = named[0]
    return setting.words if setting else " ".join(_content(history[-1])[:6])


def _content(text: str) -> list[str]:
    return [word for word in _WORD.findall(text.casefold()) if word not in _EMPTY and len(word) > 1]
