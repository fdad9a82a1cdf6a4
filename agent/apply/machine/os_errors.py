"""Pure. What a refusal of the operating system means to an application."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from agent.errors import Code, Failure, failure_from

JOURNAL = "the journal of this apply"
"""The place that a failure names where a record could not be written."""

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


def as_failure(error: OSError, where: str) -> Failure:
    """`apply.no_space` where the disk is full, `apply.failed` otherwise."""
    return failure_from(error, Code.APPLY_NO_SPACE if error.errno in _NO_SPACE else Code.APPLY_FAILED, where)


@contextmanager
def disk_refusals(code: Code | None = None) -> Iterator[None]:
    """Turns an `OSError` of the records into a failure: with this code, or as `as_failure` says."""
    try:
        yield
    except OSError as error:
        if code is None:
            raise as_failure(error, JOURNAL) from None
        raise failure_from(error, code, JOURNAL) from None
