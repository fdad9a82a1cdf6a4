"""Pure. What a refusal of the operating system means to an application."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from agent.errors import Code, Failure, failure_from

JOURNAL = "the journal of this apply"
"""The place that a failure names where a record could not be written."""

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
_OF_THE_PATH = frozenset(
    {
        errno.EACCES,
        errno.EEXIST,
        errno.EINVAL,
        errno.EISDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.ENOENT,
        errno.ENOEXEC,
        errno.ENOTDIR,
        errno.ENOTEMPTY,
        errno.EOPNOTSUPP,
        errno.EPERM,
        errno.EXDEV,
        errno.E2BIG,
    }
)
"""Refusals that follow from what is asked for and from what is there: asking again brings the same refusal.

All others, such as EIO, EROFS and ENOMEM, come from the disk, the memory or the load, and may be over the next time.
"""


def code_of(error: OSError) -> Code:
    """`apply.no_space` where the disk is full, `apply.failed` where the path or program is wrong, `apply.disturbed`."""
    if error.errno in _NO_SPACE:
        return Code.APPLY_NO_SPACE
    return Code.APPLY_FAILED if error.errno in _OF_THE_PATH else Code.APPLY_DISTURBED


def as_failure(error: OSError, where: str) -> Failure:
    """The refusal with the code of its cause (`code_of`)."""
    return failure_from(error, code_of(error), where)


@contextmanager
def disk_refusals(code: Code | None = None) -> Iterator[None]:
    """Turns an `OSError` of the records into a failure: with this code, or as `as_failure` says."""
    try:
        yield
    except OSError as error:
        if code is None:
            raise as_failure(error, JOURNAL) from None
        raise failure_from(error, code, JOURNAL) from None
