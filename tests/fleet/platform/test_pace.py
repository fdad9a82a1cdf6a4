"""The desk pauses before a limit is used up."""

import pytest
from simulated_operator import SimulatedOperator

from fleet.platform.pace import Pace
from fleet.platform.responses import Allowance, HttpResponse, allowance_of

MINUTE_MS = 60_000
HEADERS = {
    "x-soracom-ratelimit-limit": "60",
    "x-soracom-ratelimit-remaining": "15",
    "x-soracom-ratelimit-seconds-before-refresh": "20",
}


def test_the_three_headers_are_an_allowance():
    assert allowance_of(HttpResponse(200, HEADERS, b"")) == Allowance(60, 15, 20)


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("text", ["", "-1", "1.5", "many", "\u0661", "9" * 5000])
def test_a_header_that_is_no_number_is_ignored(name, text):
    assert allowance_of(HttpResponse(200, {**HEADERS, name: text}, b"")) is None


@pytest.mark.parametrize(
    ("noted", "asked", "pauses"),
    [
        (Allowance(60, 16, 20), "/sims/1", []),
        (Allowance(60, 15, 20), "/sims/1", [20]),
        (Allowance(60, 0, 3600), "/sims", [60]),
        (Allowance(60, 0, 20), "/groups", []),
        (Allowance(0, 0, 0), "/sims", []),
        (None, "/sims", []),
    ],
)
def test_a_pause_begins_at_the_share_of_the_others(noted, asked, pauses):
    pace, slept = Pace(now=lambda: 100.0), []
    pace.note("/sims", noted)
    pace.keep(asked, slept.append)
    assert slept == pauses
    pace.keep(asked, slept.append)
    assert slept == pauses, "an answer causes one pause"


def test_many_requests_meet_no_429_and_leave_a_quarter_of_each_minute():
    times = [MINUTE_MS * 1000]

    def sleep(seconds):
        times.append(times[-1] + int(seconds * 1000) + 1000)

    with SimulatedOperator(1, clock=lambda: times[-1], sleep=sleep) as operator:
        operator.account.rate_limit = 20
        for _ in range(50):
            operator.api.get(f"/sims/{operator.sim_ids[0]}")
        calls = [call for call in operator.account.calls if call.operation == "Sim:getSim"]
        by_minute = [call.at_ms // MINUTE_MS for call in calls]
        assert ({call.status for call in calls}, len(calls)) == ({200}, 50)
        assert max(map(by_minute.count, by_minute)) == 15
