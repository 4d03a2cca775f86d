"""Clean characters: what may stand in an article's text, and how paths are shown in messages."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

_LINE_ENDS = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")

# Characters that show nothing: they break searching and quoting, and can carry hidden instructions.
# Controls and lone surrogates; soft hyphens, zero-width and bidi controls; fillers; variation
# selectors; Unicode tags; interlinear notes.
# U+FFFD stays: it shows that something was lost, and should be seen.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def clean_lines(text: str) -> str:
    """``text`` with ``\\n`` line ends and no invisible characters; spaces and tabs are left as they are."""
    return _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))


def clean_line(text: str) -> str:
    """One line of plain text: NFC, single ordinary spaces, nothing invisible, nothing at the ends."""
    shown = clean_lines(text).replace("\n", " ")
    return _SPACES.sub(" ", unicodedata.normalize("NFC", shown)).strip()


def printable(path: Path | str) -> str:
    """A path as it can stand in any message: odd characters and undecodable bytes become escapes."""
    return "".join(
        character if is_ordinary(character) else character.encode("unicode_escape").decode("ascii")
        for character in str(path)
    )


def is_ordinary(character: str) -> bool:
    """Whether a character of a file's name shows as itself (no control, no bidi, no undecoded byte)."""
    return unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}
