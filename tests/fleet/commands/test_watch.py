"""`kitting watch`, as a person types it."""

import signal
import subprocess
import sys

from waiting import line_of, started

from simulator import faults


def test_a_live_table_waits_for_a_platform_that_is_away(signed_in, order):
    command = [sys.executable, "-m", "fleet", "watch", str(order), "--every", "1"]
    with started(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        until_line(process, "in stock")
        signed_in.server.faults.add(faults.ServerError(404), path="/v1/groups", times=1)
        until_line(process, "The table is older")
        until_line(process, "in stock")
        process.send_signal(signal.SIGINT)
    assert process.returncode == 130


def until_line(process, words):
    while line := line_of(process.stdout, f"a line with {words}"):
        if words in line:
            return
    raise AssertionError(process.stderr.read())
