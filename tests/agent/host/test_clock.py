"""Which clock is believed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.host.clock import rfc3339, trusted_now

FLOOR = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
AGES_AGO = datetime(1970, 1, 1, 0, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("system", "service", "believed"),
    [
        (NOW, None, NOW),
        (NOW, NOW + timedelta(hours=23), NOW),
        (NOW, NOW + timedelta(days=3), NOW + timedelta(days=3)),
        (NOW, AGES_AGO, NOW),
        (AGES_AGO, NOW, NOW),
        (AGES_AGO, None, None),
        (AGES_AGO, AGES_AGO, None),
        (FLOOR, None, FLOOR),
    ],
)
def test_the_devices_clock_counts_where_it_can_be_right_and_else_the_services(system, service, believed):
    assert trusted_now(system, service, FLOOR) == believed


@given(st.datetimes(timezones=st.just(UTC)), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_what_is_believed_is_one_of_the_clocks_and_never_before_the_floor(system, service):
    believed = trusted_now(system, service, FLOOR)
    assert believed is None or (believed in {system, service} and believed >= FLOOR)


def test_a_moment_is_written_in_utc_to_the_second():
    tokyo = datetime(2026, 11, 23, 18, 5, 7, 999, tzinfo=timezone(timedelta(hours=9)))
    assert rfc3339(tokyo) == "2026-11-23T09:05:07Z"
