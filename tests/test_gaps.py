"""What is asked and not written: grouped by subject, counted, and followed until an article answers it."""

from __future__ import annotations

import datetime
import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assistant.answer import Answer, Evidence, Kind
from assistant.feedback import Feedback, FeedbackStore
from assistant.pipeline import Assistant
from assistant.trace import Trace, TracedPassage, TracedTriage
from corpus.embedder import Embedder, Vectors
from corpus.search import Searcher
from corpus.store import ArticleStore
from corpus.sync import sync
from errors import ProjectError, QuestionRefused, UsageError
from evals import gaps
from evals.cases import read_cases
from evals.gaps.board import Board, Group, as_text, group_id, load_board, save_board
from evals.gaps.candidates import candidate_cases, write_candidates
from evals.gaps.clusters import centred, everyday_questions, groups, most_central
from evals.gaps.find import find_gaps, recheck
from evals.gaps.naming import Said, name_of
from evals.gaps.questions import AskedQuestion, read_questions
from tests.conftest import DEFAULTS
from tests.fakes import WordEmbedder, write_article
from tests.replies import stored

DAY, LATER = datetime.date(2026, 3, 5), datetime.date(2026, 4, 1)
Ask = Callable[[str], Trace]


def asked(*texts: str, **more: object) -> list[AskedQuestion]:
    return [AskedQuestion.model_validate({"text": text, **more}) for text in texts]


def trace(question: str, kind: Kind, evidence: Evidence = "none", *near: str) -> Trace:
    passages = tuple(
        TracedPassage(
            article_id=id_,
            title=id_.capitalize(),
            heading=None,
            language="en",
            quote="q",
            start=0,
            end=1,
            score=0.5,
            similarity=0.8,
            lexical=0.1,
        )
        for id_ in near
    )
    answer = Answer(question=question, language="en", kind=kind, evidence=evidence)
    return Trace(triage=TracedTriage(kind=None, alarms=(), rule=None), passages=passages, answer=answer)


def ask_by(replies: dict[str, tuple[Kind, Evidence]], default: tuple[Kind, Evidence] = ("abstain", "none")) -> Ask:
    """Replies by a word of the question."""

    def ask(question: str) -> Trace:
        if not question:
            raise QuestionRefused("empty")
        kind, evidence = next((reply for word, reply in replies.items() if word in question), default)
        return trace(question, kind, evidence, "iron", "zinc" if "zinc" in question else "magnesium")

    return ask


def embed(texts: list[str]) -> Vectors:
    return WordEmbedder().embed_passages(texts)


@pytest.fixture
def store(tmp_path: Path) -> ArticleStore:
    return stored(tmp_path)


# Reading


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "hjälper zink\n\nring 0701234567\n"),
        ("a.csv", "id,question\n1,hjälper zink\n2,\n3,ring 0701234567\n"),
        ("a.csv", "\ufeffid;question\n1;hjälper zink\n2;ring 0701234567\n"),
        ("a.jsonl", '{"question": "hjälper zink"}\n\n{"id": 2, "text": "ring 0701234567"}\n'),
    ],
)
def test_every_form_gives_the_same_questions_masked(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert [question.text for question in read_questions(tmp_path / name)] == ["hjälper zink", "ring [telefon]"]


def test_kept_feedback_gives_verdict_language_and_day(tmp_path: Path) -> None:
    kept = Feedback(
        question="zink", language="sv", kind="answer", evidence="partial", verdict="down", articles=("d-vitamin",)
    )
    FeedbackStore(tmp_path / "f.db").record(kept, datetime.datetime(2026, 3, 5, 9, tzinfo=datetime.UTC))
    (question,) = read_questions(tmp_path / "f.db")
    assert (question.text, question.date, question.language) == ("zink", DAY, "sv")
    assert (question.verdict, question.articles) == ("down", ("d-vitamin",))


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.csv", "fråga\nhemlig\n", 1),
        ("a.csv", "question,date\nett,2026-03-05\nhemlig,igår\n", 3),
        ("a.jsonl", '{"question": "ett"}\nhemlig\n', 2),
        ("a.jsonl", '{"question": "ett"}\n{"fråga": "hemlig"}\n', 2),
        ("a.jsonl", '["hemlig"]\n', 1),
    ],
)
def test_a_fault_names_file_and_line_and_not_the_words(tmp_path: Path, name: str, text: str, line: int) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_questions(tmp_path / name)
    assert str(caught.value).startswith(f"{tmp_path / name}:{line}: ")
    assert "hemlig" not in str(caught.value)


