"""Story. Looks at one SIM after a hint, and locks it where that is safe."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, unique

from agent.errors import Code, Failure
from fleet.bench.lock_rules import is_left_unproved
from fleet.bench.locking import REAL_CLOCK, Clock, lock_sim
from fleet.bench.plan_status import expectations_of
from fleet.bench.stage import row_of
from fleet.bench.time_limits import BACK_WITHIN_S
from fleet.plan.plan import Plan
from fleet.plan.plan_on_platform import groups_of_plan, ids_of, is_sim_of_plan
from fleet.platform.api import Api
from fleet.platform.calls import sim_calls


@unique
class LockOutcome(Enum):
    """The result of a hint."""

    LOCKED = "locked"
    ALREADY = "already locked"
    NOT_YET = "not ready yet"
    """The SIM has to be looked at again."""
    REFUSED = "refused"
    """A person has to check the SIM."""
    NOT_OURS = "not of this plan"


@dataclass(frozen=True, slots=True)
class HintResult:
    """An outcome, and the reason for it."""

    sim_id: str
    outcome: LockOutcome
    reason: str = ""


def lock_by_hint(
    api: Api, plan: Plan, sim_id: str, *, back_within_s: float = BACK_WITHIN_S, clock: Clock = REAL_CLOCK
) -> HintResult:
    """Locks the SIM where that is safe; where the platform cannot be asked, the SIM has to be looked at again."""
    needs_attention = False
    try:
        group_ids = ids_of(groups_of_plan(api, plan))
        sim = sim_calls.one_sim(api, sim_id)
        if group_ids.before is None or sim.group_id != group_ids.before or not is_sim_of_plan(api, plan, sim):
            return HintResult(sim_id, LockOutcome.NOT_OURS)
        expectations = expectations_of(plan, group_ids, (sim,))
        row = row_of(sim, expectations, clock.now())
        if is_left_unproved(row):  # another desk may be proving this lock: only `kitting lock` removes it
            return HintResult(sim_id, LockOutcome.NOT_YET, "the lock is not proven, and cannot be proven now")
        needs_attention = row.needs_attention
        locked = lock_sim(api, sim_id, expectations, back_within_s=back_within_s, clock=clock, by="hook")
    except Failure as failure:
        return HintResult(sim_id, _outcome_of(failure, needs_attention=needs_attention), str(failure))
    return HintResult(sim_id, LockOutcome.ALREADY if locked.already else LockOutcome.LOCKED)


def _outcome_of(failure: Failure, *, needs_attention: bool) -> LockOutcome:
    if failure.code is Code.PLATFORM_NO_SUCH:
        return LockOutcome.NOT_OURS
    if failure.code is Code.LOCK_REFUSED and needs_attention:
        return LockOutcome.REFUSED
    return LockOutcome.NOT_YET
