"""Entry point. Carries out one order some times over, in a process of its own: apply_again.py SETTINGS USERDATA TIMES.

Each time is confirmed like an order in the field. Says milliseconds of each as JSON. With TIMES 0 it only gets ready.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from agent.apply import applying
from agent.apply.context import apply_context
from agent.configuration.names import Names
from agent.configuration.resolving import resolve
from agent.configuration.schema_file import userdata_schema
from agent.errors import Failure
from agent.handover import files as handover
from agent.handover.order import Apply, Result
from agent.settings import load


def main(settings_file: str, userdata: str, times: str) -> None:
    settings = load(Path(settings_file))
    try:
        configuration = resolve(Path(userdata).read_bytes(), Names({}, {}, {}), userdata_schema())
    except Failure as failure:
        sys.exit(str(failure))
    settings.paths.state.mkdir(parents=True, exist_ok=True)
    context = apply_context(settings)
    handover.make_place(context.own)
    took_ms = []
    for number in range(int(times)):
        order = Apply(f"order{number}", configuration.digest, configuration.document, "card")
        begun = time.monotonic()
        if applying.apply_order(order, context).result is Result.UNCONFIRMED:
            applying.confirm(context)
        took_ms.append((time.monotonic() - begun) * 1000)
    print(json.dumps(took_ms))


if __name__ == "__main__":
    main(*sys.argv[1:])
