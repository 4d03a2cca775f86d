"""How long a chat model may take, and how much it may write."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one call. ``first_token_seconds`` is counted anew for each try, ``whole_seconds`` once for all.

    What goes beyond ``output_chars`` is cut off. ``attempts`` are tries in all, the first included.
    """

    first_token_seconds: float = 6.0
    whole_seconds: float = 20.0
    output_chars: int = 6_000
    attempts: int = 2
