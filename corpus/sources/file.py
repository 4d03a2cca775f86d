"""Reading one file's content, or saying why it cannot be an article."""

from __future__ import annotations

import codecs
import os
import stat
from pathlib import Path

from corpus.sources.characters import is_ordinary, printable
from errors import RejectedArticle

MAX_FILE_BYTES = 5 * 1024 * 1024
_SHOWN_MB = MAX_FILE_BYTES // (1024 * 1024)


def check_file(path: Path) -> int:
    """The size in bytes of an ordinary file with an ordinary name.

    Raises:
        RejectedArticle: no such file, no permission, a device or pipe, or a name with invisible characters.
    """
    if not all(map(is_ordinary, path.name)):
        raise RejectedArticle(printable(path), "the file's name has characters that cannot be shown; rename the file")
    try:
        found = path.stat()
    except OSError as fault:
        raise unreadable(path, fault) from None
    if not stat.S_ISREG(found.st_mode):
        raise RejectedArticle(printable(path), "not an ordinary file; put a file in its place or remove it")
    return found.st_size


def read_bytes(path: Path) -> bytes:
    """A file's bytes, at most ``MAX_FILE_BYTES``.

    Raises:
        RejectedArticle: it cannot be read, or is too big.
    """
    if check_file(path) > MAX_FILE_BYTES:
        raise RejectedArticle(
            printable(path), f"the file is larger than {_SHOWN_MB} MB; split it or take out embedded pictures"
        )
    try:
        return path.read_bytes()
    except OSError as fault:
        raise unreadable(path, fault) from None


def read_text(path: Path) -> str:
    """A UTF-8 file's text; a byte order mark is accepted and dropped.

    Raises:
        RejectedArticle: it cannot be read, is too big, is binary or is not UTF-8.
    """
    return decode(read_bytes(path), printable(path))


def decode(content: bytes, source: str) -> str:
    """UTF-8 bytes as text.

    Raises:
        RejectedArticle: binary content, or not UTF-8; the line is named.
    """
    refuse_utf16(content, source)
    if b"\0" in content:
        raise RejectedArticle(source, "binary content (NUL bytes); replace it with text saved as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise RejectedArticle(source, f"not UTF-8 text (line {line}); save it as UTF-8") from None


def refuse_utf16(beginning: bytes, source: str) -> None:
    """Say what is wrong with UTF-16 (Windows' "Unicode"), which would else look like binary content."""
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise RejectedArticle(source, "the file is UTF-16; save it as UTF-8")


def unreadable(path: Path, fault: OSError) -> RejectedArticle:
    """The rejection of a file that the system does not let us read."""
    why = os.strerror(fault.errno) if fault.errno else "unknown fault"
    return RejectedArticle(printable(path), f"cannot be read ({why}); check the file and its permissions")
