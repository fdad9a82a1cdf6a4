"""SIMs that were hinted at, and are looked at again where they are not ready."""

import threading

from waiting import happened

from fleet.hook.hint_queue import HintQueue
from fleet.hook.locking_by_hint import HintResult, LockOutcome


def run_to_the_end(hints, outcomes):
    """Answers the looks at each SIM with its outcomes, in their order; returns the results in their order."""
    text, left = [], {sim: list(turns) for sim, turns in outcomes.items()}
    over = threading.Event()

    def lock(sim):
        return HintResult(sim, left[sim].pop(0))

    def note(one):
        text.append((one.sim_id, one.outcome))
        if not any(left.values()):
            over.set()

    hook = HintQueue(lock, note, threading.Event(), pauses_s=(0.0, 0.0, 0.0))
    for sim in hints:
        hook.hint(sim)
    happened("the last outcome", over)
    hook.stop()
    return text


def test_a_sim_that_is_not_ready_is_looked_at_again():
    turns = [LockOutcome.NOT_YET, LockOutcome.NOT_YET, LockOutcome.LOCKED]
    assert run_to_the_end(["1"], {"1": turns}) == [("1", turn) for turn in turns]


def test_the_number_of_looks_at_a_sim_is_limited():
    assert len(run_to_the_end(["1"], {"1": [LockOutcome.NOT_YET] * 4})) == 4


def test_many_hints_for_one_sim_cause_one_look():
    began, go_on = threading.Event(), threading.Event()
    looked = []

    def lock(sim):
        looked.append(sim)
        began.set()
        happened("the end of the other hints", go_on)
        return HintResult(sim, LockOutcome.LOCKED)

    hook = HintQueue(lock, lambda _: None, threading.Event())
    hook.hint("1")
    happened("the first look", began)
    assert all(hook.hint("1") for _ in range(50))
    go_on.set()
    hook.stop()
    assert looked == ["1"]


def test_a_sim_that_still_waits_when_the_hook_ends_is_noted():
    looked, ending, told = threading.Event(), threading.Event(), []

    def note(result):
        told.append((result.outcome, result.reason))
        looked.set()

    hook = HintQueue(lambda sim: HintResult(sim, LockOutcome.NOT_YET), note, ending, pauses_s=(3600.0,))
    hook.hint("1")
    happened("the first look", looked)
    hook.stop()
    assert ending.is_set()
    assert told[1:] == [(LockOutcome.NOT_YET, "the hook has ended; this finds the SIM: kitting lock --all-ready")]
