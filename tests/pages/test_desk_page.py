"""The order of two on the desk's page, typed line by line."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
PAGE = (CHECKOUT / "docs" / "desk.md").read_text("utf-8")
PROGRAMS = Path(sys.executable).parent
LIMIT_S = 300


def typed(block, place):
    return [
        line.removeprefix("$ ").replace("/tmp/my-", f"{place}/")
        for line in re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)[block].splitlines()
    ]


def test_the_order_of_two_is_prepared_locked_and_one_is_stopped(tmp_path):
    (tmp_path / "config").symlink_to(CHECKOUT / "config")
    environment = os.environ | {"PATH": f"{PROGRAMS}:{os.environ['PATH']}", "XDG_RUNTIME_DIR": str(tmp_path)}
    (serve,) = typed(0, tmp_path)
    with subprocess.Popen(
        ["/bin/sh", "-c", f"exec {serve}"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as simulator:
        try:
            assert simulator.stdout.readline().startswith("metadata service")
            done = subprocess.run(
                ["/bin/sh", "-exc", "\n".join(typed(1, tmp_path))],
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=LIMIT_S,
                check=False,
            )
        finally:
            simulator.send_signal(signal.SIGINT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 powered on, 1 provisioned" in done.stdout
    assert "\ngw-1,8981000000000000011,001010000000001,356938030000013," in done.stdout  # (the ledger)
    assert "gw-1: stopped" in done.stdout
