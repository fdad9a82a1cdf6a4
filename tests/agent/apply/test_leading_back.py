"""Back to the generation before, and away from everything sensitive."""

import os
import shutil
from contextlib import suppress
from dataclasses import replace

import pytest
from effects_gateway import CANARY, KEY, Actions, file
from faulty_disk import FAULTS, FaultyDisk, Killed, copy_tree

from agent.apply.applying import roll_back, scrub
from agent.apply.settling import settle
from agent.effects import MakeDirectory, ServiceVerb, Verb, WantedEffect
from agent.errors import Code, Failure
from agent.handover.order import Result, RollBack, Scrub
from agent.reasons import DocumentKey

RESTART = ServiceVerb("app.service", Verb.RESTART)


def test_a_second_rollback_is_refused(gateway):
    gateway.becomes([file("/etc/a")])
    assert roll_back(gateway.order(RollBack), gateway.context()).result is Result.COMMITTED
    again = roll_back(gateway.order(RollBack), gateway.context())
    assert (again.result, again.failure.code) == (Result.NOT_APPLIED, Code.ORDER_INVALID)


def test_going_back_leaves_what_another_program_changed_since(gateway):
    gateway.becomes([file("/etc/a"), file("/etc/b")])
    (gateway.root / "etc/a").write_text("theirs now\n")
    outcome = roll_back(gateway.order(RollBack), gateway.context())
    assert [(change.what, change.where) for change in outcome.changes] == [("removed", "/etc/b"), ("left", "/etc/a")]
    assert (gateway.root / "etc/a").read_text() == "theirs now\n"


def test_every_operation_of_going_back_may_be_the_last(gateway):
    gateway.becomes([file("/etc/a"), file("/etc/theirs.conf", b"one\n")])
    before = gateway.tree
    gateway.becomes([file("/etc/theirs.conf", b"two\n"), file("/etc/n/e/w")])
    after = gateway.tree
    saved = gateway.place.with_name("saved")
    copy_tree(gateway.place, saved)

    def anew(disk):
        shutil.rmtree(gateway.place)
        copy_tree(saved, gateway.place)
        return roll_back(gateway.order(RollBack), gateway.context(disk))

    clean = FaultyDisk()
    anew(clean)
    assert gateway.tree == before
    for number in range(len(clean.changes)):
        for fault in FAULTS:
            with suppress(Killed, Failure):
                anew(FaultyDisk(number, fault))
            settle(gateway.context())
            assert gateway.tree in (before, after), (number, fault)


def test_what_is_sensitive_is_removed_with_its_copies_and_the_way_back_to_it(gateway):
    secret = file("/etc/app/token", CANARY, 0o600, sensitive=True)
    gateway.becomes([secret, file("/etc/plain")])
    gateway.becomes([replace(secret, effect=replace(secret.effect, content=CANARY * 2)), file("/etc/plain")])
    assert CANARY in gateway.records
    outcome = scrub(gateway.order(Scrub), gateway.context())
    assert (outcome.result, [change.where for change in outcome.changes]) == (Result.COMMITTED, ["/etc/app/token"])
    assert not (gateway.root / "etc/app/token").exists()
    assert (gateway.root / "etc/plain").exists()
    assert CANARY not in gateway.records
    assert roll_back(gateway.order(RollBack), gateway.context()).failure.code is Code.ORDER_INVALID


def test_to_scrub_removes_even_what_another_program_changed_since(gateway):
    gateway.becomes([file("/etc/token", CANARY, 0o600, sensitive=True)])
    (gateway.root / "etc/token").write_bytes(CANARY + b"more\n")
    scrub(gateway.order(Scrub), gateway.context())
    assert not (gateway.root / "etc/token").exists()


