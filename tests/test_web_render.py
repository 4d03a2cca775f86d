from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from assistant.answer import Answer, HandoverCard, Kind, Notice, RelatedArticle, Sentence
from assistant.texts import texts_for
from corpus.article import LANGUAGES
from tests.fake_app import FakeAssistant, cite, drafts_of, listing, prose
from web.render import (
    blocks_of,
    clean,
    render_acts,
    render_answer,
    render_consent,
    render_consent_again,
    render_question,
    render_welcome,
    render_words,
)

PAYLOADS = (
    "<script>fetch('//evil.example')</script>",
    '"><img src=x onerror=alert(1)>',
    "![x](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    '<a href="https://evil.example">x</a>',
    "<style>body{background:url(https://evil.example)}</style>",
    '<form action="https://evil.example"><input></form>',
    "<svg onload=alert(1)><iframe src=//evil.example>",
    "</mark></blockquote></details><video src=https://evil.example>",
    "{{ 7 * 7 }} {% raw %} ${x} \\(x\\) $$y$$",
)
TAGS = {"div", "p", "a", "span", "section", "h2", "ul", "li", "details", "summary", "blockquote", "mark"}
ATTRIBUTES = {"class", "lang", "href", "id", "rel", "target", "tabindex"}


class _Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def hrefs(self) -> list[str]:
        return [attrs["href"] or "" for tag, attrs in self.tags if tag == "a" and "href" in attrs]


def _render(answer: Answer, key: str = "t1") -> str:
    assistant = FakeAssistant()
    contexts = {citation.n: assistant.passage_context(citation) for citation in answer.citations}
    return render_answer(answer, contexts, texts_for(answer.language), key)


def _marked(html: str) -> list[str]:
    return [unescape(found) for found in re.findall(r"<mark[^>]*>(.*?)</mark>", html)]


def _bare(kind: Kind, **fields: object) -> Answer:
    return Answer.model_validate({"question": "?", "language": "sv", "kind": kind, "evidence": "none", **fields})


def test_every_quote_is_marked_character_for_character() -> None:
    answer = prose("sv")
    assert _marked(_render(answer)) == [citation.quote for citation in answer.citations]


def test_a_number_in_the_text_points_at_its_marked_quote() -> None:
    html = _render(prose("en"), key="t7")
    targets = re.findall(r'class="cite" href="#([^"]+)"', html)
    assert targets == ["t7-c1", "t7-c2", "t7-c3"]
    assert all(html.count(f'id="{target}"') == 1 for target in targets)


def test_paragraph_around_the_quote_is_shown_with_its_line_breaks() -> None:
    html = _render(listing("sv"))
    quoted = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", html)
    assert quoted is not None
    assert quoted[1].count("<br>") == 3
    assert len(_marked(html)) == 4


def test_list_is_a_list_introduced_by_its_own_sentence() -> None:
    html = _render(listing("en"))
    told = html.split('class="sources"')[0]
    assert "<p>Magnesium can:" in told
    assert told.count("<li>") == 3


def test_bullets_that_cite_what_the_lead_in_cites_carry_no_marks_of_their_own() -> None:
    answer = listing("sv")
    answer = answer.model_copy(
        update={
            "sentences": tuple(s.model_copy(update={"citations": (1,)}) for s in answer.sentences),
            "citations": answer.citations[:1],
        }
    )
    assert _render(answer).count('class="cite"') == 1


def test_articles_get_a_paragraph_each() -> None:
    one, two = cite(1, "Magnesium kan:", "sv"), cite(2, "Magnesium can:", "en")
    sentences = tuple(Sentence(text=c.quote, role="sentence", citations=(c.n,)) for c in (one, two))
    answer = prose("sv").model_copy(update={"sentences": sentences, "citations": (one, two)})
    assert [len(block.sentences) for block in blocks_of(answer)] == [1, 1]


def test_sentence_that_goes_on_from_the_same_article_stays_in_its_paragraph() -> None:
    one, two = cite(1, "Magnesium kan:", "sv"), cite(2, "Magnesium can:", "en")
    sentences = tuple(Sentence(text=str(n), role="sentence", citations=n) for n in ((1,), (2, 1), (2,), (1,)))
    answer = prose("sv").model_copy(update={"sentences": sentences, "citations": (one, two)})
    assert [len(block.sentences) for block in blocks_of(answer)] == [3, 1]


