"""Everything shown is HTML made here, on the server, from the Answer's fields.

Text is escaped by the template engine, then the whole is cleaned with an allow-list: no image, no form,
no style, and no address but those the answer itself names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import nh3
from jinja2 import Environment, Template
from markupsafe import Markup, escape

from assistant.answer import ALARM_KINDS, Answer, Citation, HandoverCard, Sentence
from assistant.texts import Texts
from corpus.article import Language
from web.engine import engine
from web.links import addresses_in, phone_address, web_address, with_links
from web.passages import sources_of
from web.ports import PassageContext

_TEMPLATES = Path(__file__).with_name("templates")
_TAGS = {"a", "blockquote", "br", "button", "details", "div", "h1", "h2", "li", "mark", "p"}
_TAGS |= {"section", "span", "summary", "ul"}
_ATTRIBUTES = {
    "*": {"class", "lang"},
    "a": {"href", "target"},
    "details": {"id"},
    "div": {"id"},
    "mark": {"id", "tabindex"},
    "span": {"id", "tabindex"},
}

Ending = Literal["whole", "writing", "unfinished"]
"""Whether an answer is all there, still being written, or was cut short."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph of sentences, or a list with the sentence that introduces it."""

    sentences: tuple[Sentence, ...]
    is_list: bool = False
    lead_in: Sentence | None = None

    @property
    def lead_in_citations(self) -> tuple[int, ...]:
        """What the introduction cites; a bullet that cites just the same needs no marks of its own."""
        return self.lead_in.citations if self.lead_in is not None else ()


def render_answer(
    answer: Answer, contexts: Mapping[int, PassageContext], texts: Texts, key: str, ending: Ending = "whole"
) -> str:
    """The reply as HTML on one line; a draft's sentences begin those of the answer it grows into.

    ``contexts`` maps citation numbers to the paragraphs they stand in; ``key`` (letters and digits) sets
    this reply's ids apart from those of the page's other replies.
    """
    html = _template("answer.html").render(
        answer=answer,
        alarming=answer.kind in ALARM_KINDS,
        blocks=blocks_of(answer),
        sources=sources_of(_cited(answer), contexts),
        texts=texts,
        key=key,
        ending=ending,
    )
    return clean(html, addresses_in(answer))


def render_acts(texts: Texts, language: Language, key: str, rates: bool) -> str:
    """What can be done with a reply: copy it, and where ``rates`` say whether it helped. ``key`` is the reply's."""
    html = _template("acts.html").render(texts=texts, language=language, key=key, rates=rates)
    return clean(html)


def render_words(texts: Texts, language: Language, feedback_days: int | None) -> str:
    """The words that scripts show; ``feedback_days``: how long a verdict is kept, None where none can be given."""
    words = {
        "copied": texts.copied,
        "not-copied": texts.not_copied,
        "save-file": texts.save_file,
    }
    if feedback_days is not None:
        words |= {
            "feedback-title": texts.feedback_title,
            "feedback-kept": texts.feedback_kept.format(days=feedback_days),
            "feedback-reason": texts.feedback_reason,
            "feedback-send": texts.feedback_send,
            "feedback-cancel": texts.feedback_cancel,
            "feedback-thanks": texts.feedback_thanks,
            "feedback-failed": texts.feedback_failed,
        }
    spans = Markup("").join(Markup('<span class="word-{}">{}</span>').format(*pair) for pair in words.items())
    return clean(Markup('<div class="words" lang="{}">{}</div>').format(language, spans))


def render_help_now(cards: Sequence[HandoverCard], texts: Texts, language: Language, brand_name: str) -> str:
    """The whole page of numbers to call, which needs nothing else to work. Its text is the project's own."""
    other: Language = "en" if language == "sv" else "sv"
    return _template("help_now.html").render(
        services=cards, texts=texts, language=language, other=other, brand=brand_name
    )


def render_question(text: str, texts: Texts) -> str:
    """The visitor's own message, shown as typed."""
    label = Markup('<span class="sr">{}: </span>').format(texts.you_wrote)
    return clean(Markup('<div class="said">{}{}</div>').format(label, with_breaks(text.strip())))


def render_message(text: str, language: Language, kind: str = "says") -> str:
    """One of the interface's own fixed texts as a reply, its emergency numbers tappable."""
    html = Markup('<div class="reply {}" lang="{}"><p>{}</p></div>').format(kind, language, with_links(text))
    return clean(html)


