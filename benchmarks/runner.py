"""Entry point. Starts a program and says what it cost: runner.py REPORT COMMAND...; for `benchmarks.processes`.

A process of its own, since the peak memory of a child begins with that of whoever started it (getrusage(2), Linux).
"""

from __future__ import annotations

import os
import sys
import time


def main(report: str, *command: str) -> int:
    begun = time.monotonic()
    pid = os.posix_spawnp(command[0], command, os.environ)
    _, status, usage = os.wait4(pid, 0)
    ended = time.monotonic()
    figures = (begun, ended, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, usage.ru_oublock)
    with open(report, "w", encoding="ascii") as file:  # noqa: PTH123 (pathlib would be most of this process)
        file.write(" ".join(map(repr, figures)))
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
