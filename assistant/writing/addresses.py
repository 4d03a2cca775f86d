"""Whether what is sent to a web address stays on this machine."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit


def stays_here(address: str, environ: Mapping[str, str]) -> bool:
    """Whether ``address`` is on this machine's loopback, and no proxy that ``environ`` names would be asked for it.

    In doubt it does not stay.
    """
    try:
        host = urlsplit(address).hostname or ""
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
    return loopback and not _goes_through_a_proxy(host, environ)


def _goes_through_a_proxy(host: str, environ: Mapping[str, str]) -> bool:
    named = {name.lower(): value for name, value in environ.items() if value}
    spared = {entry.strip() for entry in named.get("no_proxy", "").split(",")}
    if "openai_proxy" in named:  # it knows no exceptions
        return True
    return not spared & {"*", host} and any(f"{scheme}_proxy" in named for scheme in ("http", "https", "all"))
