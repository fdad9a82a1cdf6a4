"""Edge. Reads and sets kernel parameters through files below /proc/sys (proc_sys(5)), and reads them again.

The root half's service has no /proc/sys (`ProcSubset=pid`), so that a shell outside of its sandbox reads and writes the
files. Names and values are arguments of the shell, never a part of its text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from agent.apply.planning.kernel import same_value
from agent.errors import Code, Failure

Run = Callable[[tuple[str, ...]], str]
"""Runs a program; returns what it printed, and raises `Failure(apply.failed)`."""

_READ = 'for f; do if [ -f "$f" ]; then echo "=$(tr "\\n\\t" "  " <"$f" 2>/dev/null)"; else echo -; fi; done'
_WRITE = 'while [ $# -gt 1 ]; do printf "%s\\n" "$2" >"$1" || exit 1; shift 2; done'


def path_of(name: str) -> str:
    """The file of a parameter: the first separator of its name, `.` or `/`, separates directories (sysctl.d(5))."""
    first = next((letter for letter in name if letter in "./"), ".")
    return "/proc/sys/" + (name if first == "/" else name.translate({ord("."): "/", ord("/"): "."}))


def values_of(names: Sequence[str], run: Run) -> dict[str, str | None]:
    """Parameter → its value, None for one that this kernel does not have; empty where they cannot be read."""
    try:
        lines = run(("sh", "-c", _READ, "sh", *(path_of(name) for name in names))).splitlines()
    except Failure:
        return {}
    if len(lines) != len(names):
        return {}
    return {name: line[1:].strip() if line.startswith("=") else None for name, line in zip(names, lines, strict=True)}


def set_values(values: Sequence[tuple[str, str]], run: Run) -> None:
    """Sets the values, and reads them again; raises `Failure(apply.failed)` for one that is not so afterwards."""
    arguments = (word for name, value in values for word in (path_of(name), value))
    try:
        run(("sh", "-c", _WRITE, "sh", *arguments))
    except Failure as failure:
        where = ", ".join(name for name, _ in values)
        raise Failure(Code.APPLY_FAILED, f"cannot be set: {failure.detail}", where=where) from None
    seen = values_of([name for name, _ in values], run)
    for name, value in values:
        now = seen.get(name)
        if now is None or not same_value(now, value):
            raise Failure(
                Code.APPLY_FAILED, f"the kernel has {now!r} instead of {value!r} after it was set", where=name
            )
