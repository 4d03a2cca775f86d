from __future__ import annotations

from web.links import phone_address, sentence_address, web_address, with_links


def test_short_sentence_is_named_whole_with_its_reserved_signs_encoded() -> None:
    address = sentence_address("https://x.example/a", "Vitamin B-12, & D?")
    assert address == "https://x.example/a#:~:text=Vitamin%20B%2D12%2C%20%26%20D%3F"


def test_long_sentence_is_named_by_its_first_and_last_five_words() -> None:
    quote = "ett två tre fyra fem sex sju åtta nio tio elva tolv"
    address = sentence_address("https://x.example/a", quote)
    assert address == (
        "https://x.example/a#:~:text=ett%20tv%C3%A5%20tre%20fyra%20fem,%C3%A5tta%20nio%20tio%20elva%20tolv"
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
        'Se <a class="link" href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>. '
        "År 11772."
    )
