"""The note of quiet polls: what is written is read back, and anything else is no note."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.provision.poll_note import Condition, Counted, Learnt, PollNote, another_may_follow, parse

LEARNT = Learnt(state_digest="a" * 64, quiet_polls=3, ended_s=1795790490, etag='W/"v=1"')
COUNTED = Counted(since="2026-11-27T00:00:00+00:00", passes=7, bytes=1000)
CONDITIONS = (Condition(Condition.SAME, "/etc/a=b", "b" * 64), Condition(Condition.ABSENT, "/var/\udcff"))


def test_what_is_written_is_read_back():
    content = PollNote(LEARNT, COUNTED, None, CONDITIONS).content()
    assert parse(content).content() == content
    assert (parse(content).learnt.etag, parse(content).counted.passes) == ('W/"v=1"', 7)
    assert parse(content).standing is None


@pytest.mark.parametrize(
    "note",
    [
        PollNote(LEARNT, None, None, (Condition(Condition.ABSENT, "/a\nabsent=/b"),)),
        PollNote(Learnt(state_digest="", quiet_polls=1, ended_s=1, etag="a\nb"), None, None, ()),
    ],
)
def test_a_value_of_several_lines_is_not_written(note):
    with pytest.raises(ValueError, match="several lines"):
        note.content()


@given(st.binary(max_size=200))
def test_what_is_no_note_is_a_wrong_value_and_nothing_else(content):
    with pytest.raises(ValueError, match=r".*"):
        parse(content)


def test_a_day_of_polls_ends():
    assert [another_may_follow(22), another_may_follow(23)] == [True, False]
