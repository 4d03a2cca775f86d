"""A folder or file as a source: what is read, what is passed over, what is rejected, and the ids."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from corpus.sources import Reading, read_articles
from corpus.sources.ids import slugify
from errors import SourceError, UsageError

SV = "# Zink\n\nZink är bra för kroppen.\n"
EN = "# Zinc\n\nZinc is good for the body.\n"


def write(path: Path, text: str = SV) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def ids(reading: Reading) -> list[str]:
    return [article.id for article in reading.articles]


def only_reason(folder: Path) -> str:
    reading = read_articles(folder)
    [rejection] = reading.rejections
    return rejection.reason


def test_a_folder_is_read_with_its_folders_in_the_order_of_paths(tmp_path: Path) -> None:
    for name in ("b.md", "sv/c.md", "a/z.TXT"):
        write(tmp_path / name)
    write(tmp_path / "a.html", "<h1>Zink</h1><p>Zink är bra.</p>")
    reading = read_articles(tmp_path)
    assert [Path(file).relative_to(tmp_path).as_posix() for file in reading.files] == [
        "a/z.TXT", "a.html", "b.md", "sv/c.md",
    ]  # fmt: skip
    assert read_articles(tmp_path) == reading


def test_what_is_no_article_is_passed_over(tmp_path: Path) -> None:
    for name in (
        "README.md", "readme.txt", ".hidden.md", ".git/a.md", "a.yaml", "b.yml", ".DS_Store", "c.pdf",
        "~$word.docx", "noend", "d.md~",
    ):  # fmt: skip
        write(tmp_path / name)
    assert read_articles(tmp_path) == Reading()


def test_an_empty_folder_is_an_empty_reading(tmp_path: Path) -> None:
    assert read_articles(tmp_path) == Reading()


def test_a_file_named_outright_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    assert ids(read_articles(write(tmp_path / "README.md"))) == ["README"]


@pytest.mark.parametrize("address", ["https://example.org/a", "http://example.org", "HTTPS://example.org", "s3://a/b"])
def test_an_address_cannot_be_read_yet(address: str) -> None:
    with pytest.raises(UsageError, match="addresses cannot be read yet"):
        read_articles(Path(address))


def test_a_source_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="nowhere"):
        read_articles(tmp_path / "nowhere")


def test_a_single_file_of_an_unknown_kind_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"a\.pdf"):
        read_articles(write(tmp_path / "a.pdf"))


def test_the_rest_goes_on_past_a_bad_article(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "---\n")
    write(tmp_path / "b.md")
    reading = read_articles(tmp_path)
    assert (ids(reading), len(reading.rejections)) == (["b"], 1)
    assert reading.rejected_files == (str(tmp_path / "a.md"),)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"# Zink\n\nZ\x00nk.", "NUL"),
        (b"# Zink\n\nZ\xe4nk.", "line 3"),
        ("# Zink\n\nBra.".encode("utf-16"), "UTF-16"),
        (b"", "no text"),
        (b"# Zink\n\n## Mat\n", "no text"),
        (b"# Zink\n\n" + b"ord " * 1_400_000, "larger than 5 MB"),
        (b"# Zink\n\n" + b"ord " * 260_000, "1,000,000 characters"),
    ],
)
def test_content_that_is_no_article_is_rejected_with_the_reason(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "a.md").write_bytes(content)
    assert says in only_reason(tmp_path)


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"\xef\xbb\xbf" + b"---\nid: zink\n---\n" + SV.encode())
    assert ids(read_articles(tmp_path)) == ["zink"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_permission_is_rejected(tmp_path: Path) -> None:
    write(tmp_path / "a.md").chmod(0)
    assert "Permission denied" in only_reason(tmp_path)


def test_a_link_to_nowhere_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "a.md").symlink_to(tmp_path / "gone.md")
    (tmp_path / "b.md").symlink_to(tmp_path / "b.md")
    assert len(read_articles(tmp_path).rejections) == 2


def test_a_pipe_is_rejected_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    assert "not an ordinary file" in only_reason(tmp_path)


def test_a_linked_folder_is_read_and_a_loop_rejected(tmp_path: Path) -> None:
    source, elsewhere = tmp_path / "source", tmp_path / "elsewhere"
    write(source / "a.md")
    write(elsewhere / "b.md")
    (source / "linked").symlink_to(elsewhere)
    (source / "loop").symlink_to(source)
    (source / "up").symlink_to(tmp_path)
    reading = read_articles(source)
    assert ids(reading) == ["a", "b"]
    assert [Path(rejection.source).name for rejection in reading.rejections] == ["loop", "up"]


@pytest.mark.parametrize("name", ["a\nb.md", "a\u202eb.md", "a\u200bb.md"])
def test_a_name_that_does_not_show_as_it_is_is_rejected_in_a_message_that_does(tmp_path: Path, name: str) -> None:
    write(tmp_path / name)
    [rejection] = read_articles(tmp_path).rejections
    assert "rename" in rejection.reason and rejection.source.isprintable()


def test_a_name_that_is_not_utf_8_is_rejected_in_a_message_that_is(tmp_path: Path) -> None:
    try:
        (tmp_path / os.fsdecode(b"a\xff.md")).write_text(SV, encoding="utf-8")
    except OSError:
        pytest.skip("this file system keeps such names out")
    [rejection] = read_articles(tmp_path).rejections
    assert "rename" in rejection.reason and rejection.source.encode("utf-8")


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("Järn & zink (2)", "Jarn-zink-2"),
        ("sköldkörtel", "skoldkortel"),
        ("sko\u0308ldko\u0308rtel", "skoldkortel"),
        ("a_b.c-d", "a_b.c-d"),
        ("健康", ""),
    ],
)
def test_a_files_name_becomes_an_id(stem: str, slug: str) -> None:
    assert slugify(stem) == slug


def test_a_name_no_id_can_be_made_from_needs_a_written_one(tmp_path: Path) -> None:
    write(tmp_path / "健康.md")
    assert "give it an `id`" in only_reason(tmp_path)
    write(tmp_path / "健康.md", "---\nid: zink\n---\n" + SV)
    assert ids(read_articles(tmp_path)) == ["zink"]


def test_made_ids_that_collide_both_get_their_language(tmp_path: Path) -> None:
    write(tmp_path / "en" / "zink.md", EN)
    write(tmp_path / "sv" / "zink.md", SV)
    assert ids(read_articles(tmp_path)) == ["zink-en", "zink-sv"]


def test_a_made_id_gives_way_to_a_written_one(tmp_path: Path) -> None:
    write(tmp_path / "a" / "zink.md", SV)
    write(tmp_path / "b.md", "---\nid: zink\n---\n" + EN)
    assert ids(read_articles(tmp_path)) == ["zink-sv", "zink"]


def test_ids_stay_while_the_sister_article_is_rejected(tmp_path: Path) -> None:
    write(tmp_path / "en" / "zink.md", "---\n")
    write(tmp_path / "sv" / "zink.md", SV)
    assert ids(read_articles(tmp_path)) == ["zink-sv"]


def test_of_two_equal_written_ids_the_later_is_rejected_and_both_files_named(tmp_path: Path) -> None:
    write(tmp_path / "a.md", "---\nid: zink\n---\n" + SV)
    write(tmp_path / "b.md", "---\nid: zink\n---\n" + EN)
    reading = read_articles(tmp_path)
    [rejection] = reading.rejections
    assert reading.articles[0].title == "Zink"
    assert rejection.source.endswith("b.md") and "a.md" in rejection.reason and '"zink"' in rejection.reason


def test_the_same_stem_in_the_same_language_is_rejected_once(tmp_path: Path) -> None:
    write(tmp_path / "a" / "zink.md")
    write(tmp_path / "b" / "zink.md")
    reading = read_articles(tmp_path)
    assert (ids(reading), len(reading.rejections)) == (["zink-sv"], 1)
