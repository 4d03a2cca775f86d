"""Search: filters, one passage an article, a new version picked up, and the real model on the shipped articles."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from corpus import search as module
from corpus.search import Filters, Searcher, best_sentence
from corpus.shelf import SENTENCE_WEIGHT
from corpus.sync import sync
from errors import IndexMissing
from tests.fakes import WordEmbedder, write_article

FRONT = "topics: [minerals]\ntests: [ferritin]\nupdated: 2026-03-01"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    articles = folder / "articles"
    body = "Iron is a mineral in meat.\n\n## Signs\n\nLow iron gives fatigue.\n\n## Food\n\nIron is found in lentils."
    write_article(articles, "iron", body, front=FRONT)
    write_article(articles, "zinc", "Zinc is a mineral in nuts.", front="topics: [Minerals]\nupdated: 2026-01-31")
    write_article(articles, "sleep", "Sleep is rest. Iron may matter.", front="topics: [sleep]")
    write_article(articles, "twin-a", "Exactly the same words about copper.", title="Copper")
    write_article(articles, "twin-b", "Exactly the same words about copper.", title="Copper")
    write_article(articles, "jarn", "Järn är ett mineral i kött. Iron heter det på engelska.", "sv", front=FRONT)
    sync(articles, folder / "index", WordEmbedder())
    return folder


@pytest.fixture
def fake(folder: Path) -> Searcher:
    return Searcher(folder / "index", WordEmbedder())


def _ids(searcher: Searcher, query: str, filters: Filters | None = None, **more: int) -> list[str]:
    return [hit.passage.article_id for hit in searcher.search(query, 50, filters, query_language="en", **more).hits]


def test_everything_is_found_once_and_best_first(fake: Searcher) -> None:
    found = fake.search("low iron fatigue", 50)
    scores = [hit.score for hit in found.hits]
    assert scores == sorted(scores, reverse=True)
    assert len(found.hits) == 8
    assert len({hit.passage.id for hit in found.hits}) == 8
    assert found.hits[0].passage.text == "Low iron gives fatigue."


def test_k_is_how_many_come(fake: Searcher) -> None:
    assert len(fake.search("iron", 3).hits) == 3


@pytest.mark.parametrize("most", [1, 2])
def test_per_article_limits_passages_of_one_article(fake: Searcher, most: int) -> None:
    assert _ids(fake, "iron", per_article=most).count("iron") == most


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(language="sv"), {"jarn"}),
        (Filters(language="en", topic="minerals"), {"iron", "zinc"}),
        (Filters(topic="minerals"), {"iron", "zinc", "jarn"}),
        (Filters(topic="MINERALS"), {"iron", "zinc", "jarn"}),
        (Filters(test="ferritin"), {"iron", "jarn"}),
        (Filters(since=date(2026, 3, 1)), {"iron", "jarn"}),
        (Filters(since=date(2026, 1, 31)), {"iron", "jarn", "zinc"}),
        (Filters(language="sv", topic="sleep"), set()),
        (Filters(topic="mineral"), set()),
    ],
)
def test_filters_let_through_exactly_what_they_say(fake: Searcher, filters: Filters, expected: set[str]) -> None:
    assert set(_ids(fake, "iron mineral sleep", filters)) == expected


def test_filters_of_one_search_do_not_reach_into_the_next(fake: Searcher) -> None:
    everything = _ids(fake, "iron")
    _ids(fake, "iron", Filters(topic="sleep"))
    assert _ids(fake, "iron") == everything


def test_the_same_text_has_the_same_score(fake: Searcher) -> None:
    twins = [hit for hit in fake.search("copper words", 50).hits if hit.passage.article_id.startswith("twin")]
    assert len(twins) == 2
    assert twins[0].score == twins[1].score
    assert [hit.passage.article_id for hit in twins] == ["twin-a", "twin-b"]


def test_words_count_only_where_query_and_passage_share_a_language(fake: Searcher) -> None:
    hits = fake.search("iron", 50, query_language="en").hits
    assert {hit.lexical for hit in hits if hit.passage.language == "sv"} == {0.0}
    assert max(hit.lexical for hit in hits if hit.passage.language == "en") > 0.1
    hits = fake.search("iron", 50, query_language="sv").hits
    assert {hit.lexical for hit in hits if hit.passage.language == "en"} == {0.0}


def test_similarity_is_the_cosine_and_z_its_standing_among_the_languages_passages(fake: Searcher) -> None:
    _check_by_brute_force(fake, "iron in meat", 1e-3)


def _check_by_brute_force(searcher: Searcher, query: str, tolerance: float) -> None:
    """Every cosine and z, worked out over all passages of the language instead of from the moments."""
    found = searcher.search(query, 50, query_language="en")
    assert found.hits
    for hit in found.hits:
        cosines = np.array(found.index.shelves[hit.passage.language].vectors, dtype=np.float64) @ found.vector
        best = found.sentence_similarities(hit).max()
        mixed = (1 - SENTENCE_WEIGHT) * cosines[hit.row] + SENTENCE_WEIGHT * best
        assert hit.similarity == pytest.approx(cosines[hit.row], abs=tolerance)
        if cosines.std() > 1e-6:
            assert hit.z == pytest.approx((mixed - cosines.mean()) / cosines.std(), rel=0.01, abs=10 * tolerance)


def test_a_misspelt_word_is_repaired_before_it_is_embedded(folder: Path) -> None:
    embedder = WordEmbedder()
    found = Searcher(folder / "index", embedder).search("fatigeu", query_language="en")
    assert found.query == "fatigue"
    assert embedder.queries == ["fatigue"]


def test_the_matching_sentence_is_marked(fake: Searcher) -> None:
    found = fake.search("iron may matter", 1, Filters(topic="sleep"), query_language="en")
    hit = found.hits[0]
    assert hit.passage.sentence_text(best_sentence(found, hit)) == "Iron may matter."


def test_a_reader_picks_up_a_new_version_without_a_restart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECHECK_SECONDS", -1)
    write_article(tmp_path / "a", "iron", "Iron is in meat.", front="topics: [old]")
    sync(tmp_path / "a", tmp_path / "index", WordEmbedder())
    searcher = Searcher(tmp_path / "index", WordEmbedder())
    before = searcher.search("iron")
    assert _ids(searcher, "iron", Filters(topic="old")) == ["iron"]
    write_article(tmp_path / "a", "iron", "Iron is in lentils.", front="topics: [new]")
    sync(tmp_path / "a", tmp_path / "index", WordEmbedder())
    assert searcher.search("iron").hits[0].passage.text == "Iron is in lentils."
    assert _ids(searcher, "iron", Filters(topic="old")) == []
    # What was found before can still be read from the version it was found in.
    assert before.index.store.article("iron").text == "Iron is in meat."
    assert len(before.sentence_similarities(before.hits[0])) == 1


def test_a_sync_that_changes_nothing_leaves_an_open_reader_working(folder: Path) -> None:
    searcher = Searcher(folder / "index", WordEmbedder())
    before = _ids(searcher, "iron")
    sync(folder / "articles", folder / "index", WordEmbedder())
    assert _ids(searcher, "iron") == before


def test_a_reader_goes_on_with_what_it_has_when_the_new_version_is_of_another_embedder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RECHECK_SECONDS", -1)
    write_article(tmp_path / "a", "iron", "Iron is in meat.")
    sync(tmp_path / "a", tmp_path / "index", WordEmbedder())
    searcher = Searcher(tmp_path / "index", WordEmbedder())
    assert _ids(searcher, "iron") == ["iron"]
    sync(tmp_path / "a", tmp_path / "index", WordEmbedder("other words"))
    for _ in range(3):
        assert _ids(searcher, "iron") == ["iron"]
    (tmp_path / "index" / "CURRENT").write_bytes(b"\xff")
    assert _ids(searcher, "iron") == ["iron"]


def test_a_missing_index_is_said_and_found_once_it_is_built(tmp_path: Path) -> None:
    searcher = Searcher(tmp_path / "index", WordEmbedder())
    for _ in range(2):
        with pytest.raises(IndexMissing, match="python -m corpus sync"):
            searcher.search("iron")
    write_article(tmp_path / "a", "iron", "Iron is in meat.")
    sync(tmp_path / "a", tmp_path / "index", WordEmbedder())
    assert _ids(searcher, "iron") == ["iron"]


def test_threads_share_a_searcher_while_versions_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECHECK_SECONDS", -1)
    write_article(tmp_path / "a", "iron", "Iron is in meat.", front=FRONT)
    sync(tmp_path / "a", tmp_path / "index", WordEmbedder())
    searcher = Searcher(tmp_path / "index", WordEmbedder())
    going, faults = [True], list[Exception]()

    def ask() -> None:
        while going:
            try:
                assert searcher.search("iron").hits
                assert searcher.search("iron", filters=Filters(topic="minerals")).hits
            except Exception as fault:
                faults.append(fault)

    threads = [Thread(target=ask, daemon=True) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for food in ("lentils", "beans", "liver"):
            write_article(tmp_path / "a", "iron", f"Iron is in {food}.", front=FRONT)
            sync(tmp_path / "a", tmp_path / "index", WordEmbedder())
    finally:
        going.clear()
        for thread in threads:
            thread.join(30)
    assert faults == []


def test_a_search_whose_version_is_swept_away_goes_on_with_the_new_one(tmp_path: Path) -> None:
    """Two syncs within the second in which a reader trusts what it has."""
    write_article(tmp_path / "a", "iron", "Iron is in meat.")
    sync(tmp_path / "a", tmp_path / "index", WordEmbedder())
    searcher = Searcher(tmp_path / "index", WordEmbedder())
    # Its files are gone; whether Chroma still has them in memory is chance, so that is made certain.
    shutil.rmtree(searcher.index.folder)
    searcher.index.vectors.close()
    write_article(tmp_path / "a", "iron", "Iron is in lentils.")
    sync(tmp_path / "a", tmp_path / "index", WordEmbedder())
    assert searcher.search("iron").hits[0].passage.text == "Iron is in lentils."


@pytest.mark.parametrize(
    ("name", "article"),
    [
        ("25-OH-D", "d-vitamin"),
        ("B12", "b12-och-folat"),
        ("S-TPO", "skoldkorteln"),
        ("HbA1c", "blodsocker-och-hba1c"),
        ("P-Ferritin", "jarn-och-ferritin"),
        ("eGFR", "njurvarden"),
    ],
)
def test_an_exact_laboratory_name_finds_its_article_and_stands_in_the_passage(
    searcher: Searcher, name: str, article: str
) -> None:
    hit = searcher.search(name, 1, Filters(language="sv"), query_language="sv").hits[0]
    assert hit.passage.article_id == article
    assert name in hit.passage.in_context


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("Hjälper magnesium mot sömnproblem?", "magnesium-och-somn"),
        ("Will magnesium help me sleep?", "magnesium-and-sleep"),
        ("jag är trött och blek, kan det vara blodbrist", "jarn-och-ferritin"),
        ("what does a high TSH mean", "thyroid"),
        ("får jag äta frukost innan provet", "ta-ett-blodprov"),
    ],
)
def test_the_real_model_finds_the_right_article(searcher: Searcher, question: str, article: str) -> None:
    hits = searcher.search(question, 3, per_article=1).hits
    assert article in [hit.passage.article_id for hit in hits]


def test_a_question_is_understood_across_languages(searcher: Searcher) -> None:
    hits = searcher.search("Hjälper magnesium mot sömnproblem?", 3, Filters(language="en")).hits
    assert hits[0].passage.article_id == "magnesium-and-sleep"
    assert {hit.lexical for hit in hits} == {0.0}


def test_every_hit_of_the_real_index_is_the_articles_text(searcher: Searcher) -> None:
    for query in ("magnesium", "blodprov fasta", "kidney values"):
        found = searcher.search(query, 50)
        for hit in found.hits:
            text = found.index.store.article(hit.passage.article_id).text
            assert text[hit.passage.start : hit.passage.end] == hit.passage.text
            assert 0 <= hit.lexical < 1


def test_z_on_the_real_index_is_the_brute_force_standing(searcher: Searcher) -> None:
    _check_by_brute_force(searcher, "magnesium and sleep", 1e-3)
