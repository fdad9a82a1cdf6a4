"""How many values a property test makes up: its own number in `make test`, a multiple of it in `make fuzz`."""

import os

FUZZ = int(os.environ.get("FUZZ") or 0)
"""How many times as many as in `make test`; 0 in `make test` itself."""


def scaled(count: int) -> int:
    """The number of values for a test that makes up `count` of them in `make test`."""
    return count * (FUZZ or 1)
