"""Marks of a text that is no plain sentence of an article: questions, labels, addresses, words of no language, names
of anything that the quotes do not name, words backwards, and pieces joined to what a quote says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from wordfreq import zipf_frequency

from assistant.verification.names import names_in
from assistant.verification.words import Word, words_in
from corpus.article import Language

_LABEL = re.compile(r"^[\w ]{2,40}:\s+\S")
_JOINED = re.compile(r"(?<![\w.])[^\W\d_]{2,}\.[^\W\d_]{2,}(?!\w)|\w@\w")
"""As in "evil.example"; "t.ex" and "e.g" have one letter at a side."""
_BRACKETED = re.compile(r"\([^()]*\)")
_FEW_WORDS = 3
_TWO_SENTENCES = re.compile(r"[^\W\d_]{4,}[.!?]\s+\S|;\s+[A-ZÅÄÖ][a-zåäö]")
_OF_THE_PAGE = re.compile(
    r"\b(?:it\s+says|says?\s+(?:below|above)|(?:stated|mentioned|written)\s+(?:below|above)|"
    r"står\s+(?:det\s+)?(?:nedan|ovan|här)|vad\s+det\s+än\s+står|(?:nämns|nämnts|skrivs)\s+(?:nedan|ovan))\b",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"(?<=[\w,;’'] )[^\W\d_]\w*")
_STEM = 4
"""So many letters tell a name: "Brazilian" for "Brazil"."""
_BACKWARDS = 3
"""Pairs of neighbours, and more than half of all, that stand the other way round in the quotes and never this way."""
_COPIED, _HELD = 6, 0.2
"""So many words in a row as in a quote: the sentence copies it, and of what is joined to them more than a fifth of
the words must be in a quote too."""
_LONGEST_RUN = 36
_LONGEST_WORD: dict[Language, int] = {"sv": 28, "en": 22}
_LONG_COMPOUND: dict[Language, int] = {"sv": 14, "en": 100}
"""From so many letters on a word may be a compound that no list has."""
_KNOWN_ZIPF = 1.5
_STRANGE = 0.34
"""The share of a sentence's words, those of the quotes apart, that may be in no list of the language's words."""


_WHOLE = (_TWO_SENTENCES, _OF_THE_PAGE)
"""What a sentence may have only as a piece of a quote, letter by letter."""


def is_odd(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether ``text`` asks, labels, holds an address or a run of letters, where no quote does."""
    if "?" in text and not any("?" in quote for quote in quotes):
        return True
    if any(pattern.search(text) and not any(text in quote for quote in quotes) for pattern in _WHOLE):
        return True
    if _names_anything_else(text, quotes, language) or _is_backwards(text, quotes, language):
        return True
    if _is_joined(words_in(text, language), [words_in(quote, language) for quote in quotes]):
        return True
    if _LABEL.match(text) and not any(text.partition(":")[0] in quote for quote in quotes):
        return True
    brackets = text.count("(")
    if brackets != text.count(")") or (brackets and not any("(" in quote for quote in quotes)):
        return True
    inside = [match.group() for match in _BRACKETED.finditer(text)]
    if any(len(each.split()) > _FEW_WORDS and not any(each in quote for quote in quotes) for each in inside):
        return True
    if _has_a_run(text, quotes):
        return True
    joined = {match.group() for match in _JOINED.finditer(text)}
    return any(piece not in quote for quote in quotes for piece in joined) or _is_gibberish(text, quotes, language)


def _names_anything_else(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether a capital inside the sentence begins a name that no quote has."""
    said = "\n".join(quotes).casefold()
    known = [(name.start, name.end) for name in names_in(text, language)]  # these have rules of their own
    return any(
        match.group()[0].isupper()
        and match.group() != "I"
        and match.group()[:_STEM].casefold() not in said
        and not any(start < match.end() and match.start() < end for start, end in known)
        for match in _INSIDE.finditer(text)
    )


def _is_backwards(text: str, quotes: Sequence[str], language: Language) -> bool:
    said = _neighbours(words_in(text, language))
    quoted = set().union(*(_neighbours(words_in(quote, language)) for quote in quotes))
    turned = sum((second, first) in quoted and (first, second) not in quoted for first, second in said)
    return turned >= _BACKWARDS and 2 * turned > len(said)


def _neighbours(words: Sequence[Word]) -> set[tuple[str, str]]:
    return {(one.stem, other.stem) for one, other in pairwise(words)}


def _is_joined(words: Sequence[Word], quotes: Sequence[Sequence[Word]]) -> bool:
    """Whether words of a quote stand in a row, and beside them words enough that hardly any quote has."""
    stems = [word.stem for word in words]
    held = {word.stem for quote in quotes for word in quote}
    for quote in quotes:
        run = SequenceMatcher(None, stems, [word.stem for word in quote], autojunk=False).find_longest_match()
        if run.size >= _COPIED:
            for rest in (words[: run.a], words[run.a + run.size :]):
                content = {word.stem for word in rest if word.content}
                if len(content) >= _FEW_WORDS and len(content & held) <= _HELD * len(content):
                    return True
    return False


def _has_a_run(text: str, quotes: Sequence[str]) -> bool:
    """Whether so many signs stand without a space that words must have been run together."""
    return any(len(piece) > _LONGEST_RUN and not any(piece in quote for quote in quotes) for piece in text.split())


def _is_gibberish(text: str, quotes: Sequence[str], language: Language) -> bool:
    held = {word.stem for quote in quotes for word in words_in(quote, language)}
    words = [word for word in words_in(text, language) if word.content]
    new = [word for word in words if word.stem not in held and word.text.isalpha()]
    if any(len(word.text) > _LONGEST_WORD[language] for word in new):
        return True
    long = _LONG_COMPOUND[language]
    strange = [word for word in new if zipf_frequency(word.text, language) < _KNOWN_ZIPF and len(word.text) < long]
    return len(strange) > max(1, _STRANGE * len(words))
