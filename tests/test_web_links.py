from __future__ import annotations

import re
from urllib.parse import unquote

from assistant.answer import Citation
from assistant.context import passage_context
from corpus.article import Article
from corpus.sources import read_articles
from corpus.split import split_article
from tests.conftest import SHIPPED
from web.links import phone_address, sentence_address, web_address, with_links


def test_short_sentence_is_named_whole_with_its_reserved_signs_encoded() -> None:
    address = sentence_address("https://x.example/a", "Vitamin B-12, & D?")
    assert address == "https://x.example/a#:~:text=Vitamin%20B%2D12%2C%20%26%20D%3F"


def test_sentence_is_named_whole_up_to_300_signs_and_by_its_ends_beyond_that() -> None:
    words = [f"ord{n}" for n in range(60)]
    whole, longer = " ".join(words[:50]), " ".join(words)
    assert (len(whole), len(longer)) == (289, 349)
    assert sentence_address("https://x.example/a", whole) == f"https://x.example/a#:~:text={whole.replace(' ', '%20')}"
    ends = "%20".join(words[:10]), "%20".join(words[-10:])
    assert sentence_address("https://x.example/a", longer) == f"https://x.example/a#:~:text={','.join(ends)}"


def test_a_word_or_two_are_named_with_what_stands_in_front_of_them() -> None:
    address = sentence_address("https://x.example/a", "viss viktuppgång", "Tecken:\n\ntrötthet, frusenhet\n")
    assert address == "https://x.example/a#:~:text=tr%C3%B6tthet%2C%20frusenhet-,viss%20viktuppg%C3%A5ng"
    assert sentence_address("https://x.example/a", "Ett, två, tre och fyra.", "Före.") == (
        "https://x.example/a#:~:text=Ett%2C%20tv%C3%A5%2C%20tre%20och%20fyra."
    )


def test_list_is_named_by_its_ends_because_fragment_text_cannot_span_lines() -> None:
    address = sentence_address("https://x.example/a", "Kan:\n\nge sömn\nge ro")
    assert address == "https://x.example/a#:~:text=Kan%3A,ge%20ro"


def test_fragment_that_is_already_there_is_kept() -> None:
    assert sentence_address("https://x.example/a#top", "Ja") == "https://x.example/a#top:~:text=Ja"


def test_article_without_address_has_no_link() -> None:
    assert sentence_address(None, "Ja") is None


def test_only_http_and_https_are_addresses() -> None:
    refused = [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "ftp://x.example",
        'https://x"y',
        None,
    ]
    assert [web_address(url) for url in refused] == [None] * len(refused)
    assert web_address("HTTPS://x.example/å?a=1&b=2") == "HTTPS://x.example/å?a=1&b=2"


def test_phone_numbers_lose_their_spaces_and_words_are_none() -> None:
    assert phone_address("010-456 67 00") == "tel:0104566700"
    assert phone_address("+46 771-11 77 00") == "tel:+46771117700"
    assert phone_address("ring oss") is None
    assert phone_address("") is None


def test_fixed_text_gets_tappable_numbers_and_addresses_and_is_escaped() -> None:
    html = with_links("Ring 112 <nu>. Se https://x.example/a?b=1&c=2. År 11772.")
    assert html == (
        'Ring <a class="tel" href="tel:112">112</a> &lt;nu&gt;. '
        'Se <a class="link" href="https://x.example/a?b=1&amp;c=2">x.example/a?b=1&amp;c=2</a>. '
        "År 11772."
    )


def _citation(article: Article, start: int, end: int) -> Citation:
    fields = {"n": 1, "article_id": article.id, "title": "", "url": None, "language": article.language}
    fields |= {"updated": None, "heading": None, "quote": article.text[start:end], "start": start, "end": end}
    return Citation.model_validate(fields)


def _first_fit(text: str, directive: str) -> int:
    """Where a browser would look: whole words, the prefix right in front, and the end behind the start; else -1."""
    prefix, _, rest = directive.rpartition("-,")
    start, _, end = (unquote(part) for part in rest.partition(","))
    words = re.escape(unquote(prefix)) + r"\s*" if prefix else ""
    found = re.search(rf"(?<!\w){words}(?P<start>{re.escape(start)})(?!\w)(?s:.*?){re.escape(end)}", text)
    return found.start("start") if found else -1


def test_every_sentence_of_the_shipped_articles_is_the_first_place_its_link_fits() -> None:
    checked = 0
    for article in read_articles(SHIPPED).articles:
        text = re.sub(r"\s", " ", article.text)
        for sentence in (sentence for passage in split_article(article) for sentence in passage.sentences):
            context = passage_context(article, _citation(article, sentence.start, sentence.end))
            address = sentence_address("https://x.example/a", context.quote, context.before)
            assert address is not None
            found = _first_fit(re.sub(r" +", " ", text), address.split(":~:text=")[1])
            assert found == len(re.sub(r" +", " ", text[: sentence.start])), (article.id, context.quote)
            checked += 1
    assert checked > 1000
