"""`kitting-sim demo` as a newcomer meets it: what its last lines say, and how it ends when it is interrupted."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from waiting import PATIENCE_S, exit_of, line_of, lines_of, output_of

from simulator.command_lines import installed, typed
from simulator.interruption import Interruption

DEMO = [sys.executable, "-m", "simulator", "demo"]
LAST = "Where to look next\n"


@pytest.fixture
def place(tmp_path):
    """Where the demo puts its files: a path that a shell takes apart where it is not quoted."""
    place = tmp_path / "a b" / "箱"
    place.mkdir(parents=True)
    return place


def environment(place, path=""):
    return os.environ | {"TMPDIR": str(place), "PATH": path or os.environ["PATH"]}


def processes_below(place):
    """Command lines of all processes that name the place."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = file.read_bytes().decode(errors="replace")
        except OSError:  # (it has ended)
            continue
        if str(place) in text:
            found.append(text)
    return found


def test_the_last_lines_are_commands_that_work_and_nothing_comes_after_them(place):
    done = subprocess.run(
        DEMO, env=environment(place, "/usr/bin:/bin"), capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    before, last = done.stdout.split(LAST)
    assert "│" in before
    assert "│" not in last
    commands = [line.strip() for line in last.splitlines() if line.startswith("    ")]
    assert [shlex.split(command)[0].rpartition("/")[2] for command in commands] == [
        "kitting-agent",
        "ls",
        "kitting-sim",
        "kitting",
    ]
    status, listing, *served = commands
    assert "binding.lock" in shell(status, place)
    assert shell(listing, place).split() == ["gw-1", "gw-2", "gw-3"]
    for command in served:
        assert shell(f"{command} --help", place).startswith("usage: ")


def shell(command, place):
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        env=environment(place, "/usr/bin:/bin"),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_demo_leaves_nothing_running_and_nothing_on_the_disk(place, number):
    with subprocess.Popen(
        DEMO,
        env=environment(place),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            for line in lines_of(process.stdout):
                if "│ apply" in line:
                    break
            os.killpg(process.pid, number)  # as the terminal does at Ctrl-C
            os.killpg(process.pid, number)
            rest, errors = output_of(process)
        finally:
            process.kill()
    assert process.returncode == 130
    assert errors.strip() == "Interrupted. The gateways are switched off, and their files are removed."
    assert LAST not in rest
    assert "Traceback" not in rest
    assert list(place.iterdir()) == []
    assert processes_below(place) == []


def test_a_demo_whose_output_is_closed_ends_without_a_traceback(place):
    with subprocess.Popen(
        DEMO, env=environment(place), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        line_of(process.stdout)
        process.stdout.close()
        assert process.stderr.read() == ""
        assert exit_of(process) == os.EX_IOERR
    assert list(place.iterdir()) == []
    assert processes_below(place) == []


def test_a_signal_waits_while_a_process_is_started_and_a_second_one_is_ignored():
    done = []
    with Interruption() as interruption:
        try:
            with interruption.held():
                os.kill(os.getpid(), signal.SIGINT)
                child = subprocess.Popen(["sleep", "300"])
                child.terminate()
                done.append(exit_of(child))
            done.append("not interrupted")
        except KeyboardInterrupt:
            done.append("interrupted")
        os.kill(os.getpid(), signal.SIGTERM)
        done.append("cleared up")
    assert done == [-signal.SIGTERM, "interrupted", "cleared up"]


def test_after_the_story_a_signal_does_what_it_did_before():
    before = signal.getsignal(signal.SIGTERM)
    with Interruption() as interruption:
        interruption.ignore()
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_program_is_named_by_its_name_only_where_the_shell_finds_it(monkeypatch):
    path = installed("kitting-sim")
    monkeypatch.setenv("PATH", "/nowhere")
    assert typed("kitting-sim", "serve", "--modems", "a b") == f"{shlex.quote(str(path))} serve --modems 'a b'"
    monkeypatch.setenv("PATH", str(path.parent))
    assert typed("kitting-sim", "serve") == "kitting-sim serve"
    assert typed("a-program-that-nobody-installed", "-h") == "a-program-that-nobody-installed -h"
