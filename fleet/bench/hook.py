"""Story: kitting without a desk. The platform hints that a SIM came to life; the hook goes and looks, and locks.

    lambda_handler                  as an AWS Lambda function, called by InvokeAWSLambdaAction
    kitting hook PLAN --listen …    as a small web service, called by ExecuteWebRequestAction

The platform signs nothing and repeats nothing, so what arrives is believed in nothing but that it may be worth to look:
events that are forged, late, doubled or out of order change nothing that a look would not have changed.
"""

from __future__ import annotations

import json
import os
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum, unique
from pathlib import Path
from typing import Any

from agent.errors import Code, Failure
from agent.frozen import frozen
from fleet.bench.locking import BACK_WITHIN_S, lock
from fleet.bench.stage import row_of
from fleet.bench.watching import expectations_of
from fleet.commands.console import read_plan
from fleet.plan.plan import Plan
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls
from fleet.platform.credentials import AccessOptions
from fleet.platform.profile import profile_of

MAX_BYTES = 4096
MOST_WAITING = 10_000
"""SIMs that may wait to be looked at; hints beyond are dropped, since `kitting lock --all-ready` finds them."""
PAUSES_S = (5.0, 10.0, 20.0, 30.0, 60.0, 60.0, 120.0, 180.0, 300.0)
"""Between looks at a SIM whose device is not provisioned yet."""


@unique
class Outcome(Enum):
    """What became of a hint."""

    LOCKED = "locked"
    ALREADY = "already locked"
    NOT_YET = "not ready yet"
    """Worth another look."""
    REFUSED = "refused"
    """A person has to look."""
    NOT_OURS = "not of this plan"


@frozen
class Told:
    """An outcome, and why."""

    sim_id: str
    outcome: Outcome
    why: str = ""


def hinted_sim(event: object) -> str | None:
    """The SIM id that an event names: `sim`, `simId`, or a Lambda parameter; None where it names none."""
    if isinstance(event, (bytes, str)):
        try:
            event = json.loads(event[:MAX_BYTES])
        except (ValueError, RecursionError):
            return None
    if not isinstance(event, dict):
        return None
    named = [event.get(name) for name in ("sim", "simId", *(f"parameter{number}" for number in range(1, 6)))]
    return next((one for one in named if isinstance(one, str) and re.fullmatch(r"[0-9]{10,22}", one)), None)


def deal_with(api: Api, plan: Plan, sim_id: str, *, back_within_s: float = BACK_WITHIN_S) -> Told:
    """Looks at the SIM, and locks it where it may be; what cannot be asked is worth another look."""
    needs_a_hand = False
    try:
        found = expectations_of(api, plan)
        sim = sim_calls.one_sim(api, sim_id)
        if found.before is None or sim.group_id != found.before:
            return Told(sim_id, Outcome.NOT_OURS)
        expectations = found.of((sim,))
        needs_a_hand = row_of(sim, expectations, datetime.now(UTC)).needs_a_hand
        locked = lock(api, sim_id, expectations, back_within_s=back_within_s)
    except Failure as failure:
        if failure.code is Code.PLATFORM_NO_SUCH:
            return Told(sim_id, Outcome.NOT_OURS, failure.detail)
        waits = failure.code is not Code.LOCK_REFUSED or not needs_a_hand
        return Told(sim_id, Outcome.NOT_YET if waits else Outcome.REFUSED, str(failure))
    return Told(sim_id, Outcome.ALREADY if locked.already else Outcome.LOCKED)


class Hook:
    """Takes hints and deals with them in threads of its own, each SIM once at a time."""

    def __init__(
        self,
        deal: Callable[[str], Told],
        note: Callable[[Told], None],
        *,
        pauses_s: tuple[float, ...] = PAUSES_S,
        workers: int = 4,
    ) -> None:
        self._deal, self._note, self._pauses_s = deal, note, pauses_s
        self._waiting: queue.PriorityQueue[tuple[float, int, str, int]] = queue.PriorityQueue()
        self._known: set[str] = set()
        self._guard = threading.Lock()
        self._number = 0
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(workers)]
        for thread in self._threads:
            thread.start()

    def hint(self, sim_id: str) -> bool:
        """Takes a hint; False where there are too many. One for a SIM that is being looked at says nothing new."""
        with self._guard:
            if sim_id in self._known:
                return True
            if len(self._known) >= MOST_WAITING:
                return False
            self._known.add(sim_id)
        self._put(sim_id, 0, 0.0)
        return True

    def stop(self) -> None:
        """Ends; a lock that is being proven is proven, or taken off."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _put(self, sim_id: str, turn: int, pause_s: float) -> None:
        with self._guard:
            self._number += 1
            number = self._number
        self._waiting.put((time.monotonic() + pause_s, number, sim_id, turn))

    def _work(self) -> None:
        while not self._over.is_set():
            try:
                due, number, sim_id, turn = self._waiting.get(timeout=0.2)
            except queue.Empty:
                continue
            if (left_s := due - time.monotonic()) > 0:
                self._waiting.put((due, number, sim_id, turn))
                self._over.wait(min(left_s, 0.2))
                continue
            self._look(sim_id, turn)

    def _look(self, sim_id: str, turn: int) -> None:
        told = self._deal(sim_id)
        self._note(told)
        if told.outcome is Outcome.NOT_YET and turn < len(self._pauses_s):
            self._put(sim_id, turn + 1, self._pauses_s[turn])
            return
        with self._guard:
            self._known.discard(sim_id)


def lambda_handler(event: object, context: object) -> Mapping[str, Any]:
    """As AWS Lambda calls it: with the plan in KITTING_PLAN, and SORACOM_AUTH_KEY_ID and SORACOM_AUTH_KEY set.

    Looks again as long as the function may run (`context.get_remaining_time_in_millis`), and never longer.
    """
    sim_id = hinted_sim(event)
    if sim_id is None:
        return {"outcome": "no SIM is named"}
    plan = read_plan(Path(os.environ.get("KITTING_PLAN", "plan.yaml")))
    told = Told(sim_id, Outcome.NOT_YET)
    with Api(profile_of(AccessOptions(), os.environ, Path.home())) as api:
        for pause_s in (*PAUSES_S, 0.0):
            told = deal_with(api, plan, sim_id, back_within_s=max(10.0, min(BACK_WITHIN_S, _left_s(context) - 20)))
            if told.outcome is not Outcome.NOT_YET or _left_s(context) < pause_s + 30:
                break
            time.sleep(pause_s)
    return {"sim": sim_id, "outcome": told.outcome.value, "why": told.why}


def _left_s(context: object) -> float:
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return remaining() / 1000 if callable(remaining) else 0.0
