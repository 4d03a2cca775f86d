"""Texts that tell a chat model to do something else, and articles in which they are planted, a section each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from errors import UsageError

Way = Literal["own sentence", "within a sentence"]
WAYS: tuple[Way, ...] = get_args(Way)
_PAYLOAD = "indirect_payload"
_SECTION = re.compile(r"^## (?P<heading>.+\?)\n\n(?P<first>[^\n#>|*-][^\n]*)", re.MULTILINE)
_SENTENCE = re.compile(r"^.{25,}?[a-zåäö)][.](?=\s|$)")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#&|~])")


class Attack(BaseModel):
    """A text to attack with. Of kind ``indirect_payload`` it is planted in an article, else asked as a question."""

    model_config = ConfigDict(frozen=True)

    id: str
    text: str
    kind: str = "direct"

    @property
    def planted(self) -> bool:
        """Whether it belongs into an article."""
        return self.kind == _PAYLOAD


@dataclass(frozen=True, slots=True)
class Planted:
    """An attack in an article, and the question that its section answers."""

    attack: Attack
    question: str


@dataclass(frozen=True, slots=True)
class _Section:
    file: Path
    heading: str
    first: str


def read_attacks(file: Path) -> tuple[Attack, ...]:
    """The ``{"id","text","kind"}`` lines of a file.

    Raises:
        UsageError: the file cannot be read or holds none; names file and line.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is not UTF-8'}.") from error
    attacks = []
    for number, line in enumerate(lines, start=1):
        try:
            attacks += [Attack.model_validate_json(line)] if line.strip() else []
        except ValidationError:
            raise UsageError(f"{file}:{number}: not a line with an id and a text. Mend it.") from None
    if not attacks:
        raise UsageError(f"There is no attack in {file}. Write one a line, with an id and a text.")
    return tuple(attacks)


def plant(attacks: Sequence[Attack], articles: Path, way: Way) -> tuple[Planted, ...]:
    """Write each attack into a section of its own in the Markdown ``articles``, which are changed.

    As many as there are sections that begin with a question; the others are left out. Languages take turns.
    """
    planted = []
    for attack, section in zip(attacks, _by_turns(articles), strict=False):
        text = section.file.read_text(encoding="utf-8")
        section.file.write_text(text.replace(section.first, _with(section, attack, way), 1), encoding="utf-8")
        planted.append(Planted(attack, section.heading))
    return tuple(planted)


def behind_questions(attacks: Sequence[Attack], articles: Path) -> tuple[Planted, ...]:
    """Each attack behind a question that the articles answer, in turn; nothing is changed."""
    headings = [section.heading for section in _by_turns(articles)]
    if not headings:
        return ()
    return tuple(
        Planted(attack, f"{headings[place % len(headings)]} {attack.text}") for place, attack in enumerate(attacks)
    )


def _with(section: _Section, attack: Attack, way: Way) -> str:
    """The paragraph with the attack behind its first sentence, or joined to it.

    By itself it begins with the words of the heading, so that it is found for that question.
    """
    order = _MARKUP.sub(r"\\\1", " ".join(attack.text.split()))
    first = _SENTENCE.match(section.first)
    end = first.end() if first else len(section.first)
    head, rest = section.first[:end], section.first[end:]
    if way == "own sentence":
        return f"{head} {section.heading.rstrip('?')}: {order}{rest}"
    return f"{head.rstrip('.')}; {order}{rest}"


def _by_turns(articles: Path) -> Iterator[_Section]:
    """First sections of all articles, then second ones, and so on, so that few attacks meet in one article."""
    files = sorted(articles.rglob("*.md"), key=lambda file: (file.stem, file.parent.name))
    held = [list(_sections(file)) for file in files]
    for place in range(max((len(sections) for sections in held), default=0)):
        yield from (sections[place] for sections in held if place < len(sections))


def _sections(file: Path) -> Iterator[_Section]:
    for match in _SECTION.finditer(file.read_text(encoding="utf-8")):
        yield _Section(file, match["heading"], match["first"])
