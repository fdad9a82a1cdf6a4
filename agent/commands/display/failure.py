"""Pure. A failure, as `--json` gives it."""

from __future__ import annotations

from typing import Any

from agent.errors import Failure

Values = dict[str, Any]
"""JSON values by their names."""


def failure_values(failure: Failure) -> Values:
    """Code, message, place and advice."""
    return {"code": failure.code.text, "message": failure.detail, "where": failure.where, "advice": failure.advice}