def test_written_sentence_points_at_every_quote_it_rests_on() -> None:
    answer = drafts_of("sv")[-1]
    html = _render(answer)
    told = html.split('class="sources"')[0]
    assert re.findall(r'href="#t1-c(\d)"', told) == ["1", "2", "3", "4", "5", "3", "4", "5", "6"]
    assert _marked(html) == [citation.quote for citation in answer.citations]
    assert all(html.count(f'id="t1-c{n}"') == 1 for n in range(1, 7))


def test_introduction_whose_list_is_still_to_come_has_no_empty_list() -> None:
    draft = drafts_of("sv")[1]
    assert draft.sentences[-1].role == "lead_in"
    assert "<ul>" not in _render(draft).split('class="sources"')[0]


def test_only_a_written_answer_says_that_a_model_worded_it() -> None:
    for language in LANGUAGES:
        notice = texts_for(language).worded_by_model
        assert notice in _render(drafts_of(language)[0])
        assert notice not in _render(prose(language))
        alarm = _bare("emergency", language=language, mode="generative")
        assert notice not in _render(alarm)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_fixed_prompt_is_byte_for_byte_and_outside_what_the_articles_say(language: str) -> None:
    answer = prose("sv" if language == "sv" else "en")
    html = _render(answer)
    prompt = re.search(r'<div class="prompt"> ?<p>(.*?)</p>', html)
    assert prompt is not None
    assert unescape(prompt[1]) == answer.blood_test_prompt
    assert answer.blood_test_prompt not in unescape(html.split('class="sources"')[0])


def test_what_no_sentence_cites_is_not_listed() -> None:
    answer = prose("sv").model_copy(update={"sentences": prose("sv").sentences[:1]})
    assert _marked(_render(answer)) == [answer.citations[0].quote]


def test_every_passage_has_a_link_to_its_own_sentence() -> None:
    links = [href for href in _Seen(_render(prose("sv"))).hrefs() if ":~:text=" in href]
    assert [link.split(":~:text=")[1].split("%20")[0] for link in links] == ["Vetenskapen", "Personer"]


def test_buttons_under_a_reply_ask_for_a_verdict_only_where_one_is_kept() -> None:
    for language in LANGUAGES:
        texts = texts_for(language)
        with_verdict, without = (_Seen(render_acts(texts, language, "t1", rates)) for rates in (True, False))
        assert [tag for tag, _ in with_verdict.tags].count("button") == 3
        assert [tag for tag, _ in without.tags].count("button") == 1
        assert texts.helpful not in without.text


def test_words_for_scripts_tell_how_long_a_verdict_is_kept_or_nothing_of_it() -> None:
    for language in LANGUAGES:
        kept, not_kept = (_Seen(render_words(texts_for(language), language, days)).text for days in (30, None))
        assert texts_for(language).feedback_kept.format(days=30) in kept
        assert "{" not in kept
        assert texts_for(language).feedback_send not in not_kept


def test_test_without_booking_address_is_named_but_not_linked() -> None:
    seen = _Seen(_render(prose("sv")))
    assert "Kortisol" in seen.text
    assert [href for href in seen.hrefs() if "book" in href] == ["https://clinic.example/book/magnesium"]


def test_article_in_the_other_language_says_so_and_is_marked_as_such() -> None:
    html = _render(prose("en", article="sv"))
    assert texts_for("en").notice_other_language in unescape(html)
    assert texts_for("en").in_swedish in html
    assert '<blockquote lang="sv">' in html


def test_alarm_shows_cards_with_tappable_numbers_and_no_article() -> None:
    cards = (
        HandoverCard(name="112", phone="112", url=None, text="Ring nu."),
        HandoverCard(name="Gift", phone="010-456 67 00", url="https://gift.example/", text="Dygnet runt."),
    )
    html = _render(_bare("poisoning", handover=cards))
    seen = _Seen(html)
    assert seen.hrefs() == ["tel:112", "tel:0104566700", "https://gift.example/"]
    assert "Ring 010-456 67 00" in seen.text
    assert 'class="sources"' not in html
    assert 'class="prompt"' not in html


def test_a_card_on_a_reply_that_is_no_alarm_does_not_look_like_one() -> None:
    card = HandoverCard(name="1177", phone="1177", url=None, text="Dygnet runt.")
    html = _render(_bare("no_dosing", message="Fråga ett apotek.", handover=(card,)))
    assert 'class="alarm"' not in html
    assert 'class="contacts"' in html
    assert html.index("apotek") < html.index("Dygnet runt")


