"""Pure. A hint: the SIM id that a call of the platform names.

The platform signs nothing and repeats nothing. A call therefore only causes a check of the SIM: a call that is forged,
late, repeated or out of order changes nothing that the check alone would not have changed.
"""

from __future__ import annotations

import json
import re

MAX_BYTES = 4096
"""The most bytes of a call's body; a longer body is not read to its end."""
_SIM_ID = re.compile(r"[0-9]{10,22}")
_NAMES = ("sim", "simId", *(f"parameter{number}" for number in range(1, 6)))
"""Members of a call that may hold the SIM id; the last ones are the parameters of an InvokeAWSLambdaAction."""


def hinted_sim_id(call: object) -> str | None:
    """The SIM id in a body, a text or an object; None where there is none."""
    if isinstance(call, (bytes, str)):
        try:
            call = json.loads(call[:MAX_BYTES])
        except (ValueError, RecursionError):
            return None
    if not isinstance(call, dict):
        return None
    values = [call.get(name) for name in _NAMES]
    return next((value for value in values if isinstance(value, str) and _SIM_ID.fullmatch(value)), None)
