"""Network addresses: which belong together, and which are named in the settings."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_HOUSEHOLD_BITS = 64


def household(address: str) -> str:
    """What is counted as one place: an IPv4 address, or the /64 of an IPv6 address, all of which one household has.

    An IPv4 address written as IPv6 counts as IPv4. What is no address stands for itself, shortened.
    """
    given = _parsed(address)
    if given is None:
        return address[:80]
    if isinstance(given, ipaddress.IPv4Address):
        return str(given)
    return str(ipaddress.IPv6Network((int(given), _HOUSEHOLD_BITS), strict=False))


def is_within(address: str, networks: Collection[Network]) -> bool:
    """Whether the address is in any of the networks; what is no address is in none."""
    given = _parsed(address)
    return given is not None and any(given in network for network in networks)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        given = ipaddress.ip_address(address.split("%")[0])
    except ValueError:
        return None
    return getattr(given, "ipv4_mapped", None) or given
