"""Pure. What a refusal of the operating system means to an application."""

from __future__ import annotations

import errno

from agent.errors import Code, Failure

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


def as_failure(error: OSError, where: str) -> Failure:
    """`apply.no_space` where the disk is full, `apply.failed` otherwise."""
    code = Code.APPLY_NO_SPACE if error.errno in _NO_SPACE else Code.APPLY_FAILED
    return Failure(code, error.strerror or str(error), where=where)
