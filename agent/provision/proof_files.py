"""Edge. The proof of a fresh process: its request and its answer as files, and the two ways to start it.

    proof.json    the request; kitting-proof.path starts kitting-proof.service while it is there
    proven.json   the answer to the request whose id it names

Both are in the network half's directory that a boot empties (in its state directory where there is none): what was
asked before a power cut is not proven after it. Every process that reads or writes them runs as the same user.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from agent.errors import Code, Failure, failure_from
from agent.frozen import frozen
from agent.handover.json_members import Members
from agent.host.durable import owner_of_directory, write_durably
from agent.host.foreign_files import clear, read_bounded
from agent.provision.edges import ProofRequest, Proven
from agent.provision.state_file import volatile_of
from agent.settings import Settings

REQUEST = "proof.json"
ANSWER = "proven.json"
START_S = 30.0
"""Seconds beyond those of the request in which the process has to start and to answer; a slow board needs ten."""
_MAX_BYTES = 256 * 1024
_LOOK_S = 0.05
_VERSION = 1


@frozen
class AskedProof:
    """A request that was placed."""

    request_id: str
    request: ProofRequest


@frozen
class ByUnit:
    """Has systemd start the process, with the settings of the agent's own unit."""

    place: Path
    """The directory that kitting-proof.path watches."""
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def prove(self, request: ProofRequest) -> Proven:
        """What kitting-proof.service found; a failure where it gives no answer."""
        asked = _placed(self.place, request)
        limit_s = request.within_s + START_S
        until = self.clock() + limit_s
        try:
            while (proven := _answer_to(asked, self.place)) is None and self.clock() < until:
                self.sleep(_LOOK_S)
        finally:
            clear_request(self.place)
        why = f"kitting-proof.service gave no answer within {limit_s:.0f} s; see systemctl status kitting-proof.service"
        return proven or _not_proven(why)


@frozen
class ByProcess:
    """Starts the process itself, where no systemd has the agent's units."""

    place: Path
    words: Sequence[str]
    """The command line of the process."""
    environment: Mapping[str, str]

    def prove(self, request: ProofRequest) -> Proven:
        """What the process found; a failure where it gives no answer."""
        from agent.host import programs  # loads subprocess, which no other part of a pass needs

        asked = _placed(self.place, request)
        limit_s = request.within_s + START_S
        try:
            end = programs.run(self.words, limit_s=limit_s, environment=self.environment, joined=True)
            why = f"exit code {end.code}: {end.output.decode(errors='replace').strip()}"
        except OSError as error:  # it could not be started, or did not end in time
            why = str(error)
        finally:
            clear_request(self.place)
        return _answer_to(asked, self.place) or _not_proven(f"a fresh process gave no answer: {why}")


def place_of(settings: Settings) -> Path:
    """The directory of request and answer."""
    return volatile_of(settings) or settings.paths.state


def asked_proof(place: Path) -> AskedProof | None:
    """The request that was placed, or None; raises `order.invalid` for one that is damaged."""
    members = _members(place / REQUEST, "proof")
    if members is None:
        return None
    tags, within_s = members.mapping("tags"), members.any("within_s")
    if not all(isinstance(value, str) for value in tags.values()):
        raise members.wrong("tags")
    if type(within_s) not in {int, float}:
        raise members.wrong("within_s")
    return AskedProof(members.name("id"), ProofRequest(dict(tags), float(str(within_s))))


def place_answer(place: Path, request_id: str, proven: Proven) -> None:
    """Places the answer, then removes the request, so that the process is not started again for it."""
    failure = [proven.failure.code.text, proven.failure.detail, proven.failure.where] if proven.failure else None
    _place(place / ANSWER, {"id": request_id, "reported": proven.reported, "failure": failure})
    clear_request(place)


def clear_request(place: Path) -> None:
    """Removes the request."""
    clear(place / REQUEST)


def _placed(place: Path, request: ProofRequest) -> AskedProof:
    asked = AskedProof(os.urandom(16).hex(), request)
    _place(place / REQUEST, {"id": asked.request_id, "tags": dict(request.tags), "within_s": request.within_s})
    return asked


def _answer_to(asked: AskedProof, place: Path) -> Proven | None:
    """The answer to this request; None as long as there is none."""
    try:
        members = _members(place / ANSWER, "proof")
        if members is None or members.name("id") != asked.request_id:
            return None
        return Proven(members.flag("reported"), members.failure("failure"))
    except Failure:
        return None


def _not_proven(why: str) -> Proven:
    return Proven(failure=Failure(Code.APPLY_UNCONFIRMED, why))


def _place(path: Path, values: Mapping[str, object]) -> None:
    text = json.dumps({"version": _VERSION, **values}, ensure_ascii=False)
    try:
        write_durably(path, text.encode("utf-8", "replace"), 0o600, owner_of_directory(path.parent))
    except OSError as error:
        raise failure_from(error, Code.STATE_UNWRITABLE, path) from None


def _members(path: Path, what: str) -> Members | None:
    try:
        return Members.parse(read_bounded(path, _MAX_BYTES).decode(), what, (_VERSION,))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise Failure(Code.ORDER_INVALID, str(error), where=str(path)) from None
