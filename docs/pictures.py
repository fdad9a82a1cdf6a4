"""Entry point. Takes the pictures of the board and of `kitting watch` anew (`make pictures`; needs Chromium).

Both show the board's thirty invented SIMs, through the code that draws them for users. Look at the pictures afterwards:
no test compares them, since fonts differ from machine to machine.
"""  # noqa: INP001 (a script beside the pages, no package)

from __future__ import annotations

import io
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

from fleet.bench.table import table
from fleet.board.sample import sample

DOCS = Path(__file__).parent
_PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 20px; background: {background}; color: {foreground} }}
pre {{ margin: 0; font: 14px/1.45 "DejaVu Sans Mono", monospace }}
</style><pre>{code}</pre>"""
_COLUMNS, _LINES = 120, 30
_START_LIMIT_S = 60.0


def photograph(chromium: str, url: str, picture: Path, size: str) -> None:
    """Chromium's picture of a page."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(  # noqa: S603 (Chromium, as installed)
            [
                *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
                *(f"--user-data-dir={profile}", f"--window-size={size}", "--hide-scrollbars"),
                *("--virtual-time-budget=5000", f"--screenshot={picture}", url),
            ],
            check=True,
            stderr=subprocess.DEVNULL,
        )


def of_the_board(chromium: str) -> None:
    """docs/board.png: `kitting board --sample`, as it starts."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "fleet", "board", "--sample", "--listen", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as board:  # noqa: S603 (this project)
        try:
            _wait_for(port)
            photograph(chromium, f"http://127.0.0.1:{port}/", DOCS / "board.png", "1280,800")
        finally:
            board.terminate()


def of_watch(chromium: str) -> None:
    """docs/watch.png: the table of `kitting watch` in a terminal of 120 columns."""
    board = sample(datetime.now(UTC))
    console = Console(record=True, width=_COLUMNS, file=io.StringIO(), force_terminal=True, soft_wrap=True)
    console.print("$ kitting watch plan.yaml")
    for line in table(board.title, board.rows, width=_COLUMNS, height=_LINES):
        console.print(line)
    page_text = console.export_html(theme=MONOKAI, inline_styles=True, code_format=_PAGE)
    with tempfile.TemporaryDirectory() as directory:
        page = Path(directory, "watch.html")
        page.write_text(page_text, "utf-8")
        photograph(chromium, page.as_uri(), DOCS / "watch.png", "1070,725")


def _wait_for(port: int) -> None:
    end = time.monotonic() + _START_LIMIT_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


def main() -> None:
    """Takes both pictures."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.exit("docs/pictures.py: Chromium was not found. Install the package chromium.")
    of_the_board(chromium)
    of_watch(chromium)


if __name__ == "__main__":
    main()
