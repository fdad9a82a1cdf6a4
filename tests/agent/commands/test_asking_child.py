"""Nothing of the network is read as root: the commands that a person starts with sudo ask as the service's user."""

import json
import os
import pwd
import shutil
import signal
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from waiting import PATIENCE_S

from agent import cli
from agent.commands.asking_child import found_without_root
from agent.errors import Code, Failure
from agent.host import leaving_root
from agent.settings import Settings

ESTABLISHED = "01"
"""A socket that its process has closed already belongs to user 0 in this table."""
NOBODY = pwd.getpwnam("nobody")
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave root")


@pytest.fixture(autouse=True)
def _systemd(monkeypatch, tmp_path):
    """A machine with systemd, on which the user of the service exists."""
    monkeypatch.setattr(leaving_root, "SYSTEMD_RUNS", tmp_path)
    monkeypatch.setattr(leaving_root, "SERVICE_USER", "nobody")


class Asked(BaseHTTPRequestHandler):
    """Answers nothing useful, and notes the user whose socket asks (proc_net_tcp in the kernel's documentation)."""

    users: set[int]

    def do_GET(self):
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            words = line.split()
            ends = [int(words[place].partition(":")[2], 16) for place in (1, 2)]
            if ends == [self.client_address[1], self.server.server_port] and words[3] == ESTABLISHED:
                self.users.add(int(words[7]))
        self.send_error(404)

    do_PUT = do_GET  # noqa: N815 (the name that http.server calls)

    def log_message(self, *_):
        """Prints nothing."""


@pytest.fixture
def place():
    """A directory that every user may enter."""
    with tempfile.TemporaryDirectory(dir="/tmp") as made:
        Path(made).chmod(0o755)
        yield Path(made)


@pytest.fixture
def port():
    """The port of a service that notes who asks it."""
    Asked.users = set()
    with HTTPServer(("127.0.0.1", 0), Asked) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def config(place, name, port, root):
    """The path of settings, under which root is left or not."""
    text = (
        f'[metadata]\nurl = "http://127.0.0.1:{port}"\npatience = "100ms"\n[apply]\nroot = "{root}"\n'
        f'[paths]\nstate = "{place}/state"\napply = "{place}/apply"\n[modem]\nport = "/dev/nothing"\n'
    )
    (place / name).write_text(text)
    return str(place / name)


def in_a_child(run):
    """The exit code of a function in a process of its own, which may leave root."""
    child = os.fork()
    if child == 0:
        code = os.EX_SOFTWARE
        try:
            signal.alarm(int(PATIENCE_S))
            code = run()
        except SystemExit as end:
            code = end.code
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("command", ["plan", "doctor", "identify", "provision"])
def test_the_service_is_asked_as_the_services_user(place, port, command):
    elsewhere, here = config(place, "elsewhere.toml", 9, place), config(place, "agent.toml", port, "/")

    def run():
        cli.main([command, "--config", elsewhere])  # loads every module: the user may be unable to read this Python
        shutil.rmtree(place / "state", ignore_errors=True)
        (place / "state").mkdir()
        return cli.main([command, "--config", here])

    code = in_a_child(run)
    assert Asked.users == {NOBODY.pw_uid}
    assert code not in {os.EX_OK, os.EX_SOFTWARE}


def test_what_the_child_found_comes_back():
    found = found_without_root(Settings(), lambda: json.dumps([os.getuid(), "値"]), as_json=False)
    assert (json.loads(found), os.getuid()) == ([NOBODY.pw_uid, "値"], 0)


def test_a_failure_of_the_child_is_printed_there_and_ends_the_command(capfd):
    def fail():
        raise Failure(Code.METADATA_UNREACHABLE, "no answer")

    with pytest.raises(SystemExit) as end:
        found_without_root(Settings(), fail, as_json=False)
    assert end.value.code == os.EX_TEMPFAIL
    assert "no answer" in capfd.readouterr().err


def test_no_program_of_the_child_gets_more_rights():
    lines = found_without_root(Settings(), Path("/proc/self/status").read_text, as_json=False).splitlines()
    status = dict(line.split(":\t", 1) for line in lines)
    assert status["NoNewPrivs"] == "1"
    assert {int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")} == {0}


def test_more_than_an_order_can_hold_is_refused():
    with pytest.raises((Failure, SystemExit)):
        found_without_root(Settings(), lambda: "x" * (5 << 20), as_json=False)
