"""Entry point. `prove`: reaches the service as a process that starts now, for an apply that waits to be kept."""

from __future__ import annotations

import argparse
import os

from agent.commands.message_list import print_messages
from agent.errors import Code, Failure
from agent.host.leaving_root import leave_root
from agent.provision.edges import ProofRequest, Proven
from agent.provision.proof_files import asked_proof, clear_request, place_answer, place_of
from agent.settings import Settings


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Answers the request that a pass has placed; 0 also where the service was not reached, as the answer says."""
    leave_root(settings)
    place = place_of(settings)
    try:
        asked = asked_proof(place)
    except Failure:
        clear_request(place)  # systemd starts this program as long as the request is there
        raise
    if asked is None:
        print_messages(arguments, ["Nothing to prove: no apply waits."])
        return os.EX_OK
    proven = _proven(settings, asked.request)
    place_answer(place, asked.request_id, proven)
    print_messages(arguments, [str(proven.failure) if proven.failure else "The metadata service was reached."])
    return os.EX_OK


def _proven(settings: Settings, request: ProofRequest) -> Proven:
    try:
        import serial  # noqa: F401 (without it the next pass reads no modem)
        import yaml  # noqa: F401 (without it the next pass reads no document)

        import agent.commands.provision
        import agent.provision.provisioning  # noqa: F401 (what the next pass is made of)
        from agent.metadata.subscriber_service import MetadataService
        from agent.provision.proving import prove
        from agent.resident.pauses import write_down_proof
    except ImportError as error:
        return Proven(failure=Failure(Code.APPLY_UNCONFIRMED, f"the agent cannot start any more: {error}"))
    with MetadataService(settings.metadata) as service:
        proven = prove(service, request)
        write_down_proof(settings, service)
    return proven
