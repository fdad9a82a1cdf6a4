"""The package is updated on a gateway: what the version before left open, managed or kept is taken up by this one."""

from effects_gateway import CANARY, file
from version_1_records import turn_into_version_1

from agent.apply.applying import apply_effects, confirm, roll_back, scrub, undo
from agent.apply.settling import settle
from agent.errors import Code, Failure
from agent.handover.files import read_outcome
from agent.handover.order import Result, RollBack, Scrub
from agent.reasons import EarlierText

FIRST = [file("/etc/a"), file("/etc/n/e/w"), file("/etc/theirs.conf", b"one\n")]
SECOND = [file("/etc/a", b"two\n"), file("/etc/theirs.conf", b"two\n")]


def updated(gateway):
    turn_into_version_1(gateway.place / "state/apply")


def applied(gateway, wanted):
    outcome = apply_effects(gateway.order(), lambda: wanted, gateway.context())
    assert outcome.result is Result.UNCONFIRMED


def test_what_is_managed_is_taken_back_when_nothing_names_it_any_more(gateway):
    pristine = gateway.tree
    gateway.becomes(FIRST)
    updated(gateway)
    assert gateway.becomes([]).result is Result.COMMITTED
    assert gateway.tree == pristine


def test_an_unchanged_document_stays_applied(gateway):
    gateway.becomes(FIRST)
    before = gateway.tree
    updated(gateway)
    assert (gateway.becomes(FIRST).changes, gateway.tree) == ((), before)


def test_an_order_that_waits_is_confirmed_and_can_be_gone_back_from(gateway):
    gateway.becomes(FIRST)
    before = gateway.tree
    applied(gateway, SECOND)
    after = gateway.tree
    updated(gateway)
    assert settle(gateway.context()).result is Result.UNCONFIRMED
    assert (confirm(gateway.context()).result, gateway.tree) == (Result.COMMITTED, after)
    assert roll_back(gateway.order(RollBack), gateway.context()).result is Result.COMMITTED
    assert gateway.tree == before


def test_an_order_that_waits_can_be_undone(gateway):
    gateway.becomes(FIRST)
    before = gateway.tree
    applied(gateway, SECOND)
    updated(gateway)
    assert undo(gateway.context(), Failure(Code.APPLY_UNCONFIRMED, "no answer")).result is Result.UNDONE
    assert gateway.tree == before


def test_a_generation_can_be_gone_back_from(gateway):
    gateway.becomes(FIRST)
    before = gateway.tree
    gateway.becomes(SECOND)
    updated(gateway)
    assert roll_back(gateway.order(RollBack), gateway.context()).result is Result.COMMITTED
    assert gateway.tree == before


def test_the_outcome_is_read_with_its_reasons_as_texts(gateway):
    gateway.becomes(FIRST)
    updated(gateway)
    outcome = read_outcome(gateway.context().own)
    assert outcome.result is Result.COMMITTED
    assert EarlierText("write_files[0]") in [change.because for change in outcome.changes]


def test_an_order_that_was_cut_off_anywhere_is_ended(gateway):
    gateway.becomes(FIRST)
    before = gateway.tree
    results = set()
    for case in gateway.cut_off_anywhere(lambda it: apply_effects(gateway.order(), lambda: SECOND, it)):
        updated(gateway)
        outcome = settle(gateway.context())
        results.add(outcome and outcome.result)
        if outcome and outcome.result is Result.UNCONFIRMED:
            undo(gateway.context(), Failure(Code.APPLY_UNCONFIRMED, "no answer"))
        assert gateway.tree == before, case
    assert results == {None, Result.NOT_APPLIED, Result.UNCONFIRMED}


def test_a_scrub_that_was_cut_off_anywhere_is_ended(gateway):
    gateway.becomes([file("/etc/token", CANARY, sensitive=True), file("/etc/plain")])
    for case in gateway.cut_off_anywhere(lambda it: scrub(gateway.order(Scrub), it)):
        updated(gateway)
        outcome = settle(gateway.context())
        assert outcome is None or outcome.result is Result.COMMITTED, case
        assert outcome is None or not (gateway.root / "etc/token").exists(), case
