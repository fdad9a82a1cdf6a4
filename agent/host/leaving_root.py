"""Edge. Gives up root before bytes of the network are parsed."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from agent.settings import AppliedBy, Settings

SERVICE_USER = "kitting-agent"
SYSTEMD_RUNS = Path("/run/systemd/system")
"""This directory exists where systemd is the init of this machine (sd_booted(3))."""


def leave_root(settings: Settings) -> None:
    """Continues a pass that was started with sudo as the service's user, so that root parses no byte of the network.

    Only where the root half is a service: systemd runs, and the running system is configured.
    """
    by_service = settings.apply.by is not AppliedBy.PROCESS and settings.apply.root == Path("/")
    if os.geteuid() != 0 or not by_service or not SYSTEMD_RUNS.is_dir():
        return
    try:
        user = pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return
    os.initgroups(SERVICE_USER, user.pw_gid)
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
