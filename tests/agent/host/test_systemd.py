"""The messages to systemd and to the journal."""

import os
import socket
import subprocess
import sys
import threading

import pytest
from waiting import PATIENCE_S, joined

from agent.host import systemd
from agent.host.systemd import log_to_journal, tell_manager, wait_for_manager, watchdog_interval_s


@pytest.fixture
def manager(tmp_path, monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(PATIENCE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def test_the_manager_hears_all_assignments_in_one_message(manager):
    assert tell_manager("READY=1", "STATUS=starting")
    assert manager.recv(4096) == b"READY=1\nSTATUS=starting"


def test_an_abstract_address_is_understood(monkeypatch):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0kitting-test-{os.getpid()}")
        listening.settimeout(PATIENCE_S)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@kitting-test-{os.getpid()}")
        assert tell_manager("WATCHDOG=1")
        assert listening.recv(4096) == b"WATCHDOG=1"


@pytest.mark.parametrize("address", ["", "/nowhere/notify"])
def test_without_a_manager_nothing_happens(monkeypatch, address):
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not tell_manager("READY=1")


def test_a_message_is_waited_for_until_the_manager_has_dealt_with_it(manager):
    tell_manager("STATUS=provisioned")
    heard = []

    def deal():
        heard.append(manager.recv(4096))
        word, descriptors, _, _ = socket.recv_fds(manager, 4096, 1)
        heard.append(word)
        os.close(descriptors[0])

    dealing = threading.Thread(target=deal)
    dealing.start()
    assert wait_for_manager(PATIENCE_S)
    assert heard == [b"STATUS=provisioned", b"BARRIER=1"]
    joined(dealing)


def test_a_manager_that_does_not_deal_with_it_is_not_waited_for_for_long(manager):
    assert not wait_for_manager(0.01)
    assert manager


@pytest.mark.parametrize("address", ["", "/nowhere/notify"])
def test_without_a_manager_there_is_no_wait(monkeypatch, address):
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert not wait_for_manager()


@pytest.mark.parametrize(
    ("microseconds", "pid", "seconds"),
    [("3000000", None, 3.0), ("3000000", "self", 3.0), ("3000000", "1", None), ("0", None, None), ("x", None, None)],
)
def test_the_watchdog_is_meant_for_one_process(monkeypatch, microseconds, pid, seconds):
    monkeypatch.setenv("WATCHDOG_USEC", microseconds)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    if pid:
        monkeypatch.setenv("WATCHDOG_PID", str(os.getpid()) if pid == "self" else pid)
    assert watchdog_interval_s() == seconds


def test_standard_error_is_the_journal_only_if_systemd_confirms_it_of_this_very_file(tmp_path):
    code = "import agent.host.systemd, sys; sys.exit(agent.host.systemd.standard_error_is_journal())"
    with (tmp_path / "log").open("w") as log:
        there = os.fstat(log.fileno())
        for stream, expected in ((f"{there.st_dev}:{there.st_ino}", 1), ("1:1", 0), ("", 0), ("garbage", 0)):
            environment = {**os.environ, "JOURNAL_STREAM": stream}
            done = subprocess.run([sys.executable, "-c", code], env=environment, stderr=log, check=False)
            assert done.returncode == expected


def test_an_entry_goes_to_the_journal_with_all_its_fields(tmp_path, monkeypatch):
    monkeypatch.setattr(systemd, "JOURNAL", str(tmp_path / "journal"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as journal:
        journal.bind(systemd.JOURNAL)
        journal.settimeout(PATIENCE_S)
        log_to_journal("done", 6, {"STATE": "provisioned", "TRACEBACK": "one\ntwo"})
        assert journal.recv(4096) == (
            b"MESSAGE=done\nPRIORITY=6\nSYSLOG_IDENTIFIER=kitting-agent\nSTATE=provisioned\n"
            b"TRACEBACK\n\7\0\0\0\0\0\0\0one\ntwo\n"
        )


def test_without_the_journals_socket_and_systemds_library_standard_error_takes_an_entry_to_the_journal(tmp_path):
    hidden = "import sys; sys.modules['systemd'] = None; from agent.host import systemd; systemd.JOURNAL = '/nowhere'"
    code = f"{hidden}; systemd.log_to_journal('x', 4, {{}})"
    output = []
    for stream in ("here", "elsewhere"):
        with (tmp_path / stream).open("w+") as log:
            there = os.fstat(log.fileno())
            named = f"{there.st_dev}:{there.st_ino}" if stream == "here" else "1:1"
            subprocess.run(
                [sys.executable, "-c", code], env=os.environ | {"JOURNAL_STREAM": named}, stderr=log, check=True
            )
        output.append((tmp_path / stream).read_text())
    assert output == ["<4>x\n", ""]
