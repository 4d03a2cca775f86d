"""Which language the interface starts in."""

from __future__ import annotations

from corpus.article import LANGUAGES, Language


def as_language(value: object) -> Language | None:
    """``value`` as one of our languages, from a code such as ``sv`` or ``en-GB``; None for any other."""
    if not isinstance(value, str):
        return None
    primary = value.strip().lower().replace("_", "-").split("-")[0]
    return next((language for language in LANGUAGES if language == primary), None)


def first_language(asked: str | None, accept_language: str | None, default: Language) -> Language:
    """The language asked for in the address, else the browser's most wanted one, else ``default``."""
    return as_language(asked) or _most_wanted(accept_language or "") or default


def _most_wanted(accept_language: str) -> Language | None:
    ranked: list[tuple[float, Language]] = []
    for entry in accept_language[:1000].split(","):
        code, _, parameters = entry.partition(";")
        language = as_language(code)
        weight = _weight(parameters)
        if language is not None and weight > 0:
            ranked.append((weight, language))
    return max(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
