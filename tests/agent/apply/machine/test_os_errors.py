"""A refusal of the operating system as a failure."""

import errno

import pytest

from agent.apply.machine.os_errors import JOURNAL, as_failure, disk_refusals
from agent.errors import Code, Failure


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, Code.APPLY_NO_SPACE),
        (errno.EDQUOT, Code.APPLY_NO_SPACE),
        (errno.EIO, Code.APPLY_FAILED),
        (None, Code.APPLY_FAILED),
    ],
)
def test_a_full_disk_is_distinguished(number, code):
    failure = as_failure(OSError(number, "why"), "/etc/a")
    assert (failure.code, failure.where) == (code, "/etc/a")


@pytest.mark.parametrize(
    ("code", "expected"), [(None, Code.APPLY_NO_SPACE), (Code.STATE_UNWRITABLE, Code.STATE_UNWRITABLE)]
)
def test_a_refused_record_names_the_journal(code, expected):
    with pytest.raises(Failure) as caught, disk_refusals(code):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert (caught.value.code, caught.value.where, caught.value.detail) == (
        expected,
        JOURNAL,
        "No space left on device",
    )
