"""Commands for the content team before and after publishing: preview, parity of languages, and what is missing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import cli
from errors import UsageError
from evals.commands.answers import AsJson, Index
from evals.commands.places import CASES, PAIRS

if TYPE_CHECKING:
    from evals.gaps.board import Board
    from settings import Settings


def preview(
    changed: Annotated[Path | None, typer.Option("--articles", help="Changed and new articles.")] = None,
    delete: Annotated[list[str] | None, typer.Option(help="Id of an article to take away; repeatable.")] = None,
    questions: Annotated[Path | None, typer.Option(help="Questions that visitors ask, one a line.")] = None,
    cases: Annotated[Path, typer.Option(help="A file of cases, or a folder.")] = CASES,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Say what publishing changed articles would do to the answers. Nothing that is live is touched.

    Exit status 1 where a case breaks, a question is answered less well, or a changed article is refused.
    """
    from assistant.wiring import build_parts
    from evals.cases import read_cases
    from evals.publishing.overlay import Changes
    from evals.publishing.preview import preview as look_ahead
    from evals.publishing.preview_text import as_text

    settings = cli.settings(index)
    wanted = read_cases(cases)
    asked = _lines(questions) if questions else []
    with cli.progress_bar("Answering") as start_progress:
        found = look_ahead(
            Changes(changed, tuple(delete or ())),
            settings.articles,
            settings.index_dir,
            wanted,
            build_parts(settings),
            asked,
            start_progress(2 * (len(wanted) + len(asked))),
        )
    if as_json:
        cli.print_json(found.model_dump(mode="json"))
    else:
        print(as_text(found))
    raise typer.Exit(int(found.breaks))


def parity(
    cases: Annotated[Path, typer.Argument(metavar="[CASES]", help="Pairs of cases, one in each language.")] = PAIRS,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Measure whether Swedish and English questions are served alike, also from articles in the other language."""
    from assistant.wiring import build_parts
    from evals.cases import read_cases
    from evals.publishing.parity import pairs_of
    from evals.publishing.parity import parity as measure
    from evals.publishing.parity_text import as_text

    settings = cli.settings(index)
    wanted = read_cases(cases)
    with cli.progress_bar("Answering") as start_progress:
        advance = start_progress(4 * len(pairs_of(wanted)))
        found = measure(wanted, settings.articles, settings.index_dir, build_parts(settings), advance)
    if as_json:
        cli.print_json(found.model_dump(mode="json"))
        return
    print(as_text(found))


def gaps(
    source: Annotated[
        Path | None, typer.Argument(metavar="[QUESTIONS]", help="A .txt, .csv or .jsonl file, or the feedback file.")
    ] = None,
    board: Annotated[Path, typer.Option(help="The board of gaps, kept from time to time.")] = Path("var/gaps.json"),
    recheck: Annotated[bool, typer.Option("--recheck", help="Only ask the board's questions again.")] = False,
    candidates: Annotated[
        Path | None, typer.Option(help="Also write drafts of cases from thumbs-down to this .txt file.")
    ] = None,
    index: Index = None,
    as_json: AsJson = False,
) -> None:
    """Group what visitors asked and no article covers, with the nearest articles. Questions are masked on reading."""
    from evals.gaps.board import as_text, load_board, save_board
    from evals.gaps.candidates import candidate_cases, write_candidates

    settings = cli.settings(index)
    earlier = load_board(board) if board.is_file() else None
    if recheck and earlier is None:
        raise UsageError(f"There is no board in {board} to check again. Make one: python -m evals gaps QUESTIONS")
    found = _rechecked(earlier, settings) if recheck and earlier else _found(source, earlier, settings)
    save_board(found, board)
    if candidates:
        write_candidates(candidate_cases(found), candidates)
    if as_json:
        cli.print_json(found.model_dump(mode="json"))
        return
    print(as_text(found))
    print(f"\n{board}")


def _found(source: Path | None, earlier: Board | None, settings: Settings) -> Board:
    import numpy as np

    from assistant.wiring import build_assistant, build_searcher
    from corpus.sentence_transformer import named_embedder
    from evals.gaps.find import find_gaps
    from evals.gaps.questions import read_questions

    if source is None:
        raise UsageError("Name a file of questions: python -m evals gaps QUESTIONS (.txt, .csv, .jsonl, or feedback).")
    embedder = named_embedder(settings.embedding_model, settings.models_dir)
    return find_gaps(
        read_questions(source),
        build_assistant(settings).trace,
        lambda texts: np.stack([embedder.embed_query(text) for text in texts]),
        build_searcher(settings).index.store,
        earlier=earlier,
    )


def _rechecked(earlier: Board, settings: Settings) -> Board:
    from assistant.wiring import build_assistant, build_searcher
    from evals.gaps.find import recheck

    return recheck(earlier, build_assistant(settings).trace, build_searcher(settings).index.store)


def _lines(file: Path) -> list[str]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from error
    return [line.strip() for line in text.splitlines() if line.strip()]
