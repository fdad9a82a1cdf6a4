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
        (errno.ENOTDIR, Code.APPLY_FAILED),
        (errno.ENOENT, Code.APPLY_FAILED),
        (errno.EPERM, Code.APPLY_FAILED),
        (errno.EIO, Code.APPLY_DISTURBED),
        (errno.EROFS, Code.APPLY_DISTURBED),
        (errno.ENOMEM, Code.APPLY_DISTURBED),
        (errno.EMFILE, Code.APPLY_DISTURBED),
        (None, Code.APPLY_DISTURBED),
    ],
)
def test_a_refusal_has_the_code_of_its_cause(number, code):
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
