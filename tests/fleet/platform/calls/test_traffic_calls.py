"""Traffic of a SIM over the API."""

import time
from datetime import UTC, datetime

from simulated_operator import SimulatedOperator

from fleet.platform.calls import traffic_calls


def test_the_busiest_day_counts_both_directions_in_mebibytes():
    with SimulatedOperator(clock=lambda: time.time_ns() // 1_000_000) as operator:
        sim = operator.kitted()
        operator.firing.carried(sim.imsi, 20 << 20)
        now = datetime.now(UTC)
        assert traffic_calls.busiest_day_megabytes(operator.api, sim.sim_id, now) == 20.0
        assert traffic_calls.busiest_day_megabytes(operator.api, operator.sim_ids[1], now) == 0.0
