"""Whatever the network half puts into its own directories, root's commands end, and nothing of root's is touched.

Every kind of node, at every name that a command of root opens there; all of those commands, one after the other, in a
process of their own. The directories belong to another user where the test may give them away.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from time import monotonic

import pytest
from waiting import PATIENCE_S, exit_of

from agent import apply_cli, cli
from agent.commands import light
from agent.handover import files as handover
from agent.host.durable import temporary_name
from agent.resident.daemon import claim
from agent.settings import load
from agent.upkeep import collect, panel

NOBODY, SOMEBODY = 65534, 12345
IS_ROOT = os.geteuid() == 0
HUGE = 10**400
WELL_FORMED = {"version": 1, "state": "provisioned", "task": "apply", "order_id": "1", "answer": "keep", "since": None}
NUMBERS = ("interruptions", "quiet_polls", "failures_in_a_row", "passes", "bytes", "confirm_within_s", "seconds")
SECRET = "root:$y$secret"

IN_STATE = (
    *("state.json", "state.json.previous", "state.json.damaged", "pass.lock", "resident.lock", "reprovision"),
    *("order.json", "confirmation.json", "traffic.json", "modem.json", "fetched", "apply.new"),
    *(temporary_name("state.json"), temporary_name("reprovision")),
)
IN_RUN = ("quiet", "traffic.json", "shown", "issue", "quiet.new", "wanted")
NAMES = tuple(f"state/{name}" for name in IN_STATE) + tuple(f"run/{name}" for name in IN_RUN)


def lies(values):
    return json.dumps(WELL_FORMED | dict.fromkeys(NUMBERS, values))


def socket_at(path, _):
    with socket.socket(socket.AF_UNIX) as there, suppress(OSError):
        here = Path.cwd()
        os.chdir(path.parent)  # the whole path may be too long for a socket
        there.bind(path.name)
        os.chdir(here)


def huge(path, _):
    path.touch()
    os.truncate(path, 1 << 34)


def full_directory(path, _):
    (path / "full").mkdir(parents=True)


def unreadable(path, _):
    path.write_text("{}")
    path.chmod(0)


def of_somebody(path, _):
    path.write_text(lies(1))
    os.chown(path, SOMEBODY, SOMEBODY)


KINDS = {
    "missing": lambda _path, _victim: None,
    "empty": lambda path, _: path.touch(),
    "huge": huge,
    "directory": lambda path, _: path.mkdir(),
    "full directory": full_directory,
    "pipe": lambda path, _: os.mkfifo(path),
    "socket": socket_at,
    "device": lambda path, _: os.mknod(path, 0o20666, os.makedev(1, 5)),
    "link to root's file": lambda path, victim: path.symlink_to(victim),
    "dangling link": lambda path, victim: path.symlink_to(victim.with_name("nothing")),
    "link to itself": lambda path, _: path.symlink_to(path),
    "second name of root's file": lambda path, victim: path.hardlink_to(victim),
    "unreadable": unreadable,
    "of a third user": of_somebody,
    "garbage": lambda path, _: path.write_bytes(b"\xff\x00\x1b]0;" * 99),
    "truncated": lambda path, _: path.write_text(lies(1)[:-9]),
    "huge numbers": lambda path, _: path.write_text(lies(HUGE)),
    "wrong numbers": lambda path, _: path.write_text(lies(-1)),
    "no number": lambda path, _: path.write_text('{"version":1,"state":"new","interruptions":NaN,"passes":Infinity}'),
    "deep": lambda path, _: path.write_text('{"version":1,"document":' + "[" * 20000 + "]" * 20000 + "}"),
}
FOR_ROOT = {"device", "of a third user"}


class HostileGateway:
    """A gateway whose network half owns its directories, and a file and a process of root's."""

    def __init__(self, place):
        self.place = place
        for name in ("state", "run", "apply", "root"):
            (place / name).mkdir(mode=0o711)
        self.victim = place / "shadow"
        self.victim.write_text(SECRET)
        self.config = place / "agent.toml"
        self.config.write_text(
            f'[apply]\nroot = "{place}/root"\n'
            f'[paths]\nstate = "{place}/state"\napply = "{place}/apply"\n'
            '[metadata]\nurl = "http://127.0.0.1:9"\npatience = "100ms"\n'
        )
        if IS_ROOT:
            for name in ("state", "run"):
                os.chown(place / name, NOBODY, NOBODY)

    def commands(self):
        """Every command of root that opens something in the network half's directories; the last ones remove all."""
        settings, config = load(self.config), ["--config", str(self.config)]
        state, run = self.place / "state", self.place / "run"
        for words in (["status"], ["reprovision"], ["rollback"], ["scrub", "--yes"], ["status", "--json"]):
            yield " ".join(words), lambda words=words: cli.main([*words, *config])
        yield "kitting-apply", lambda: apply_cli.main(config)
        yield "kitting-apply --recover", lambda: apply_cli.main([*config, "--recover"])
        yield "the confirmation", lambda: read_confirmation(state)
        yield "the LED", lambda: panel.shown_now(run) and 0
        yield "light", lambda: light.run(argparse.Namespace(json=True), settings, run / "wanted")
        yield "collect", lambda: collected(settings, self.config)
        yield "run", lambda: os.EX_OK if claim(str(state)) else os.EX_TEMPFAIL
        for words in (["clean", "--image"], ["clean", "--image", "--yes"]):
            yield " ".join(words), lambda words=words: cli.main([*words, *config])

    def tried(self):
        """Runs the commands in a child process; what each of them ended with, one line each."""
        child = os.fork()
        if child == 0:
            try:
                signal.alarm(int(PATIENCE_S))
                os.environ["RUNTIME_DIRECTORY"] = str(self.place / "run")
                output = os.open(self.place / "output", os.O_WRONLY | os.O_CREAT)
                os.dup2(output, 1)
                os.dup2(output, 2)
                with (self.place / "ends").open("w", buffering=1) as ends:
                    for name, run in self.commands():
                        ends.write(f"{name}: {ended(run)}\n")
            finally:
                os._exit(0)
        _, status = os.waitpid(child, 0)
        return status, (self.place / "ends").read_text()


