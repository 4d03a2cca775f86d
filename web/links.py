"""Addresses that may stand in a reply: tappable numbers, web pages, and single sentences of an article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote as percent_encode

from markupsafe import Markup, escape

from assistant.answer import Answer

_WHOLE_CHARS = 300
"""What browsers, too, put into a link to a selection as it stands; from what is longer they take both ends."""
_WORDS_AT_EACH_END = 10
_FEW_WORDS = 3
"""So few may stand elsewhere in the article as well: the words in front of them go along."""
_URL = r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]"
_URL_OR_NUMBER = re.compile(rf"(?P<url>{_URL})|\b(?P<phone>112|1177)\b")


def web_address(url: str | None) -> str | None:
    """``url`` if a browser may be sent there (http or https), else None."""
    return url if url is not None and re.fullmatch(r"https?://[^\s<>\"']+", url, re.IGNORECASE) else None


def sentence_address(url: str | None, quote: str, before: str = "") -> str | None:
    """``url`` with a text fragment, so that the browser itself shows ``quote`` in the live article.

    ``before`` is what stands in front of the quote in its paragraph or list.
    """
    address = web_address(url)
    lines = [line.split() for line in quote.splitlines() if line.strip()]
    if address is None or not lines:
        return address
    if len(lines) == 1 and len(quote) <= _WHOLE_CHARS:
        directive = _in_front(before, lines[0]) + _fragment_text(lines[0])
    else:  # a range, since one piece of text in a fragment may not span two lines
        ends = lines[0][:_WORDS_AT_EACH_END], lines[-1][-_WORDS_AT_EACH_END:]
        directive = ",".join(_fragment_text(end) for end in ends)
    return f"{address}{'' if '#' in address else '#'}:~:text={directive}"


def _in_front(before: str, words: list[str]) -> str:
    """The prefix part of a text directive, for a quote of few words; empty for any other."""
    lines = [line.split() for line in before.splitlines() if line.strip()]
    if len(words) > _FEW_WORDS or not lines:
        return ""
    return _fragment_text(lines[-1][-_WORDS_AT_EACH_END:]) + "-,"


def phone_address(phone: str) -> str | None:
    """``phone`` as a ``tel:`` address; None when it holds no number."""
    digits = re.sub(r"[^\d+]", "", phone)
    return f"tel:{digits}" if re.fullmatch(r"\+?\d{2,15}", digits) else None


def with_links(text: str) -> Markup:
    """A fixed text escaped, with its web addresses and the numbers 112 and 1177 made into links."""
    parts: list[str] = []
    done = 0
    for found in _URL_OR_NUMBER.finditer(text):
        parts.append(escape(text[done : found.start()]))
        address = found["url"] or f"tel:{found['phone']}"
        kind = "tel" if found["phone"] else "link"
        shown = re.sub(r"^https?://(www\.)?|/$", "", found[0])
        parts.append(Markup('<a class="{}" href="{}">{}</a>').format(kind, address, shown))
        done = found.end()
    parts.append(escape(text[done:]))
    return Markup("").join(parts)


def addresses_in(answer: Answer) -> frozenset[str]:
    """Every web address the answer itself names: the only ones its rendering may link to."""
    return frozenset(address for address in map(web_address, _named(answer)) if address is not None)


def _named(answer: Answer) -> Iterator[str | None]:
    yield from (citation.url for citation in answer.citations)
    yield from (article.url for article in answer.related)
    yield from (test.url for test in answer.suggested_tests)
    yield from (card.url for card in answer.handover)
    yield from re.findall(_URL, answer.message or "")
    yield from (url for notice in answer.notices for url in re.findall(_URL, notice.text))


def _fragment_text(words: list[str]) -> str:
    # "-" and "," have a meaning of their own in a text directive; percent_encode leaves "-" alone.
    return percent_encode(" ".join(words), safe="").replace("-", "%2D")