def test_keys_go_first(gateway):
    wanted = [file(path, CANARY, 0o600, sensitive=True) for path in ("/etc/app/deep/a", "/etc/ssh.key", "/etc/b")]
    gateway.becomes([replace(item, because=DocumentKey(("write_files", n))) for n, item in enumerate(wanted)])
    outcome = scrub(gateway.order(Scrub), gateway.context())
    assert [change.where for change in outcome.changes] == ["/etc/ssh.key", "/etc/app/deep/a", "/etc/b"]


def test_a_second_scrub_has_nothing_to_do(gateway):
    gateway.becomes([file("/etc/token", CANARY, sensitive=True)])
    scrub(gateway.order(Scrub), gateway.context())
    again = scrub(gateway.order(Scrub), gateway.context())
    assert (again.result, again.changes) == (Result.COMMITTED, ())


@pytest.mark.parametrize("kind", [RollBack, Scrub])
def test_a_unit_that_does_not_come_up_does_not_bring_back_what_has_to_go(gateway, kind):
    gateway.becomes([file("/etc/token", CANARY, sensitive=True, then=(RESTART,))])
    gateway.actor = Actions(failing={"redo"})
    outcome = {RollBack: roll_back, Scrub: scrub}[kind](gateway.order(kind), gateway.context())
    assert outcome.result is Result.COMMITTED
    assert "not done" in [change.what for change in outcome.changes]
    assert not (gateway.root / "etc/token").exists()


def test_a_way_back_needs_no_confirmation_even_after_a_power_cut(gateway):
    gateway.becomes([file("/etc/a")])
    for outcome, case in gateway.ended_anywhere(lambda it: roll_back(gateway.order(RollBack), it)):
        assert outcome is None or outcome.result is not Result.UNCONFIRMED, case


def test_what_is_gone_from_the_gateway_is_gone_from_the_kept_copies_wherever_it_was_cut_off(gateway):
    gateway.becomes([file("/etc/token", CANARY, sensitive=True)])
    gateway.becomes([file("/etc/token", CANARY * 2, sensitive=True)])
    for _, case in gateway.ended_anywhere(lambda it: scrub(gateway.order(Scrub), it)):
        if not (gateway.root / "etc/token").exists():
            assert CANARY not in gateway.records, case


def test_a_scrub_that_was_begun_is_ended_wherever_it_was_cut_off(gateway):
    gateway.becomes([file("/etc/t1", CANARY, sensitive=True), file("/etc/t2", CANARY, sensitive=True)])
    for outcome, case in gateway.ended_anywhere(lambda it: scrub(gateway.order(Scrub), it)):
        there = [(gateway.root / path).exists() for path in ("etc/t1", "etc/t2")]
        assert there in ([False, False], [True, True]), case
        assert outcome is None or (outcome.result, there[0]) == (Result.COMMITTED, False), case


@pytest.mark.parametrize("theirs", ["a directory with something in it", "a pipe"])
def test_what_is_in_the_way_of_one_secret_does_not_keep_the_others(gateway, theirs):
    gateway.becomes([file("/etc/k1", CANARY, sensitive=True), file("/etc/k2", CANARY, sensitive=True)])
    (gateway.root / "etc/k1").unlink()
    if theirs == "a pipe":
        os.mkfifo(gateway.root / "etc/k1")
    else:
        (gateway.root / "etc/k1/sub").mkdir(parents=True)
    outcome = scrub(gateway.order(Scrub), gateway.context())
    output = [(change.what, change.where) for change in outcome.changes]
    assert (outcome.result, output) == (Result.COMMITTED, [("removed", "/etc/k2"), ("left", "/etc/k1")])


def test_a_directory_for_secrets_goes_with_them(gateway):
    directory = WantedEffect(MakeDirectory("/etc/keys", 0o700, "root:root"), KEY, sensitive=True)
    gateway.becomes([directory, file("/etc/keys/one", CANARY, sensitive=True)])
    scrub(gateway.order(Scrub), gateway.context())
    assert not (gateway.root / "etc/keys").exists()