def ended(run):
    try:
        code = run()
    except BaseException:  # noqa: BLE001 (shown by the test)
        return traceback.format_exc()
    return "bug" if code == os.EX_SOFTWARE else "ended"


def read_confirmation(state):
    with suppress(handover.Failure):
        handover.read_confirmation(state)
    handover.clear_confirmation(state)
    return os.EX_OK


def collected(settings, config):
    """The files of the support bundle, which come before the programs that it runs."""
    for name, text in collect.parts(settings, config):
        assert SECRET not in text, name
        if name == "outcome.json":
            return os.EX_OK
    return os.EX_SOFTWARE


@pytest.fixture
def gateway(tmp_path):
    return HostileGateway(tmp_path)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_roots_commands_end_and_touch_nothing_of_roots(gateway, kind, name):
    if kind in FOR_ROOT and not IS_ROOT:
        pytest.skip("only root can make this")
    try:
        KINDS[kind](gateway.place / name, gateway.victim)
    except PermissionError as error:
        pytest.skip(f"this machine does not let root make it: {error}")
    if IS_ROOT and kind not in {"missing", "second name of root's file", "of a third user"}:
        os.chown(gateway.place / name, NOBODY, NOBODY, follow_symlinks=False)
    before = (gateway.victim.read_text(), gateway.victim.stat().st_mode, gateway.victim.stat().st_uid)
    status, ends = gateway.tried()
    assert {line.partition(": ")[2] for line in ends.splitlines()} == {"ended"}, ends
    assert os.waitstatus_to_exitcode(status) == 0, f"a command does not end; the last ones were:\n{ends}"
    assert SECRET not in (gateway.place / "output").read_text("utf-8", "replace")
    assert (gateway.victim.read_text(), gateway.victim.stat().st_mode, gateway.victim.stat().st_uid) == before
    assert not os.path.lexists(gateway.place / "state/order.json"), "the root half would be started again at once"


@pytest.mark.skipif(not IS_ROOT, reason="only root has something to lose to another user")
def test_no_process_of_root_is_signalled(gateway):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"]) as victim:
        lock = gateway.place / "state/resident.lock"
        lock.write_text(f"{victim.pid}\n")
        os.chown(lock, NOBODY, NOBODY)
        holder = subprocess.Popen(["flock", str(lock), "sleep", "1000"])
        until = monotonic() + PATIENCE_S
        while cli.main(["clean", "--image", "--config", str(gateway.config)]) == os.EX_OK:
            assert monotonic() < until, "flock did not take the lock"
        code = cli.main(["reprovision", "--config", str(gateway.config)])
        holder.kill()
        exit_of(holder)
        assert (code, victim.poll()) == (os.EX_UNAVAILABLE, None)
        victim.kill()
