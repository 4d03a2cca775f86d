"""A visitor's messages as the rules see them: plain lower-case words with their places.

Spelling tricks are undone here (full-width and zero-width signs, look-alike letters, digits for
letters, s p a c e d words, stretched letters); real misspellings are the lexicon's business.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

# A sentence end counts as this many words when distances are measured, a comma as one.
_SENTENCE_GAP = 3
_CLAUSE_GAP = 1
_MESSAGE_GAP = 6

_PIECE = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_][^\W_]*|[.!?\n;,:()…]|[-–—](?=\s)")
_ODD = re.compile(r"[^\x20-\x7e\nåäöéÅÄÖÉ–—…’]")
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_SENTENCE_ENDS = frozenset(".!?\n…")
_CLAUSE_ENDS = frozenset(";,:()-–—")
_CLAUSE_WORDS = frozenset({"men", "but", "fast", "fastän", "dock", "however", "although", "though", "trots"})
_LEET = str.maketrans("0134578$@", "oieastbsa")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼ"))
_NORDIC = str.maketrans("øæ", "öä")
_LOOKALIKES = str.maketrans(
    "аеорсухіјѕԁһкмтвнгпαβεηικνορτυχ",
    "aeopcyxijsdhkmtbhrnaßenikvoptux".replace("ß", "b"),
)
_NUMBER_WORDS = {
    "två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10,
    "elva": 11, "tolv": 12, "femton": 15, "tjugo": 20, "trettio": 30, "fyrtio": 40, "femtio": 50,
    "sextio": 60, "hundra": 100, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20,
    "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "hundred": 100,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Text:
    """Words of one or more messages, in order; all tuples run in step.

    ``places`` are positions with extra distance at commas, sentence ends and message ends.
    ``current`` is the index of the first word of the last message.
    """

    words: tuple[str, ...]
    numbers: tuple[float | None, ...]
    places: tuple[int, ...]
    clauses: tuple[int, ...]
    sentences: tuple[int, ...]
    questions: frozenset[int]
    current: int


def fold(word: str) -> str:
    """The word without diacritics: ``bröstet`` becomes ``brostet``."""
    if word.isascii():
        return word
    return _fold(word)


@lru_cache(maxsize=1)
def _folding() -> dict[int, str | None]:
    table: dict[int, str | None] = {0x131: "i", 0x142: "l", 0x111: "d", 0xF8: "o"}
    for code in range(0xC0, 0x250):
        plain = unicodedata.normalize("NFD", chr(code))[0]
        if plain.isascii():
            table[code] = plain
    return table


def _fold(word: str) -> str:
    return word.translate(_folding())


def read(messages: Sequence[str]) -> Text:
    """The messages, oldest first, as one :class:`Text`."""
    words: list[str] = []
    numbers: list[float | None] = []
    places: list[int] = []
    clauses: list[int] = []
    sentences: list[int] = []
    questions: set[int] = set()
    place = clause = sentence = current = 0
    for message in messages:
        current = len(words)
        for piece in _pieces(plain(message)):
            if piece in _SENTENCE_ENDS:
                if piece == "?":
                    questions.add(sentence)
                sentence, clause, place = sentence + 1, clause + 1, place + _SENTENCE_GAP
                continue
            if piece in _CLAUSE_ENDS:
                clause, place = clause + 1, place + _CLAUSE_GAP
                continue
            if piece in _CLAUSE_WORDS:
                clause += 1
            words.append(piece)
            numbers.append(_number(piece))
            places.append(place)
            clauses.append(clause)
            sentences.append(sentence)
            place += 1
        sentence, clause, place = sentence + 1, clause + 1, place + _MESSAGE_GAP
    return Text(
        tuple(words),
        tuple(numbers),
        tuple(places),
        tuple(clauses),
        tuple(sentences),
        frozenset(questions),
        current,
    )


def plain(message: str) -> str:
    """Lower-case text without hidden signs, apostrophes, stacked accents or look-alike letters."""
    if _ODD.search(message):
        message = _without_tricks(message)
    text = message.casefold().translate(_APOSTROPHES)
    return _STRETCHED.sub(r"\1\1", text)


def _without_tricks(message: str) -> str:
    seen = unicodedata.normalize("NFKC", message).translate(_hidden())
    return _LETTERS.sub(_one_script, seen.casefold().translate(_NORDIC))


@lru_cache(maxsize=1)
def _hidden() -> dict[int, None]:
    """Signs that are not seen, or stack on others: formatting, tags, loose accents, controls."""
    unseen = ("Cf", "Mn", "Me", "Cc", "Cs")
    codes = (*range(0x20000), *range(0xE0000, 0xE0200))
    return {code: None for code in codes if unicodedata.category(chr(code)) in unseen and code != 0x0A}


def _one_script(found: re.Match[str]) -> str:
    """Greek or Cyrillic letters inside a Latin word become the Latin letters they look like."""
    word = found.group()
    if word.isascii() or not any("a" <= sign <= "z" for sign in word):
        return word
    return word.translate(_LOOKALIKES)


def _pieces(text: str) -> list[str]:
    pieces: list[str] = _PIECE.findall(text)
    if "$" in text or "@" in text or _DIGIT.search(text):
        pieces = _PIECE.findall(_LEET_WORD.sub(_unleet, text))
    return _join_spaced(pieces)


_LEET_WORD = re.compile(r"(?<![\w$@])(?:[a-zåäö]+[0134578$@]+){1,4}[a-zåäö]+(?![\w$@])")


def _unleet(found: re.Match[str]) -> str:
    word = found.group()
    letters = sum(sign.isalpha() for sign in word)
    return word.translate(_LEET) if letters * 2 >= len(word) and len(word) >= 4 else word


def _join_spaced(pieces: list[str]) -> list[str]:
    joined: list[str] = []
    run: list[str] = []
    for piece in [*pieces, "."]:
        if len(piece) == 1 and piece.isalpha():
            run.append(piece)
            continue
        joined += ["".join(run)] if len(run) >= 4 else run
        run = []
        joined.append(piece)
    return joined[:-1]


def _number(word: str) -> float | None:
    if word[0].isdigit():
        try:
            return float(word.replace(",", "."))
        except ValueError:
            return None
    return _NUMBER_WORDS.get(word)