def test_abstaining_offers_articles_and_a_tappable_1177() -> None:
    near = RelatedArticle(article_id="a", title="A & B", url="https://x.example/a?b=1&c=2", language="sv")
    bare = RelatedArticle(article_id="b", title="C", url=None, language="en")
    seen = _Seen(_render(_bare("abstain", message="Ring 1177. https://c.example/x", related=(near, bare))))
    assert seen.hrefs() == ["tel:1177", "https://c.example/x", "https://x.example/a?b=1&c=2"]
    assert "A & B" in seen.text


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_any_field_is_shown_as_text(payload: str) -> None:
    citation = cite(1, "Magnesium kan:", "sv").model_copy(
        update={
            "title": payload,
            "heading": payload,
            "updated": payload,
            "quote": payload,
            "end": 250 + len(payload),
        }
    )
    citation = citation.model_copy(update={"start": 250})
    answer = prose("sv").model_copy(
        update={
            "sentences": (Sentence(text=payload, role="sentence", citations=(1,)),),
            "citations": (citation,),
            "notices": (Notice(code="partial", text=payload),),
            "related": (RelatedArticle(article_id="x", title=payload, url=payload, language="sv"),),
            "blood_test_prompt": payload,
            "suggested_tests": (),
        }
    )
    html = render_answer(answer, {}, texts_for("sv"), "t1")
    seen = _Seen(html)
    assert {tag for tag, _ in seen.tags} <= TAGS
    assert {name for _, attrs in seen.tags for name in attrs} <= ATTRIBUTES
    assert all(href.startswith(("#", "https://clinic.example/")) for href in seen.hrefs())
    assert seen.text.count(payload) >= 6


def test_address_that_the_answer_does_not_name_is_removed() -> None:
    html = clean(
        '<a href="https://evil.example/">x</a><a href="https://ok.example/">y</a>',
        frozenset({"https://ok.example/"}),
    )
    assert _Seen(html).hrefs() == ["https://ok.example/"]


def test_script_address_in_a_field_is_not_a_link() -> None:
    card = HandoverCard(name="x", phone="javascript:alert()", url="javascript:alert(1)", text="x")
    assert _Seen(_render(_bare("crisis", handover=(card,)))).hrefs() == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_the_visitor_wrote_is_shown_as_typed(payload: str) -> None:
    seen = _Seen(render_question(payload, texts_for("sv")))
    assert [tag for tag, _ in seen.tags] == ["div", "span"]
    assert seen.text.endswith(payload)


def test_everything_is_one_line_because_a_blank_line_would_end_the_html_in_markdown() -> None:
    assert "\n" not in _render(listing("sv"))
    assert "\n" not in render_question("a\n\n\n**b**\r\n\u2028c", texts_for("sv"))


def test_line_breaks_of_a_question_are_kept() -> None:
    assert "a<br>b" in render_question("\na\n\nb\n", texts_for("sv"))


@pytest.mark.parametrize("language", ["sv", "en"])
def test_welcome_says_ai_urgent_numbers_and_privacy(language: str) -> None:
    texts = texts_for("sv" if language == "sv" else "en")
    seen = _Seen(render_welcome(texts, "sv" if language == "sv" else "en", texts.privacy_notice_outside))
    for line in (texts.ai_notice, texts.privacy_notice_outside, texts.urgent_notice):
        assert line in seen.text
    assert texts.privacy_notice not in seen.text
    assert seen.hrefs() == ["tel:112", "tel:1177"]


def test_what_is_agreed_to_can_be_read_again_in_the_conversation() -> None:
    for language in LANGUAGES:
        texts = texts_for(language)
        asks, again = (_Seen(render(texts, language)) for render in (render_consent, render_consent_again))
        assert texts.consent_text in asks.text
        assert texts.consent_text in again.text
        assert [tag for tag, _ in again.tags] == ["details", "summary", "p"]


def test_own_results_come_after_what_the_articles_say_and_can_be_tapped() -> None:
    notice = Notice(code="own_results", text="Dina provsvar läser du här: https://www.clinic.example/svar/")
    answer = prose("sv").model_copy(
        update={"kind": "no_diagnosis", "message": "Så här står det:", "notices": (notice,)}
    )
    html = _render(answer)
    assert html.index("Så här står det:") < html.index(answer.sentences[-1].text) < html.index("Dina provsvar")
    assert 'href="https://www.clinic.example/svar/" rel="noopener noreferrer">clinic.example/svar</a>' in html


def test_marks_of_one_sentence_stand_together_after_it() -> None:
    answer = prose("sv").model_copy(
        update={"sentences": (Sentence(text="Magnesium.", role="sentence", citations=(1, 2)),)}
    )
    assert re.search(
        r'Magnesium\.(&nbsp;|\xa0)<span class="cites"><a [^>]*>(?:(?!</span></span>).)*</a></span>', _render(answer)
    )
