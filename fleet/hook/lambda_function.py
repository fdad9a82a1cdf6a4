"""Entry point. The hook as an AWS Lambda function, called by the platform's InvokeAWSLambdaAction.

KITTING_PLAN names the plan, SORACOM_AUTH_KEY_ID and SORACOM_AUTH_KEY the user of the API.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fleet.bench.time_limits import BACK_WITHIN_S
from fleet.hook.hint import hinted_sim_id
from fleet.hook.hint_queue import PAUSES_S
from fleet.hook.locking_by_hint import HintResult, LockOutcome, lock_by_hint
from fleet.plan.plan_file import read_plan
from fleet.platform.api import Api
from fleet.platform.credentials import AccessOptions
from fleet.platform.profile import profile_of

_LEAST_BACK_WITHIN_S = 10.0
_TO_UNLOCK_S = 20.0
"""Left for removing a lock that was not proven."""
_FOR_A_LOOK_S = 30.0


def lambda_handler(event: object, context: object) -> Mapping[str, Any]:
    """Checks the SIM, again and again as long as the function may run (`get_remaining_time_in_millis`)."""
    sim_id = hinted_sim_id(event)
    if sim_id is None:
        return {"outcome": "the event names no SIM"}
    plan = read_plan(Path(os.environ.get("KITTING_PLAN", "plan.yaml")))
    result = HintResult(sim_id, LockOutcome.NOT_YET)
    with Api(profile_of(AccessOptions(), os.environ, Path.home())) as api:
        for pause_s in (*PAUSES_S, 0.0):
            back_within_s = max(_LEAST_BACK_WITHIN_S, min(BACK_WITHIN_S, _left_s(context) - _TO_UNLOCK_S))
            result = lock_by_hint(api, plan, sim_id, back_within_s=back_within_s)
            if result.outcome is not LockOutcome.NOT_YET or _left_s(context) < pause_s + _FOR_A_LOOK_S:
                break
            time.sleep(pause_s)
    return {"sim": sim_id, "outcome": result.outcome.value, "why": result.reason}


def _left_s(context: object) -> float:
    """How long the function may run; 0 where the context does not tell."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return remaining() / 1000 if callable(remaining) else 0.0
