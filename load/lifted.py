"""The settings of a run: all visitors come from one address here, so what limits an address is lifted."""

from __future__ import annotations

from settings import PREFIX

LIFTED = {"messages_per_page": "0", "messages_per_address": "0", "messages_per_minute": "0"}


def lifted_limits() -> dict[str, str]:
    """The environment that lifts the limits on how many messages are taken in a minute."""
    return {PREFIX + name.upper(): value for name, value in LIFTED.items()}