def test_files_that_hold_no_questions_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("\n", encoding="utf-8")
    (tmp_path / "a.docx").write_text("x", encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes("ett\nhjälper".encode("latin-1"))
    for name, says in [("a.txt", "no questions"), ("a.docx", r"\.jsonl"), ("b.txt", "b.txt"), ("latin.txt", "txt:2 ")]:
        with pytest.raises(UsageError, match=says):
            read_questions(tmp_path / name)


# Grouping


def _at(*degrees: float) -> Vectors:
    turned = np.radians(degrees)
    return np.stack([np.cos(turned), np.sin(turned)], axis=1).astype(np.float32)


def test_near_directions_are_grouped_and_others_stand_alone() -> None:
    """The cosine distance of 20° is 0.06, of 90° 1, of 160° 1.94."""
    assert groups(_at(0, 90, 20, 180, 110)) == [[0, 2], [1, 4], [3]]
    assert groups(_at(0)) == [[0]]
    assert groups(_at(0)[:0]) == []


def test_average_linkage_does_not_chain_through_neighbours() -> None:
    """Each is 60° from the next (distance 0.5), but the ends are 180° apart: no single group of four."""
    assert groups(_at(0, 60, 120, 180)) == [[0, 1], [2, 3]]


def test_the_language_is_taken_off_so_that_one_subject_meets_in_both() -> None:
    """Subject on two axes, language on a third that outweighs them."""
    rows = [[1, 0, 3], [0, 1, 3], [1, 0, -3], [0, 1, -3]]
    vectors = np.array([np.array(row) / np.linalg.norm(row) for row in rows], dtype=np.float32)
    none = np.zeros((len(everyday_questions()), 3), dtype=np.float32)
    own = np.array([[0, 0, 3 if language == "sv" else -3] for language, _ in everyday_questions()], dtype=np.float32)
    assert groups(vectors) == [[0, 1], [2, 3]]
    assert groups(centred(vectors, ["sv", "sv", "en", "en"], none + own / 10**0.5)) == [[0, 2], [1, 3]]


def test_the_most_central_question_is_the_one_asked_most_in_the_middle() -> None:
    assert most_central(_at(0, 10, 40), [1, 1, 1]) == 1
    assert most_central(_at(0, 10, 40), [1, 1, 20]) == 2


def test_a_name_is_of_the_words_the_group_has_and_others_have_not() -> None:
    zinc = [Said("hjälper zink mot förkylning", "sv"), Said("vad är zink", "sv", 3), Said("does zinc help", "en")]
    other = [Said("hjälper magnesium mot förkylning", "sv"), Said("vad är förkylning", "sv", 5)]
    assert name_of(zinc, [*zinc, *other]) == "zink"
    empty = [Said("vad är det", "sv")]
    assert name_of(empty, [*empty, *other]) == "vad är det"


@pytest.mark.model
def test_three_clear_subjects_in_two_languages_become_three_groups(embedder: Embedder) -> None:
    subjects = [
        ["hjälper zink mot förkylning", "vilken mat innehåller zink", "what are signs of zinc deficiency"],
        ["behöver jag fylla på tbe-vaccinet", "hur ofta tar man vaccin mot tbe", "how often is a TBE booster needed"],
        ["får man migrän av stress", "vad hjälper mot migrän", "can low iron cause migraines"],
    ]
    languages = ["sv", "sv", "en"] * 3
    texts = [text for subject in subjects for text in subject]
    vectors = np.stack([embedder.embed_query(text) for text in [*texts, *(q for _, q in everyday_questions())]])
    found = groups(centred(vectors[:9], languages, vectors[9:]))  # type: ignore[arg-type]
    assert found == [[0, 1, 2], [3, 4, 5], [6, 7, 8]]


# The board


def test_gaps_are_counted_by_askings_and_what_needs_no_article_is_left_out(store: ArticleStore) -> None:
    ask = ask_by({"iron": ("answer", "sufficient"), "mg": ("no_dosing", "none"), "chest": ("emergency", "none")})
    texts = ["zinc colds", "Zinc colds?", "tbe shots", "iron signs", "how many mg", "chest pain", "[telefon]"]
    board = find_gaps(asked(*texts), ask, embed, store, on=DAY)
    assert (board.asked, board.answered, board.refused) == (7, 1, 1)
    assert board.left_out == {"emergency": 1, "no_dosing": 1}
    assert [(group.times, group.example) for group in board.groups] == [(2, "zinc colds"), (1, "tbe shots")]
    assert [(near.id, near.questions) for near in board.groups[0].near] == [("iron", 1), ("zinc", 1)]


def test_a_partial_or_disliked_answer_is_a_gap_and_an_alarm_never_is(store: ArticleStore) -> None:
    ask = ask_by({"some": ("answer", "partial"), "full": ("answer", "sufficient"), "chest": ("emergency", "none")})
    questions = [
        *asked("some zinc"),
        *asked("full iron", "chest pain", verdict="down", reason="fel"),
        *asked("full iron", verdict="up"),
    ]
    board = find_gaps(questions, ask, embed, store, on=DAY)
    assert {group.example: group.questions[0].why for group in board.groups} == {
        "some zinc": "partly covered",
        "full iron": "disliked",
    }
    shares = {group.example: group.down_share for group in board.groups}
    assert shares == {"some zinc": None, "full iron": 0.5}


def test_newest_date_and_languages_are_those_of_the_askings(store: ArticleStore) -> None:
    questions = [*asked("zinc colds", date="2026-01-02"), *asked("zinc colds", date="2026-03-01"), *asked("zinc colds")]
    (group,) = find_gaps(questions, ask_by({}), embed, store, on=DAY).groups
    assert (group.newest, group.languages) == (datetime.date(2026, 3, 1), {"en": 3})


def test_masked_tokens_are_neither_asked_nor_named(store: ArticleStore) -> None:
    heard: list[str] = []

    def ask(question: str) -> Trace:
        heard.append(question)
        return trace(question, "abstain")

    (group,) = find_gaps(asked("jag heter [namn?] och vill veta om zink"), ask, embed, store, on=DAY).groups
    assert heard == ["jag heter och vill veta om zink"]
    assert "namn" not in group.name


def test_a_groups_id_does_not_hang_on_order_or_writing() -> None:
    assert group_id(["Zinc?", "tbe  shots"]) == group_id(["TBE shots", "zinc"])
    assert group_id(["zinc"]) != group_id(["tbe"])


def test_a_later_board_keeps_ids_and_tells_new_grown_known_and_covered(store: ArticleStore) -> None:
    first = find_gaps(asked("zinc colds", "tbe shots", "migraine aura"), ask_by({}), embed, store, on=DAY)
    ids = {group.example: group.id for group in first.groups}
    texts = ["zinc colds", "zinc colds", "tbe shots", "price list"]
    now = ask_by({"migraine": ("answer", "sufficient")})
    second = find_gaps(asked(*texts), now, embed, store, earlier=first, on=LATER)
    states = {group.example: (group.state, group.first_seen) for group in second.groups}
    assert states == {"zinc colds": ("grown", DAY), "tbe shots": ("known", DAY), "price list": ("new", LATER)}
    assert {group.example: group.id for group in second.groups if group.example in ids}.items() <= ids.items()
    assert [(group.example, group.covered_on) for group in second.covered] == [("migraine aura", LATER)]


def test_no_two_groups_get_one_earlier_id(store: ArticleStore) -> None:
    first = find_gaps(asked("zinc colds", "zinc colds now"), ask_by({}), embed, store, on=DAY)
    (old,) = first.groups
    split = [find_gaps(asked(text), ask_by({}), embed, store, on=DAY).groups[0] for text in ("zinc colds", "tbe")]
    later = find_gaps(asked("zinc colds", "tbe"), ask_by({}), embed, store, earlier=first, on=LATER)
    assert sorted(group.id for group in later.groups) == sorted([old.id, split[1].id])


def test_rechecking_marks_each_wording_and_the_group_once_all_are_answered(store: ArticleStore) -> None:
    board = find_gaps(asked("zinc colds", "zinc colds food"), ask_by({}), embed, store, on=DAY)
    assert len(board.groups) == 1
    half = recheck(board, ask_by({"food": ("answer", "sufficient")}), on=DAY)
    assert [question.covered_on for question in half.groups[0].questions] == [None, DAY]
    assert half.groups[0].covered_on is None
    whole = recheck(half, ask_by({"zinc": ("answer", "sufficient")}), on=LATER)
    assert [question.covered_on for question in whole.groups[0].questions] == [LATER, DAY]
    assert whole.groups[0].covered_on == LATER
    assert recheck(whole, ask_by({"zinc": ("answer", "partial")}), on=LATER).groups[0].covered_on is None


def test_a_disliked_answer_is_not_called_covered_for_being_sufficient_still(store: ArticleStore) -> None:
    ask = ask_by({}, ("answer", "sufficient"))
    board = find_gaps(asked("iron signs", verdict="down"), ask, embed, store, on=DAY)
    assert recheck(board, ask, on=LATER).groups[0].covered_on is None


@pytest.mark.model
def test_an_article_that_is_added_covers_its_group(tmp_path: Path, small_index: Path, embedder: Embedder) -> None:
    shutil.copytree(small_index.parent / "articles", tmp_path / "articles")
    shutil.copytree(small_index, tmp_path / "index")
    searcher = Searcher(tmp_path / "index", embedder)

    def ask(question: str) -> Trace:
        return Assistant(Searcher(tmp_path / "index", embedder), DEFAULTS).trace(question)

    def vectors(texts: list[str]) -> Vectors:
        return np.stack([embedder.embed_query(text) for text in texts])

    questions = asked("how often do I need a TBE vaccine", "what does a parking permit cost")
    before = find_gaps(questions, ask, vectors, searcher.index.store, on=DAY)
    assert {group.example for group in before.groups} == {question.text for question in questions}
    body = (
        "# Vaccine against TBE\n\nThe TBE vaccine protects against an illness that ticks carry.\n\n"
        "## How often is the TBE vaccine needed\n\nThe TBE vaccine is needed every fifth year after the fourth dose."
    )
    write_article(tmp_path / "articles" / "en", "tbe", body, title="Vaccine against TBE")
    sync(tmp_path / "articles", tmp_path / "index", embedder)
    after = recheck(before, ask, Searcher(tmp_path / "index", embedder).index.store, on=LATER)
    covered = {group.example: group.covered_on for group in after.groups}
    assert covered == {questions[0].text: LATER, questions[1].text: None}
    assert after.corpus != before.corpus


def test_a_board_comes_back_as_it_was_and_only_its_owner_reads_it(store: ArticleStore, tmp_path: Path) -> None:
    board = find_gaps(asked("zinc colds"), ask_by({}), embed, store, on=DAY)
    file = tmp_path / "boards" / "board.json"
    save_board(board, file)
    assert load_board(file) == board
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == ["board.json"]
    assert json.loads(file.read_text(encoding="utf-8"))["groups"][0]["example"] == "zinc colds"


def test_a_board_that_cannot_be_read_or_written_is_named(store: ArticleStore, tmp_path: Path) -> None:
    (tmp_path / "other.json").write_text('{"hemlig": 1}', encoding="utf-8")
    for name in ("none.json", "other.json"):
        with pytest.raises(UsageError, match=name):
            load_board(tmp_path / name)
    board = find_gaps(asked("zinc"), ask_by({}), embed, store, on=DAY)
    with pytest.raises(ProjectError, match=r"other\.json"):
        save_board(board, tmp_path / "other.json" / "board.json")


def test_the_board_reads_in_a_terminal_and_cannot_steer_it(store: ArticleStore) -> None:
    board = find_gaps(asked("zinc \x1b[2J\ncolds", "zinc colds now", "tbe"), ask_by({}), embed, store, on=DAY)
    shown = as_text(board)
    assert "Asked 3 times: 0 answered, 0 left out (none), 0 refused." in shown
    assert "No article carries 2 subjects, asked about 3 times." in shown
    assert "\x1b" not in shown
    assert "and 1 subject more" in as_text(board, most=1)
    empty = find_gaps(asked("iron"), ask_by({}, ("answer", "sufficient")), embed, store, on=DAY)
    assert "Nothing is missing." in as_text(empty)


# Drafts of cases


def _board_with_dislikes(store: ArticleStore) -> Board:
    questions = [
        *asked('is "iron: good" # or not', verdict="down", reason="wrong\n- id: forged", date="2026-03-05"),
        *asked("zinc colds"),
    ]
    return find_gaps(questions, ask_by({"iron": ("answer", "sufficient")}), embed, store, on=DAY)


def test_drafts_are_of_the_disliked_alone_and_cannot_be_read_as_cases(store: ArticleStore, tmp_path: Path) -> None:
    text = candidate_cases(_board_with_dislikes(store))
    assert text.count("- id: candidate-") == 1
    assert "zinc" not in text
    (tmp_path / "drafts.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="kind"):
        read_cases(tmp_path / "drafts.yaml")


def test_a_draft_is_a_case_once_its_kind_is_filled_in(store: ArticleStore, tmp_path: Path) -> None:
    text = candidate_cases(_board_with_dislikes(store)).replace("kind:  # fill in", "kind: answer")
    (tmp_path / "cases.yaml").write_text(text, encoding="utf-8")
    (case,) = read_cases(tmp_path / "cases.yaml")
    assert (case.question, case.tags, case.date) == ('is "iron: good" # or not', ("candidate",), DAY)


def test_the_same_question_disliked_twice_is_one_draft() -> None:
    twice = asked("hjälper zink", "Hjälper zink?", verdict="down")
    assert candidate_cases([*twice, *asked("tbe", verdict="up")]).count("- id:") == 1


def test_drafts_never_land_among_the_cases(tmp_path: Path) -> None:
    write_candidates("# drafts\n", tmp_path / "candidates.yaml.txt")
    with pytest.raises(UsageError, match="no cases"):
        read_cases(tmp_path)
    among = Path(gaps.__file__).parent.parent / "cases" / "answers"
    for file in (tmp_path / "a.yaml", tmp_path / "a.csv", among / "a.txt", among / ".." / "a.txt"):
        with pytest.raises(UsageError, match="drafts are no cases"):
            write_candidates("# drafts\n", file)
        assert not file.exists()


def test_groups_are_ranked_by_how_often_they_are_asked(store: ArticleStore) -> None:
    board = find_gaps(asked("tbe", "zinc", "zinc", "price", "price", "price"), ask_by({}), embed, store, on=DAY)
    ranked: tuple[Group, ...] = board.groups
    assert [group.example for group in ranked] == ["price", "zinc", "tbe"]
