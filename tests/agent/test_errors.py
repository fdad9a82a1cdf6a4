"""A failure is a value."""

import pytest

from agent.errors import Code, Failure

SILENT = Failure(Code.MODEM_SILENT, "no answer")


def test_failures_with_the_same_members_are_the_same():
    again = Failure(Code.MODEM_SILENT, "no answer")
    assert (again == SILENT, len({again, SILENT})) == (True, 1)


@pytest.mark.parametrize(
    "other",
    [
        None,
        Failure(Code.MODEM_SILENT, "other"),
        Failure(Code.MODEM_REFUSED, "no answer"),
        Failure(Code.MODEM_SILENT, "no answer", where="/dev/ttyUSB2"),
        Failure(Code.MODEM_SILENT, "no answer", advice="Plug it in."),
    ],
)
def test_a_failure_with_another_member_is_another(other):
    assert other != SILENT
