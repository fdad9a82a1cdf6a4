"""Entry point. `collect`: a bundle for support."""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path

from agent.commands.message_list import print_messages
from agent.settings import Settings
from agent.upkeep import collect


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Writes the bundle, and prints where it is and what is in it."""
    place = arguments.out or Path(f"kitting-agent-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.tar.gz")
    names = collect.bundle(place, settings, arguments.config)
    print_messages(
        arguments,
        [
            f"{place}: {', '.join(names)}",
            "Secrets and the middle digits of identifiers are covered. Check the file before you send it.",
        ],
    )
    return os.EX_OK
