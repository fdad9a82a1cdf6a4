"""Pure. How many bytes a pass counts for, and when the next one may start: arithmetic in plain numbers.

A quiet poll imports this file, so it imports nothing.
"""

from __future__ import annotations

CONNECTION_BYTES = 392
"""Headers of the three packets that open a TCP connection over IPv4 and the four that close it, time stamps too."""
EXCHANGE_BYTES = 156
"""Headers of a request, of its answer, and of one acknowledgement without data."""
TYPICAL_PASS_BYTES = 1500
"""Assumed cost of a pass as long as none was counted."""
RESERVE = 0.1
"""Part of the budget that is kept for reports of failures."""
LONGEST_PAUSE_S = 86400.0
"""The longest pause for a used-up budget: a device that never asks can never be corrected."""


def at_ip_layer(payload_bytes: int, connections: int, requests: int) -> int:
    """Bytes of a pass with the headers of TCP and IP."""
    return payload_bytes + connections * CONNECTION_BYTES + requests * EXCHANGE_BYTES


def cost_of_a_pass(passes: int, carried_bytes: int) -> float:
    """The mean of the passes so far."""
    return max(1.0, carried_bytes / passes) if passes else TYPICAL_PASS_BYTES


def affordable_pause_s(
    budget_bytes: int, period_s: float, passes: int, carried_bytes: int, age_s: float | None
) -> float:
    """Seconds until the next pass fits into what is left of the budget; 0 where the budget sets no limit.

    `age_s`: seconds since the period began; None where no clock can be trusted.
    """
    for_polling, cost = budget_bytes * (1 - RESERVE), cost_of_a_pass(passes, carried_bytes)
    if age_s is None:
        return period_s / max(1.0, for_polling / cost)
    left_s, left_bytes = period_s - age_s, for_polling - carried_bytes
    pause_s = left_s / (left_bytes / cost) if left_bytes > cost else left_s
    return max(0.0, min(pause_s, LONGEST_PAUSE_S))


def pause_without_failure_s(interval_s: float, affordable_s: float, part_of_jitter_s: float) -> float:
    """Seconds until the pass after one without a failure."""
    return max(interval_s, affordable_s) + part_of_jitter_s
