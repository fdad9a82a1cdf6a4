"""Entry point. `light`: the state on the LED of the settings."""

from __future__ import annotations

import argparse
import os

from agent.commands.messages import print_messages
from agent.settings import Settings
from agent.upkeep import panel


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Makes the LED show the state."""
    if not settings.display.led:
        print_messages(arguments, ["no LED: [display] led is empty"])
        return os.EX_OK
    shown = panel.shown_now()
    panel.light(settings.display.led, shown)
    print_messages(arguments, [f"{settings.display.led}: {shown.word}"])
    return os.EX_OK
