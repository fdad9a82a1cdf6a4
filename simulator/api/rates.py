"""Pure. The rate limit in requests a minute, counted for each group of calls and returned with every answer.

Headers: changelog.soracom.io. The platform's numbers are not published; here it is `account.rate_limit`.
"""

from __future__ import annotations

from collections.abc import Mapping

from simulator.api.account import Account

MINUTE_MS = 60_000


def count(account: Account, group: str) -> Mapping[str, str]:
    """Counts one request; returns the headers of its answer, with `Retry-After` where it was one too many."""
    if account.rate_limit is None:
        return {}
    now = account.platform.now_ms()
    minute, so_far = account.asked_this_minute.get(group, (0, 0))
    so_far = so_far + 1 if minute == now // MINUTE_MS else 1
    account.asked_this_minute[group] = (now // MINUTE_MS, so_far)
    left_s = (MINUTE_MS - now % MINUTE_MS + 999) // 1000
    headers = {
        "X-Soracom-Ratelimit-Limit": str(account.rate_limit),
        "X-Soracom-Ratelimit-Remaining": str(max(0, account.rate_limit - so_far)),
        "X-Soracom-Ratelimit-Seconds-Before-Refresh": str(left_s),
    }
    return headers | ({"Retry-After": str(left_s)} if so_far > account.rate_limit else {})
