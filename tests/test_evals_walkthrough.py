"""docs/evals.md, walked through as an editor would: add a case, run, break an article, see the gate name it, repair."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from settings import PROJECT
from tests.commands import run

ARTICLE = Path("sv") / "magnesium-och-somn.md"
CASE = """- id: magnesium-serum-sv
  question: Utesluter ett normalt magnesiumprov brist?
  language: sv
  kind: answer
  supports:
    - article: magnesium-och-somn
      quote: Ett normalt magnesiumvärde utesluter inte helt en brist
  tags: [magnesium]
  author: you
"""


@pytest.fixture
def desk(tmp_path: Path, full_index: Path) -> Path:
    """An editor's desk: the articles, an index of them, and the cases on magnesium."""
    shutil.copytree(PROJECT / "corpus" / "articles", tmp_path / "articles")
    shutil.copytree(full_index, tmp_path / "index")
    (tmp_path / "cases").mkdir()
    for name in ("answers-sv.yaml",):
        text = (PROJECT / "evals" / "cases" / "answers" / name).read_text(encoding="utf-8")
        entries = [f"- id: {entry}" for entry in text.split("- id: ")[1:] if "magnesium-och-somn" in entry]
        (tmp_path / "cases" / name).write_text("".join(entries), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_an_editor_adds_a_case_breaks_an_article_and_repairs_it(desk: Path) -> None:
    article = desk / "articles" / ARTICLE
    written = article.read_text(encoding="utf-8")
    (desk / "cases" / "mine.yaml").write_text(CASE, encoding="utf-8")
    settings = {"ASSISTANT_ARTICLES": desk / "articles", "ASSISTANT_INDEX_DIR": desk / "index"}

    def evals(*arguments: str | Path) -> tuple[int, str]:
        done = run("evals", *arguments, **settings)
        assert done.stderr == ""
        return done.returncode, done.stdout

    status, said = evals("run", desk / "cases", "--out", desk / "before")
    assert status == 0
    assert str(desk / "before" / "report.html") in said
    status, said = evals("gate", "--baseline", desk / "before", "--cases", desk / "cases", "--out", desk / "same")
    assert (status, "pass" in said) == (0, True)

    without_sections = written[: written.index("\n## ")]
    changed = desk / "changed" / ARTICLE
    changed.parent.mkdir(parents=True)
    changed.write_text(without_sections, encoding="utf-8")
    status, said = evals("preview", "--articles", desk / "changed", "--cases", desk / "cases")
    assert (status, "magnesium-serum-sv" in said) == (1, True)

    article.write_text(without_sections, encoding="utf-8")
    assert run("corpus", "sync", **settings).returncode == 0
    status, said = evals("gate", "--baseline", desk / "before", "--cases", desk / "cases", "--out", desk / "broken")
    assert status == 1
    assert "regression" in said
    assert "magnesium-serum-sv" in said

    article.write_text(written, encoding="utf-8")
    assert run("corpus", "sync", **settings).returncode == 0
    status, said = evals("gate", "--baseline", desk / "before", "--cases", desk / "cases", "--out", desk / "after")
    assert (status, "pass" in said) == (0, True)


def test_a_gate_that_cannot_run_says_so_with_a_status_of_its_own(tmp_path: Path) -> None:
    done = run("evals", "gate", tmp_path / "none", "--baseline", tmp_path / "none")
    assert done.returncode == 3
    assert "no run" in done.stderr
