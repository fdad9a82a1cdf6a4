"""Story. Wakes a device by SMS, so that it reads its userdata now and not with its next poll."""

from __future__ import annotations

from agent.settings import WAKE_TEXT
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.sim import Sim


def wake_device(api: Api, sim: Sim) -> None:
    """Sends the SMS that starts a pass; a device that does not listen for SMS starts one with its next poll."""
    sim_calls.send_sms(api, sim.sim_id, WAKE_TEXT)
