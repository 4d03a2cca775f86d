"""Which sentences become an answer, on small articles whose words can be counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.extract import MAX_CHARS, MAX_STATEMENTS, pick_statements
from assistant.question import question_form
from assistant.statements import WEIGHTS, Rules, Statement
from corpus.article import Language
from corpus.search import Searcher
from corpus.sync import sync
from tests.fakes import WordEmbedder, write_article

IRON = """Iron is a mineral. Many people wonder about iron.

## Does iron help against tiredness?

Yes, iron helps against tiredness when iron is low. Others notice no difference at all.

## Which foods contain iron?

Good iron foods are:

- red meat
- lentils and beans
- dark leafy vegetables

## Signs of low iron

Common signs of low iron are:

- pale skin
- cold hands

## Signs of high iron

Common signs of high iron are:

- aching joints
- bronze skin

## What does the iron test show?

The iron test shows how much iron is in the blood. It varies over the day. An iron value under 10 µmol/l is low.

## How can HealthCo help you?

The iron test shows how you are. With HealthCo you can order an iron test.
"""
ZINC = """## Does zinc help against tiredness?

Yes, zinc helps against tiredness when zinc is low.
"""


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder: Path = tmp_path_factory.mktemp("extract")
    write_article(folder / "articles", "iron", IRON)
    write_article(folder / "articles", "zinc", ZINC)
    embedder = WordEmbedder()
    sync(folder / "articles", folder / "index", embedder)
    return Searcher(folder / "index", embedder)


def _pick(searcher: Searcher, question: str, rules: Rules | None = None, language: Language = "en") -> list[Statement]:
    found = searcher.search(question, 24, query_language="en")
    return pick_statements(found, question_form(question), rules or Rules(), language)


def test_a_statement_is_a_stretch_of_the_article(searcher: Searcher) -> None:
    for statement in _pick(searcher, "Which foods contain iron?"):
        article = searcher.index.store.article(statement.passage.article_id)
        assert article.text[statement.start : statement.end] == statement.text


def test_a_list_comes_whole_with_its_lead_in(searcher: Searcher) -> None:
    best = _pick(searcher, "Which foods contain iron?")[0]
    assert best.is_list
    assert [sentence.role for sentence in best.sentences] == ["lead_in", "bullet", "bullet", "bullet"]
    assert best.text.startswith("Good iron foods are:") and best.text.endswith("dark leafy vegetables")


def test_the_sentence_that_settles_a_yes_no_question_comes_first(searcher: Searcher) -> None:
    assert _pick(searcher, "Does iron help against tiredness?")[0].text.startswith("Yes, iron helps")


@pytest.mark.parametrize(
    ("best", "first"),
    [
        ("Copper pans lose copper into sour food.", "Copper pans lose copper into sour food."),
        ("Sour food therefore takes copper from copper pans.", "Copper is a metal in many tools."),
    ],
)
def test_the_best_sentence_comes_first_wherever_it_stands_unless_it_goes_on_from_another(
    tmp_path: Path, best: str, first: str
) -> None:
    write_article(tmp_path / "articles", "copper", f"## Copper and food\n\nCopper is a metal in many tools. {best}\n")
    embedder = WordEmbedder()
    sync(tmp_path / "articles", tmp_path / "index", embedder)
    picked = _pick(Searcher(tmp_path / "index", embedder), "What happens to sour food in copper pans?")
    assert max(picked, key=lambda statement: statement.score).text == best
    assert picked[0].text == first


@pytest.mark.parametrize(
    "question",
    [
        "Does iron stop hair from falling out?",
        "Does tiredness help against iron?",  # the same words in another order
        "Does iron not help against tiredness?",
        "Does iron always help against tiredness?",
        "Does iron help against tiredness and falling hair?",
    ],
)
def test_yes_is_left_out_where_another_question_was_asked(searcher: Searcher, question: str) -> None:
    statements = _pick(searcher, question)
    assert not any(statement.text.startswith("Yes,") for statement in statements)
    without = next(s for s in statements if s.text == "iron helps against tiredness when iron is low.")
    article = searcher.index.store.article("iron")
    assert article.text[without.start - len("Yes, ") : without.end] == f"Yes, {without.text}"


def test_yes_is_left_out_where_no_verdict_is_given(searcher: Searcher) -> None:
    said = _pick(searcher, "Does iron help against tiredness?", Rules(verdicts=False))
    assert said[0].text == "iron helps against tiredness when iron is low."


def test_no_further_down_is_not_heard_as_an_answer_to_what_stands_above(tmp_path: Path) -> None:
    question, first = "What about fasting before tests?", "Fasting takes ten hours before tests."
    write_article(tmp_path / "articles", "test", f"## {question}\n\n{first} No, most tests need no fasting before.")
    embedder = WordEmbedder()
    sync(tmp_path / "articles", tmp_path / "index", embedder)
    said = _pick(Searcher(tmp_path / "index", embedder), question)
    assert [statement.text for statement in said] == [first, "most tests need no fasting before."]


def test_empty_words_in_common_do_not_make_a_heading_the_question(tmp_path: Path) -> None:
    body = "## Do I need to fast?\n\nNo, most tests need no fasting. Bring an identity card to the test."
    write_article(tmp_path / "articles", "test", body)
    embedder = WordEmbedder()
    sync(tmp_path / "articles", tmp_path / "index", embedder)
    searcher = Searcher(tmp_path / "index", embedder)
    assert _pick(searcher, "Do I need to fast?")[0].text.startswith("No,")
    assert not any(s.text.startswith("No,") for s in _pick(searcher, "Do I need a referral to get a test?"))


def test_a_sentence_that_leans_on_another_never_stands_without_it(searcher: Searcher) -> None:
    for question in ("Who notices no difference at all?", "Does it vary over the day?"):
        texts = [statement.text for statement in _pick(searcher, question)]
        for leaning, before in (
            ("Others notice no difference at all.", "iron helps against tiredness when iron is low."),
            ("It varies over the day.", "The iron test shows how much iron is in the blood."),
        ):
            if leaning in texts:
                assert texts[texts.index(leaning) - 1] == before


def test_signs_of_too_little_are_not_answered_with_signs_of_too_much(searcher: Searcher) -> None:
    said = "\n".join(statement.text for statement in _pick(searcher, "What are the signs of low iron?"))
    assert "pale skin" in said
    assert "bronze skin" not in said


def test_another_subjects_sentence_does_not_join(searcher: Searcher) -> None:
    answered = _pick(searcher, "Does zinc help against tiredness?")
    assert {statement.passage.article_id for statement in answered} == {"zinc"}


def test_advertising_and_openings_are_never_quoted(searcher: Searcher) -> None:
    for question in ("How can HealthCo help me with iron?", "What does the iron test show?", "who wonders about iron"):
        said = "\n".join(statement.text for statement in _pick(searcher, question))
        assert "HealthCo" not in said
        assert "wonder" not in said


def test_the_companys_own_name_is_advertising(searcher: Searcher) -> None:
    assert _pick(searcher, "Is iron a mineral?", Rules(brand="Mineral")) != []
    said = [statement.text for statement in _pick(searcher, "Is iron a mineral?", Rules(brand="Mineral"))]
    assert "Iron is a mineral." not in said


def test_limits_are_left_out_where_figures_are_not_wanted(searcher: Searcher) -> None:
    question = "What iron value is low?"
    assert any("10 µmol/l" in statement.text for statement in _pick(searcher, question))
    said = "\n".join(statement.text for statement in _pick(searcher, question, Rules(figures=False)))
    assert not any(character.isdigit() for character in said)


def test_headings_are_never_quoted(searcher: Searcher) -> None:
    for question in ("Which foods contain iron?", "Signs of low iron", "What does the iron test show?"):
        assert not any(statement.text.endswith("?") for statement in _pick(searcher, question))
        assert "Signs of low iron" not in [statement.text for statement in _pick(searcher, question)]


def test_an_answer_is_short(searcher: Searcher) -> None:
    for question in ("iron", "Which foods contain iron?", "Tell me everything about iron and zinc"):
        answered = _pick(searcher, question)
        assert len(answered) <= MAX_STATEMENTS
        assert sum(len(statement.text) for statement in answered) <= MAX_CHARS


def test_nothing_is_said_twice(tmp_path: Path) -> None:
    twice = "## Iron\n\nIron carries oxygen in the blood of all people.\n\n## More\n\nIron carries oxygen in all blood."
    write_article(tmp_path / "articles", "twice", twice)
    embedder = WordEmbedder()
    sync(tmp_path / "articles", tmp_path / "index", embedder)
    assert len(_pick(Searcher(tmp_path / "index", embedder), "What does iron carry in the blood?")) == 1


def test_a_language_without_articles_gives_nothing(searcher: Searcher) -> None:
    assert _pick(searcher, "Which foods contain iron?", language="sv") == []


def test_the_same_question_is_answered_the_same(searcher: Searcher) -> None:
    answers = [_pick(searcher, "Does iron help against tiredness?") for _ in range(5)]
    assert all(answer == answers[0] for answer in answers)


def test_what_misleads_weighs_against_a_statement() -> None:
    against = {"is a question", "is about the opposite", "is about another subject", "leans on the one before"}
    assert all(WEIGHTS[name] < 0 for name in against)
