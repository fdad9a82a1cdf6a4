"""Edge: whether NetworkManager says that the connection is metered, by somebody's word or by its own guess.

Asked by busctl, which systemd brings along: NetworkManager's own client would take several times as long. Where there
is no NetworkManager, or it does not answer at once, nobody says so.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from agent.setting_values import Budget, parse_budget

PROGRAM = Path("usr/bin/busctl")
RUNS = Path("run/NetworkManager")
QUESTION = (
    *("--system", "--timeout=2", "get-property", "org.freedesktop.NetworkManager"),
    *("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", "Metered"),
)
WITHIN_S = 3.0
_YES, _GUESSED = b"u 1", b"u 3"
"""NM_METERED_YES and NM_METERED_GUESS_YES (NetworkManager's D-Bus interface)."""
METERED_BUDGET = parse_budget("3 MB/month")
"""Of polling where the connection is metered and nobody set a budget: an hourly poll takes a third of it."""


def budget_of(told: Budget | None, system: Path = Path("/")) -> Budget | None:
    """The budget that counts: the one that somebody set, else that of a metered connection, else none."""
    return told or (METERED_BUDGET if is_metered(system) else None)


def is_metered(system: Path = Path("/")) -> bool:
    """Whether NetworkManager says so."""
    if not (system / RUNS).is_dir():
        return False
    try:
        done = subprocess.run(  # noqa: S603 (the program's place and every argument are fixed)
            [system / PROGRAM, *QUESTION],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and done.stdout.strip() in {_YES, _GUESSED}
