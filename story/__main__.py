"""Entry point. `make demo-desk`, `python -m story [--boxes N] [--keep DIRECTORY]`.

Exit codes: 0 every step succeeded, 1 a step failed, 74 the output is closed, 130 interrupted.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from simulator.command_lines import typed
from simulator.interruption import Interruption
from story.desk import Story
from story.telling import StoryFailed, chapter, say


def main() -> int:
    """Runs the demonstration; a failure ends it and is printed."""
    parser = argparse.ArgumentParser(
        prog="python -m story", epilog="example: python -m story --boxes 6 --keep /tmp/desk"
    )
    parser.add_argument("--boxes", type=int, default=30, help="number of gateways (default: 30)")
    parser.add_argument(
        "--keep", type=Path, metavar="DIRECTORY", help="keep the plan, its record and the gateways in this directory"
    )
    arguments = parser.parse_args()
    try:
        _tell(arguments.boxes, arguments.keep)
    except StoryFailed as failure:
        print(f"\nThe demonstration failed: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The gateways, the hook and the board are switched off.", file=sys.stderr)
        return 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return os.EX_IOERR
    return os.EX_OK


def _tell(boxes: int, keep: Path | None) -> None:
    with Interruption() as interruption, tempfile.TemporaryDirectory(prefix="kitting-desk-") as temporary:
        place = (keep or Path(temporary)).absolute()
        place.mkdir(parents=True, exist_ok=True)
        with Story(place, max(4, boxes), interruption) as story:
            story.tell()
    chapter("Where to look next")
    say("\n".join(_where_next(keep)))


def _where_next(kept: Path | None) -> Iterator[str]:
    """The commands to type after the demonstration, each below a line with its purpose."""
    yield "the board with thirty invented SIMs, for a browser (docs/board.md):"
    yield f"    {typed('kitting', 'board', '--sample')}"
    yield "the same platform for your own plan; it prints the profile to use (docs/simulator.md, docs/desk.md):"
    yield f"    {typed('kitting-sim', 'serve', '--count', '30', '--api', '0')}"
    if kept:
        yield "the plan of this demonstration, its record, and the files of its gateways, until you remove them:"
        yield f"    ls {shlex.quote(str(kept))}"
    else:
        yield "the demonstration once more, with its plan, record and gateways kept:"
        yield f"    {shlex.join((sys.executable, '-m', 'story', '--keep', 'DIRECTORY'))}"


if __name__ == "__main__":
    sys.exit(main())
