"""Entry point. Reads the equipment once, in a process of its own, as a pass does: modem_reading.py SYSTEM PORT STATE.

Says as JSON: the IMEI, milliseconds from before the agent's own imports, and each exchange.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

begun = time.monotonic()

from agent.identity import Read  # noqa: E402 (imports are a part of what is measured)
from agent.modem.reading import survey  # noqa: E402
from agent.settings import ModemSettings  # noqa: E402


def main(system: str, port: str, state: str) -> None:
    seen = survey(ModemSettings(port=port), Path(state), radio=False, system=Path(system))
    took_ms = (time.monotonic() - begun) * 1000
    imei = seen.equipment.imei
    exchanges = [(heard.port, heard.command) for heard in seen.exchanges]
    said = imei.value.digits if isinstance(imei, Read) else str(imei)
    print(json.dumps({"imei": said, "ms": took_ms, "exchanges": exchanges}))


if __name__ == "__main__":
    main(*sys.argv[1:])
