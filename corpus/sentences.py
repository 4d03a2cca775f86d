"""Splits running text into sentences, in Swedish and English, with exact offsets.

The kept splitter ``sentencex`` proposes boundaries; a plain end mark before a capital proposes some it
misses ("6,2 mmol/l. Det"). A boundary is dropped behind an abbreviation or before a small letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sentencex import get_sentence_boundaries

from corpus.article import Language

# Abbreviations a sentence goes on behind, in either language; without their final full stop.
_GOES_ON = frozenset(
    """
    t.ex bl.a ca c:a dvs d.v.s s.k t.o.m fr.o.m o.dyl m.a.o p.g.a pga i.o.m resp jfr jmf st nr kap fig tab sid
    f.d el eller.dyl inkl exkl max min ung alt obs e.g i.e vs approx cf dr mr mrs ms prof no fig incl esp st
    """.split()
)
# These may end a sentence or stand inside it: the next letter's case decides.
_END_MARK = re.compile(r"[.!?\u2026]+[\"'\u201d\u2019\u00bb)\]]*\s+(?=[\"'\u201c\u2018\u201d\u00ab(\[]*[A-ZÅÄÖÉ0-9])")
_LAST_WORD = re.compile(r"(\S+?)\.[\"'\u201d\u2019\u00bb)\]]*\s*$")
_OPENERS = "\"'\u201c\u2018\u201d\u00ab(["


@dataclass(frozen=True, slots=True)
class Span:
    """``text[start:end]``, in code points."""

    start: int
    end: int


def split_sentences(text: str, language: Language) -> list[Span]:
    """The sentences of ``text`` in order, without the white space around them. Empty text has none."""
    cuts = {int(found["end_index"]) for found in get_sentence_boundaries(language, text)}
    cuts |= {match.end() for match in _END_MARK.finditer(text)}
    spans = []
    start = 0
    for cut in sorted(cuts | {len(text)}):
        if cut == len(text) or _ends_sentence(text, start, cut):
            span = _trim(text, start, cut)
            if span.start < span.end:
                spans.append(span)
            start = cut
    return spans


def _ends_sentence(text: str, start: int, cut: int) -> bool:
    following = text[cut : cut + 3].lstrip(_OPENERS)
    if following[:1].islower():
        return False
    last = _LAST_WORD.search(text[start:cut])
    if last is None:
        return True
    word = last.group(1).lstrip(_OPENERS).casefold()
    return word not in _GOES_ON and not _is_outline_number(text[start:cut])


def _is_outline_number(piece: str) -> bool:
    """A piece that is only "3." is the number of what follows, not a sentence."""
    return piece.strip().rstrip(".").isdigit()


def _trim(text: str, start: int, end: int) -> Span:
    piece = text[start:end]
    return Span(start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip()))
