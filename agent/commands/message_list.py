"""Entry point. The messages of a command that has no values of its own to show."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from agent.host.process_entry import print_json, print_lines


def print_messages(arguments: argparse.Namespace, messages: Iterable[str]) -> None:
    """Prints messages, each as soon as it is known; with `--json` all of them as one value."""
    if arguments.json:
        print_json({"messages": list(messages)})
    else:
        print_lines(messages)
