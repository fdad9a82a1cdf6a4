"""A pass that root started goes on as the user of the service, where the root half is a service."""

import os
import pwd
from dataclasses import replace
from pathlib import Path

import pytest

from agent.host import leaving_root
from agent.settings import AppliedBy, ApplySettings, Settings

NOBODY = pwd.getpwnam("nobody")
SERVICE = Settings()
ELSEWHERE = replace(SERVICE, apply=ApplySettings(root=Path("/mnt/image")))
IN_PROCESS = replace(SERVICE, apply=ApplySettings(by=AppliedBy.PROCESS))

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave root")


@pytest.fixture
def systemd(monkeypatch, tmp_path):
    """A machine with systemd, on which the user of the service exists."""
    monkeypatch.setattr(leaving_root, "SYSTEMD_RUNS", tmp_path)
    monkeypatch.setattr(leaving_root, "SERVICE_USER", "nobody")


def ids_after(settings):
    """User and group ids of a child process after `leave_root`, and the user ids to which it can return."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            leaving_root.leave_root(settings)
            os.write(writing, repr((os.getresuid(), os.getresgid(), os.getgroups())).encode())
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        found = file.read().decode()
    os.waitpid(child, 0)
    return found


@pytest.mark.usefixtures("systemd")
def test_root_is_left_for_good_with_all_its_groups():
    users, groups = (NOBODY.pw_uid,) * 3, (NOBODY.pw_gid,) * 3
    assert ids_after(SERVICE) == repr((users, groups, os.getgrouplist("nobody", NOBODY.pw_gid)))


@pytest.mark.usefixtures("systemd")
@pytest.mark.parametrize("settings", [ELSEWHERE, IN_PROCESS])
def test_root_stays_where_the_pass_itself_applies(settings):
    assert ids_after(settings).startswith("((0, 0, 0), (0, 0, 0)")


@pytest.mark.parametrize(("name", "value"), [("SYSTEMD_RUNS", Path("/nowhere")), ("SERVICE_USER", "no-such-user")])
@pytest.mark.usefixtures("systemd")
def test_root_stays_without_systemd_or_without_the_user_of_the_service(monkeypatch, name, value):
    monkeypatch.setattr(leaving_root, name, value)
    assert ids_after(SERVICE).startswith("((0, 0, 0), (0, 0, 0)")
