"""The outcome of an apply in each state of its journal."""

import pytest

from agent.apply.journal.ordered import Ordered, Purpose
from agent.apply.journal.outcomes import failure_without_secrets, is_cut_off_scrub, noting, outcome_of, powers, without
from agent.apply.journal.transaction import ApplyProgress, ApplyState
from agent.apply.planning.diff import MASK
from agent.apply.planning.nodes import Absent
from agent.apply.planning.steps import ActionStep, FileStep, Managed
from agent.effects import Power, PowerState, RunCommand, ServiceVerb, Verb
from agent.errors import Code, Failure
from agent.handover.order import Change, Outcome, Ran, Result
from agent.reasons import Cause, DocumentKey, NotDone

KEY = DocumentKey(("write_files", 0))
STEPS = (FileStep("/etc/a", Absent(), Absent(), KEY), ActionStep(ServiceVerb("a.service", Verb.ENABLE), KEY))
FILE, UNIT = Change("removed", "/etc/a", KEY), Change("enabled", "a.service", KEY)
PLANNED, NOTE = (
    Change("left", "/etc/x", Cause.CHANGED_SINCE),
    Change("not undone", "/etc/y", NotDone(Code.APPLY_FAILED, "z")),
)
CAUSE = Failure(Code.APPLY_FAILED, "exit code 1")
RAN = Ran("cat canary-1", -1, 0.1, "canary-1", KEY)


def ordered(**more):
    return Ordered("o", "d", more.pop("recorded", False), STEPS, (PLANNED,), Managed(), **more)


@pytest.mark.parametrize(
    ("state", "result"), [(ApplyState.UNCONFIRMED, Result.UNCONFIRMED), (ApplyState.COMMITTED, Result.COMMITTED)]
)
def test_what_was_applied_is_reported_with_every_step_and_note(state, result):
    assert outcome_of(ordered(), ApplyProgress(state, ran=(RAN,)), (NOTE,)) == Outcome(
        "o", "d", result, (FILE, UNIT, PLANNED, NOTE), ran=(RAN,)
    )


def test_actions_that_were_only_recorded_are_marked_as_such():
    outcome = outcome_of(ordered(recorded=True), ApplyProgress(ApplyState.COMMITTED), ())
    assert (outcome.recorded, [change.what for change in outcome.changes]) == (
        True,
        ["removed", "recorded: enabled", "left"],
    )


@pytest.mark.parametrize(("withdrawn", "result"), [(False, Result.NOT_APPLIED), (True, Result.UNDONE)])
def test_what_was_undone_is_reported_with_its_cause_and_the_actions_that_were_begun(withdrawn, result):
    outcome = outcome_of(ordered(), ApplyProgress(ApplyState.UNDONE, 2, withdrawn, CAUSE), (NOTE,))
    assert (outcome.result, outcome.failure, outcome.changes) == (result, CAUSE, (UNIT, NOTE))
    assert outcome_of(ordered(), ApplyProgress(ApplyState.UNDONE, 1, withdrawn, CAUSE), ()).changes == ()


@pytest.mark.parametrize(("notes", "why"), [((NOTE,), "/etc/y: apply.failed: z"), ((), "the disk refuses the journal")])
def test_an_unfinished_apply_names_its_step_and_its_cause(notes, why):
    outcome = outcome_of(ordered(), ApplyProgress(ApplyState.UNDOING, 0, False, CAUSE), notes)
    assert outcome.failure.code is Code.APPLY_UNSETTLED
    assert outcome.failure.detail == f"{why}; it began with: {CAUSE}"


def test_notes_are_added():
    assert noting(Outcome("o", "d", Result.COMMITTED, (FILE,)), [NOTE]).changes == (FILE, NOTE)


def test_secrets_are_masked_in_commands_and_failures():
    step = ActionStep(RunCommand(("cat",), 1.0), KEY, once=True)
    assert without(RAN, step, frozenset({"canary-1"})) == Ran(f"cat {MASK}", -1, 0.1, MASK, KEY)
    failure = failure_without_secrets(
        Failure(Code.APPLY_FAILED, "canary-1", where="cat canary-1"), frozenset({"canary-1"})
    )
    assert (failure.code, failure.detail, failure.where) == (Code.APPLY_FAILED, MASK, f"cat {MASK}")


def test_of_a_sensitive_command_only_its_end_is_reported():
    step = ActionStep(RunCommand(("cat",), 1.0), KEY, once=True, sensitive=True)
    assert without(RAN, step, frozenset()) == Ran("(sensitive)", -1, 0.1, "", KEY)


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("code", [Code.APPLY_INTERRUPTED, Code.APPLY_FAILED])
def test_only_a_scrub_that_was_interrupted_is_done_once_more(purpose, code):
    progress = ApplyProgress(ApplyState.UNDONE, 0, False, Failure(code, ""))
    expected = purpose is Purpose.SCRUB and code is Code.APPLY_INTERRUPTED
    assert is_cut_off_scrub(ordered(purpose=purpose), progress) is expected
    assert not is_cut_off_scrub(ordered(purpose=purpose), ApplyProgress(ApplyState.COMMITTED))


def test_whether_the_gateway_restarts_in_the_end():
    restart = ActionStep(PowerState(Power.REBOOT, 0.0), KEY)
    assert (powers(ordered()), powers(Ordered("o", "d", False, (restart,), (), Managed()))) == (False, True)
