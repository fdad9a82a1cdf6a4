"""Entry point: `make demo-desk`, `python -m story [--boxes N] [--keep DIRECTORY]`.

Exit codes: 0 the whole story held, 1 it broke, 74 nobody reads its output any more, 130 it was interrupted.
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
    """Tells the story; what goes wrong ends it, and is said."""
    parser = argparse.ArgumentParser(
        prog="python -m story", epilog="example: python -m story --boxes 6 --keep /tmp/desk"
    )
    parser.add_argument("--boxes", type=int, default=30, help="gateways on the table (default: 30)")
    parser.add_argument(
        "--keep", type=Path, metavar="DIRECTORY", help="leave the plan, its record and the gateways there"
    )
    arguments = parser.parse_args()
    try:
        _tell(arguments.boxes, arguments.keep)
    except StoryFailed as failure:
        print(f"\nThe story broke: {failure}", file=sys.stderr)
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
    """What to type after the story: one line says what for, the next one is the command."""
    yield "the board with thirty made-up SIMs, for a browser (docs/board.md):"
    yield f"    {typed('kitting', 'board', '--sample')}"
    yield "the same platform for your own plan; it prints the profile to use (docs/simulator.md, docs/desk.md):"
    yield f"    {typed('kitting-sim', 'serve', '--count', '30', '--api', '0')}"
    if kept:
        yield "the plan of this story, its record, and everything of its gateways, until you remove it:"
        yield f"    ls {shlex.quote(str(kept))}"
    else:
        yield "the story once more, its plan, record and gateways kept:"
        yield f"    {shlex.join((sys.executable, '-m', 'story', '--keep', 'DIRECTORY'))}"


if __name__ == "__main__":
    sys.exit(main())
