"""Entry point. `light`: the state on the LED of the settings."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from agent.commands.message_list import print_messages
from agent.errors import Failure
from agent.settings import Settings
from agent.upkeep import panel

PAUSE_S = 10.0
"""How long a request that cannot be removed holds this program: systemd starts it again as soon as it ends."""


def run(arguments: argparse.Namespace, settings: Settings, wanted: Path = panel.WANTED) -> int:
    """Makes the LED show the state, and again after each further request (kitting-light.path)."""
    try:
        panel.take_light_request(wanted)
    except Failure:
        time.sleep(PAUSE_S)
        raise
    panel.copy_issue()
    if not settings.display.led:
        print_messages(arguments, ["no LED: [display] led is empty"])
        return os.EX_OK
    shown = panel.shown_now()
    panel.light(settings.display.led, shown)
    print_messages(arguments, [f"{settings.display.led}: {shown.word}"])
    return os.EX_OK
