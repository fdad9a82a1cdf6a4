"""Entry point: `make demo-desk`, `python -m story [--boxes N] [--keep DIRECTORY]`; 0 where the whole story held."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from story.desk import Story
from story.telling import StoryFailed


def main() -> int:
    """Tells the story; what goes wrong ends it, and is said."""
    parser = argparse.ArgumentParser(
        prog="python -m story", epilog="example: python -m story --boxes 6 --keep /tmp/desk"
    )
    parser.add_argument("--boxes", type=int, default=30, help="gateways on the table (default: 30)")
    parser.add_argument("--keep", type=Path, metavar="DIRECTORY", help="leave plan, record and ledger there")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kitting-desk-") as temporary:
        place = arguments.keep or Path(temporary)
        place.mkdir(parents=True, exist_ok=True)
        try:
            with Story(place, max(4, arguments.boxes)) as story:
                story.tell()
        except StoryFailed as failure:
            print(f"\nThe story broke: {failure}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
