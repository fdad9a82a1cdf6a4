"""Edge. Whether NetworkManager calls the connection metered, by setting or by its own guess.

The question is asked by busctl, which is part of systemd; nmcli takes several times as long. Without NetworkManager, or
without an answer in time, the connection counts as not metered.
"""

from __future__ import annotations

from pathlib import Path

from agent.setting_values import Budget, parse_budget

PROGRAM = Path("usr/bin/busctl")
RUNS = Path("run/NetworkManager")
QUESTION = (
    *("--system", "--timeout=2", "get-property", "org.freedesktop.NetworkManager"),
    *("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager", "Metered"),
)
LIMIT_S = 3.0
_YES, _GUESSED = b"u 1", b"u 3"
"""NM_METERED_YES and NM_METERED_GUESS_YES (NetworkManager's D-Bus interface)."""
METERED_BUDGET = parse_budget("3 MB/month")
"""Budget of polling on a metered connection without a budget in the settings; hourly polling takes a third of it."""


def budget_of(set_budget: Budget | None, system: Path = Path("/")) -> Budget | None:
    """The budget in force: that of the settings, else that of a metered connection, else None."""
    return set_budget or (METERED_BUDGET if is_metered(system) else None)


def is_metered(system: Path = Path("/")) -> bool:
    """Whether NetworkManager calls the connection metered; `system` is the directory in which /usr and /run are."""
    if not (system / RUNS).is_dir():
        return False
    from agent.host.programs import run

    try:
        ended = run([system / PROGRAM, *QUESTION], limit_s=LIMIT_S)
    except OSError:
        return False
    return ended.code == 0 and ended.output.strip() in {_YES, _GUESSED}
