"""Exit 0 if the address answers 200 within twelve seconds: the image has no curl."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request


def main(address: str) -> int:
    """The exit status: 0 well, 1 not."""
    try:
        with urllib.request.urlopen(address, timeout=12) as answer:
            return 0 if answer.status == 200 else 1
    except (OSError, urllib.error.URLError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
