"""Pauses with full jitter."""

from hypothesis import given
from hypothesis import strategies as st

from agent.host.jitter import backoff

CHANCES = st.floats(0, 1, exclude_max=True)


@given(st.integers(0, 10_000), CHANCES)
def test_a_backoff_never_exceeds_its_cap(attempt, chance):
    assert 0 <= backoff(attempt, 1.0, 15.0, lambda: chance) <= 15.0


def test_a_backoff_takes_any_part_of_its_longest_pause():
    assert [backoff(2, 1.0, 15.0, lambda part=part: part) for part in (0.0, 0.25, 0.5)] == [0.0, 1.0, 2.0]
