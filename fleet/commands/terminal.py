"""Entry point. What a command shows to a person on the terminal and asks of them: progress, and a confirmation."""

from __future__ import annotations

import argparse
import sys
from typing import TextIO

from agent.host.visible_output import as_it_is

_BAR = 30
_MOST_UPDATES = 200


def is_confirmed(question: str, *, yes: bool) -> bool:
    """Whether a person agrees; without a terminal, only the option `--yes` is an agreement."""
    if yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        print(f"{question} There is no terminal to answer at; to agree, add --yes.", file=sys.stderr)
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in {"y", "yes"}


def print_line(arguments: argparse.Namespace, text: str) -> None:
    """Prints a line for people, and nothing where the command prints values for programs."""
    if not arguments.json:
        print(text)


class ProgressBar:
    """A progress bar; prints nothing where the output is no terminal."""

    def __init__(self, total: int, action: str, output: TextIO | None = None) -> None:
        self._total, self._action, self._output = total, action, as_it_is(output or sys.stderr)
        self._done = 0
        self._is_shown = self._output.isatty() and total > 0

    def step(self) -> None:
        """Counts one more item."""
        self._done += 1
        is_last = self._done == self._total
        if self._is_shown and (is_last or self._done % max(1, self._total // _MOST_UPDATES) == 0):
            filled = self._done * _BAR // self._total
            bar = "#" * filled + "." * (_BAR - filled)
            end = "\n" if is_last else ""
            print(f"\r{self._action} [{bar}] {self._done}/{self._total}", end=end, file=self._output, flush=True)
