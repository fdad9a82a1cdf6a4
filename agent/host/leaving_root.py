"""Edge. Gives up root before bytes of the network are parsed."""

from __future__ import annotations

import ctypes
import os
import pwd
from contextlib import suppress
from pathlib import Path

from agent.settings import AppliedBy, Settings

SERVICE_USER = "kitting-agent"
SYSTEMD_RUNS = Path("/run/systemd/system")
"""This directory exists where systemd is the init of this machine (sd_booted(3))."""
_NO_NEW_PRIVS = 38
"""PR_SET_NO_NEW_PRIVS (linux/prctl.h): no program that this process starts gets more rights than it has."""


def leaves_root(settings: Settings) -> bool:
    """Whether `leave_root` would change the user of this process."""
    return _service_user(settings) is not None


def leave_root(settings: Settings) -> None:
    """Continues what was started with sudo as the service's user, so that root parses no byte of the network.

    Only where the root half is a service: systemd runs, and the running system is configured. A state directory that
    root has just made is given to the user first.
    """
    user = _service_user(settings)
    if user is None:
        return
    with suppress(FileNotFoundError):
        if settings.paths.state.lstat().st_uid == 0:
            os.chown(settings.paths.state, user.pw_uid, user.pw_gid, follow_symlinks=False)
    os.initgroups(user.pw_name, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    ctypes.CDLL(None).prctl(_NO_NEW_PRIVS, 1, 0, 0, 0)


def _service_user(settings: Settings) -> pwd.struct_passwd | None:
    by_service = settings.apply.by is not AppliedBy.PROCESS and settings.apply.root == Path("/")
    if os.geteuid() != 0 or not by_service or not SYSTEMD_RUNS.is_dir():
        return None
    try:
        return pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return None
