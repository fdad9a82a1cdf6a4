"""Story. What a fresh process does after an apply: it sends the report, or asks the smallest question."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Protocol

from agent.errors import Failure
from agent.provision.edges import ProofRequest, Proven


class ReachableService(Protocol):
    """The metadata service, as a proof uses it; every method raises `Failure`."""

    def put_tags_anew(self, tags: Mapping[str, str]) -> None:
        """Adds or replaces these tags in one request over a new connection: proof that the service can be reached."""

    def answers_anew(self, within_s: float) -> None:
        """Returns once a new connection was answered; raises when none was answered in time."""


def prove(service: ReachableService, request: ProofRequest) -> Proven:
    """Whether the service can be reached: proven by the report, else by a request over a new connection."""
    if request.tags:
        with suppress(Failure):
            service.put_tags_anew(request.tags)
            return Proven(reported=True)
    try:
        service.answers_anew(request.within_s)
    except Failure as failure:
        return Proven(failure=failure)
    return Proven()
