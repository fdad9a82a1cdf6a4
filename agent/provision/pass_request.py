"""Edge. The request of a person at the device for a pass that starts anew, left in the state directory."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from enum import Enum, unique
from pathlib import Path

from agent.errors import Code, failure_from
from agent.host.durable import owner_of_directory, write_durably
from agent.host.foreign_files import UnfitFile, clear, move_aside, read_bounded
from agent.provision.remembered import Remembered

REQUEST = "reprovision"
MAX_BYTES = 4096


@unique
class PassRequest(Enum):
    """What a person at the device requests of the next pass."""

    RETRY = "retry"
    """To apply a configuration again that failed."""
    ADOPT = "adopt"
    """To apply a configuration again that failed, and to accept SIM and modem as they are."""


def request_pass(directory: Path, request: PassRequest) -> None:
    """Leaves a request for the next pass; raises `state.unwritable`."""
    try:
        write_durably(directory / REQUEST, request.value.encode(), owner=owner_of_directory(directory))
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, directory) from None


def take_pass_request(directory: Path) -> PassRequest | None:
    """The request that was left, which is removed; None where there is none. Raises `state.unwritable`.

    What is no file of the agent is no request, and is moved aside.
    """
    try:
        content = read_bounded(directory / REQUEST, MAX_BYTES)
        clear(directory / REQUEST)
    except FileNotFoundError:
        return None
    except UnfitFile:
        with suppress(OSError):
            move_aside(directory / REQUEST)
        return None
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, directory) from None
    return PassRequest.ADOPT if content.strip() == PassRequest.ADOPT.value.encode() else PassRequest.RETRY


def with_request(remembered: Remembered, request: PassRequest | None) -> Remembered:
    """What is remembered once a request is granted: nothing is given up, and a whole pass follows.

    A request to adopt also ends a hold.
    """
    if request is None:
        return remembered
    held = remembered.held and request is not PassRequest.ADOPT
    return replace(remembered, given_up=None, interruptions=0, failures_in_a_row=0, held=held, seen_record=None)
