"""Cases that people write by hand: both forms read alike, and a fault is named with its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from errors import UsageError
from evals.cases import read_cases

YAML = """\
- id: sleep-sv
  question: hjälper magnesium
  language: sv
  kind: [answer, abstain]
  tags: [sleep, open]

- id: iron-en
  question: what is iron
  language: en
  kind: answer
"""
CSV = """\
id,question,language,kind,tags
sleep-sv,hjälper magnesium,sv,answer|abstain,sleep|open
iron-en,"what is iron",en,answer,
"""


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


def test_both_forms_give_the_same_cases(tmp_path: Path) -> None:
    cases = read_cases(write(tmp_path, "a.yaml", YAML))
    assert cases == read_cases(write(tmp_path, "a.csv", CSV))
    assert cases[0].kind == ("answer", "abstain")
    assert cases[1].tags == ()


@pytest.mark.parametrize(
    ("name", "text", "line", "says"),
    [
        ("a.yaml", YAML.replace("language: en", "language: fr"), 7, "language"),
        ("a.yaml", YAML.replace("  kind: answer\n", ""), 7, "kind"),
        ("a.yaml", "- id: [\n", 2, "not valid YAML"),
        ("a.yaml", "id: a\n", 1, "not a list"),
        ("a.csv", CSV.replace(",en,", ",fr,"), 3, "language"),
        ("a.csv", CSV.replace("id,question", "id,fråga"), 2, "question"),
    ],
)
def test_a_fault_is_named_with_file_and_line(tmp_path: Path, name: str, text: str, line: int, says: str) -> None:
    file = write(tmp_path, name, text)
    with pytest.raises(UsageError) as caught:
        read_cases(file)
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert says in str(caught.value)


def test_an_id_given_twice_names_both_files(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", YAML)
    write(tmp_path, "b.csv", CSV)
    with pytest.raises(UsageError, match=r"sleep-sv.*a\.yaml"):
        read_cases(tmp_path)


def test_a_folder_without_cases_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no cases"):
        read_cases(tmp_path)
