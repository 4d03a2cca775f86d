"""Finding the article files of a folder."""

from __future__ import annotations

import os
from pathlib import Path

from corpus.article import Rejection
from corpus.sources.characters import printable
from corpus.sources.file import unreadable

SUFFIXES = frozenset({".md", ".txt", ".html", ".docx", ".jsonl"})


def find_files(folder: Path) -> tuple[list[Path], list[Rejection]]:
    """The article files in a folder and its folders, sorted by path, and the folders that could not be read.

    Hidden files and folders, READMEs, Word's lock files and files of other kinds are passed over. A
    linked folder is read once; a link back into what is read anyway is rejected.
    """
    files: list[Path] = []
    rejections: list[Rejection] = []
    root = folder.resolve()
    seen: set[Path] = set()
    pending, links = [folder], list[Path]()
    while pending or links:
        here = pending.pop() if pending else links.pop(0)
        real = here.resolve()
        if real in seen or (real != root and root.is_relative_to(real)):
            reason = "the link leads to a folder that is read already; remove the link"
            rejections.append(Rejection(printable(here), reason))
            continue
        seen.add(real)
        try:
            names = sorted(os.listdir(here))
        except OSError as fault:
            rejection = unreadable(here, fault)
            rejections.append(Rejection(rejection.source, rejection.reason))
            continue
        for path in (here / name for name in names if not name.startswith((".", "~$"))):
            if path.is_dir():
                (links if path.is_symlink() else pending).append(path)
            elif path.suffix.lower() in SUFFIXES and path.stem.lower() != "readme":
                files.append(path)
    return sorted(files), rejections