def render_heading(texts: Texts, language: Language, brand_name: str, starting: bool = False) -> str:
    """The page's title, with the company's name over it when there is one.

    ``starting`` marks the page as sent out, before the visitor's language is known: the style sheet
    waits a moment with showing it.
    """
    kind = "heading starting" if starting else "heading"
    brand = Markup('<p class="brand">{}</p>').format(brand_name) if brand_name else ""
    html = Markup('<div class="{}" lang="{}">{}<h1>{}</h1></div>').format(kind, language, brand, texts.title)
    return clean(html)


def render_welcome(texts: Texts, language: Language, privacy: str) -> str:
    """What a visitor must know before the first message; ``privacy`` is the notice that holds here."""
    lines = (texts.ai_notice, privacy, texts.urgent_notice)
    paragraphs = Markup("").join(Markup("<p>{}</p>").format(with_links(line)) for line in lines)
    log_name = Markup('<h2 class="sr log-name">{}</h2>').format(texts.conversation)
    return clean(Markup('<div class="welcome" lang="{}">{}{}</div>').format(language, paragraphs, log_name))


def render_consent(texts: Texts, language: Language) -> str:
    """What is asked before the first message: whether a model elsewhere may see the visitor's questions."""
    html = Markup('<div class="asks" lang="{}"><h2>{}</h2><p>{}</p></div>')
    return clean(html.format(language, texts.consent_title, texts.consent_text))


def render_consent_again(texts: Texts, language: Language) -> str:
    """The same within the conversation, folded away."""
    html = Markup('<details class="asked" lang="{}"><summary>{}</summary><p>{}</p></details>')
    return clean(html.format(language, texts.consent_more, texts.consent_text))


def render_line(text: str, language: Language, kind: str, tag: str = "p") -> str:
    """One line of fixed text; ``kind`` is its CSS class."""
    html = Markup('<{0} class="{1}" lang="{2}">{3}</{0}>').format(tag, kind, language, with_links(text))
    return clean(html)


def _cited(answer: Answer) -> tuple[Citation, ...]:
    """What some sentence of the answer cites: nothing else is listed, whatever else may have been read."""
    used = {n for sentence in answer.sentences for n in sentence.citations}
    return tuple(citation for citation in answer.citations if citation.n in used)


def blocks_of(answer: Answer) -> tuple[Block, ...]:
    """Sentences in reading order, as lists and as paragraphs, in which each goes on from the last one's article.

    A sentence's place depends on those before it only, so that nothing moves while an answer is being written.
    """
    article = {citation.n: citation.article_id for citation in answer.citations}
    blocks: list[Block] = []
    last_articles: set[str] = set()
    for sentence in answer.sentences:
        here = {article[n] for n in sentence.citations if n in article}
        last = blocks[-1] if blocks else None
        if sentence.role == "lead_in":
            blocks.append(Block((), is_list=True, lead_in=sentence))
        elif sentence.role == "bullet":
            if last is not None and last.is_list:
                blocks[-1] = Block((*last.sentences, sentence), True, last.lead_in)
            else:
                blocks.append(Block((sentence,), is_list=True))
        elif last is not None and not last.is_list and here & last_articles:
            blocks[-1] = Block((*last.sentences, sentence))
        else:
            blocks.append(Block((sentence,)))
        last_articles = here
    return tuple(blocks)


def with_breaks(text: str) -> Markup:
    """``text`` escaped, its line breaks kept."""
    lines = re.split(r"\s*[\n\r\u2028\u2029]\s*", text)
    return Markup("<br>").join(escape(line) for line in lines)


def clean(html: str, addresses: frozenset[str] = frozenset()) -> str:
    """``html`` with nothing left but what replies are made of, on one line.

    One line, because the page's Markdown would read a blank line as the end of the HTML.
    """

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute != "href":
            return value
        page = value.partition("#:~:text=")[0].partition(":~:text=")[0]
        inside = re.fullmatch(r"#[A-Za-z0-9-]+", value)
        number = re.fullmatch(r"tel:\+?\d+", value)
        return value if inside or number or page in addresses or value in addresses else None

    cleaned = nh3.clean(
        html.encode(errors="replace").decode(),  # half a character, as no keyboard writes it
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"http", "https", "tel"},
    )
    return re.sub(r"\s*[\n\r]\s*", " ", cleaned).strip()


def read_templates() -> None:
    """Read what replies are made with now, so that it is of one version with the rest of the process."""
    _environment()


@cache
def _environment() -> Environment:
    functions = {
        "with_links": with_links,
        "with_breaks": with_breaks,
        "phone_address": phone_address,
        "web_address": web_address,
        "host": lambda address: (urlsplit(address).hostname or address).removeprefix("www."),
    }
    return engine(_TEMPLATES, functions=functions)


def _template(name: str) -> Template:
    return _environment().get_template(name)
