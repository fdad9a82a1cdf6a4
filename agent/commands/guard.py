"""Entry point. `guard`: the metadata service is closed to the other users of this gateway, or opened."""

from __future__ import annotations

import argparse
import os
import pwd

from agent.commands.message_list import print_messages
from agent.errors import Code, Failure
from agent.settings import Settings
from agent.upkeep import endpoint
from agent.upkeep.endpoint_table import TABLE

AGENT_USER = "kitting-agent"


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Closes or opens the endpoint, as the settings say."""
    if os.geteuid() != 0:
        raise Failure(Code.USAGE, "only root may change the firewall", advice="Run it with sudo.")
    if settings.endpoint.close:
        endpoint.close(settings.metadata.url, _user_ids())
        message = f"closed to all but root and {AGENT_USER}: table inet {TABLE}"
    else:
        endpoint.open_again()
        message = "open: [endpoint] close is false"
    print_messages(arguments, [message])
    return os.EX_OK


def _user_ids() -> tuple[int, ...]:
    """The user id of the agent; none where there is no such user."""
    try:
        return (pwd.getpwnam(AGENT_USER).pw_uid,)
    except KeyError:
        return ()
