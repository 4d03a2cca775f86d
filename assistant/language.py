"""Which language to answer in: the message's own, else the conversation's, else the interface's."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.article import Language
from corpus.language import language_probability

_WORD = re.compile(r"[^\W\d_]+")
_SURE = 0.78

# Small words that one of the two languages has and the other has not.
_SWEDISH = frozenset(
    """
    och att det som en ett är var jag på inte med för har till den kan vad hur om eller vilka vilken vilket
    varför mot av min mitt mina du ditt din ska bör behöver måste från när vid efter hos mer mycket lite bra
    finns får blir vara här där men också så då sig utan åt ju nog hej tack
    brist symtom tecken lågt låg låga högt hög höga värde värden blodprov mat trött orsaker biverkningar
    """.split()
)
_ENGLISH = frozenset(
    """
    the and of to is are what how does do my it you your can should will with for why which when not have has
    been that this be or in on if from about there should would could please hello thanks
    low high deficiency signs symptoms levels blood food foods tired causes
    """.split()
)
_OTHERS = frozenset(
    """
    der die das und ist nicht ich ein eine wie mein meine bitte le la les est une je et mon ma que qué es el los mi
    tengo como para por ist ja minun olen miksi mikä onko mitä ei jest nie się jak mam mnie co dla ne bir ve
    için benim waxaan maxaa wa ni hvordan hvad jeg ikke mijn het een niet
    """.split()
)


@dataclass(frozen=True, slots=True)
class MessageLanguage:
    """``answer_in`` is the language of the reply; ``foreign`` says that the message is in neither of the two."""

    answer_in: Language
    foreign: bool = False


def choose_language(message: str, history: Sequence[str], interface: Language) -> MessageLanguage:
    """The language to answer ``message`` in. Messages in other languages are answered in English."""
    if _is_foreign(message):
        return MessageLanguage("en", foreign=True)
    for text in (message, *reversed(history)):
        language = _own_language(text)
        if language:
            return MessageLanguage(language)
    return MessageLanguage(interface)


def _own_language(text: str) -> Language | None:
    words = [word.casefold() for word in _WORD.findall(text)]
    swedish = sum(word in _SWEDISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    if swedish != english:
        return "sv" if swedish > english else "en"
    if any(letter in "åäöÅÄÖ" for letter in text):
        return "sv"
    language, probability = language_probability(text)
    return language if probability >= _SURE and len(words) > 1 else None


def _is_foreign(text: str) -> bool:
    letters = [letter for letter in text if letter.isalpha()]
    if not letters:
        return False
    latin = sum("LATIN" in unicodedata.name(letter, "") for letter in letters)
    if latin < len(letters) / 2:
        return True
    words = [word.casefold() for word in _WORD.findall(text)]
    ours = sum(word in _SWEDISH or word in _ENGLISH for word in words)
    others = sum(word in _OTHERS and word not in _SWEDISH and word not in _ENGLISH for word in words)
    return others > ours and others >= 2
