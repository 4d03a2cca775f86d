"""Which of the two languages a text is in. The only file that knows py3langid."""

from __future__ import annotations

from functools import lru_cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from corpus.article import LANGUAGES, Language

_ENOUGH_CHARS = 5_000


def detect_language(text: str) -> Language:
    """The likelier of Swedish and English; Swedish where the text has no letters to go by."""
    return language_probability(text)[0]


def language_probability(text: str) -> tuple[Language, float]:
    """The likelier of the two languages and how sure the model is, 0.5 to 1; 0.5 where there are no letters."""
    sample = text[:_ENOUGH_CHARS]
    if not any(character.isalpha() for character in sample):
        return "sv", 0.5
    label, probability = _identifier().classify(sample)
    return ("en" if label == "en" else "sv"), float(probability)


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """The model, loaded on first use (under a second) and limited to the two languages."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LANGUAGES))
    return identifier
