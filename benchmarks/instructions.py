"""Story. Instructions instead of time: a count that other work on the machine does not move.

valgrind counts what programs and libraries execute, without the kernel; in the Debian of the row "first pass".
Programs that they start count as well, such as the process that proves an apply. The ratios say what a slow board has
to do beside starting Python. The emulated board itself has no counter: qemu-user of Debian 12 offers no plugins
(`qemu-arm-static -help`), and valgrind does not run in it.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.debian import Debian, Lacking, debian
from benchmarks.first_pass import apply_command, pass_command
from benchmarks.processes import cost_of
from benchmarks.subject import Subject, on_loopback
from benchmarks.table import Aim, Beside, Row, missing

WHAT = "instructions"
_VALGRIND, _TOOLS = Path("/usr/bin/valgrind.bin"), Path("/usr/libexec/valgrind")
_MILLION = 1e6
_REFS = re.compile(r"I\s+refs:\s+([0-9,]+)")
_UNIT = "M instr."


def instructions(_runs: int, say: Callable[[str], None]) -> list[Row]:
    """First pass, quiet poll and the two halves, beside a bare interpreter and beside what must be imported."""
    if not _VALGRIND.exists() or not _TOOLS.is_dir():
        return missing(WHAT, "there is no valgrind (apt-get install valgrind)")
    try:
        with on_loopback() as subject, debian("amd64", say, shared=[subject.gateway.place, _TOOLS]) as gateway:
            shutil.copy(_VALGRIND, gateway.root / "usr/bin")
            say("instructions of a first pass, a quiet poll, and what they are compared with")
            return _rows(subject, gateway)
    except Lacking as lacking:
        return missing(WHAT, str(lacking))


def _rows(subject: Subject, gateway: Debian) -> list[Row]:
    place = subject.gateway.place
    bare = _counted(place, lambda counter: cost_of(gateway.bare_under(counter)))
    imports = _counted(place, lambda counter: cost_of(gateway.floor_under(counter)))
    subject.make_new()
    first = _counted(place, lambda counter: cost_of(pass_command(subject, gateway, counter)))
    cost_of(pass_command(subject, gateway))
    quiet = _counted(place, lambda counter: cost_of(pass_command(subject, gateway, counter)))
    subject.make_new()
    halves = _counted(
        place,
        lambda counter: subject.two_halves(
            pass_command(subject, gateway, counter), apply_command(subject, gateway, counter)
        ),
    )
    return [
        Row("first pass, instructions", _UNIT, first, imports, bare, (Aim(1.5, Beside.FLOOR),), _FIRST),
        Row("first pass, instructions, two halves", _UNIT, halves, imports, first, (Aim(1.75, Beside.FLOOR),), _HALVES),
        Row("quiet poll, instructions", _UNIT, quiet, bare, first, (Aim(2.0, Beside.FLOOR),), _QUIET),
    ]


_FIRST = "floor: the imports; alternative: a bare interpreter"
_HALVES = "floor: the imports; alternative: one process"
_QUIET = "floor: a bare interpreter; alternative: a first pass"


def _counted(shared: Path, measure: Callable[[Sequence[str]], object]) -> float:
    """Millions of instructions of all programs that `measure` starts under the counter it is given."""
    with tempfile.TemporaryDirectory(dir=shared) as place:
        options = [
            "--trace-children=yes",
            "--tool=cachegrind",
            "--cache-sim=no",
            "--cachegrind-out-file=/dev/null",
            f"--log-file={place}/%p",
        ]
        measure([str(_VALGRIND), *options])
        logs = [log.read_text() for log in Path(place).iterdir()]
    return sum(int(found[1].replace(",", "")) for log in logs if (found := _REFS.search(log))) / _MILLION
