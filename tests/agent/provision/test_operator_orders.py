"""The operator's orders, which are a tag of the SIM."""

from dataclasses import replace

import pytest
from scripted_edges import NO_CARD, OTHER_SIM, World, identity, kitted, with_order

from agent.errors import Code, Failure
from agent.handover.order import Result, Scrub
from agent.provision.lifecycle import Event, State
from agent.settings import Instruction, Policy


def test_the_operator_can_hold_a_device_and_release_it():
    held = World(subscriber=with_order("hold", site="osaka"))
    first = held.run(kitted())
    assert (first.failure.code, first.remembered.state, held.orders) == (Code.IDENTITY_HELD, State.BLOCKED, [])
    assert held.sent[0]["kitting_obeyed"] == "hold"
    still = World(subscriber=with_order("hold", site="osaka"))
    second = still.run(first.remembered)
    assert (second.failure.code, still.orders) == (Code.IDENTITY_HELD, [])
    world = World(subscriber=with_order("release", site="osaka"))
    assert world.run(second.remembered).remembered.state is State.PROVISIONED
    assert len(world.orders) == 1


def test_an_order_is_carried_out_once():
    before = kitted()
    first = World(subscriber=with_order("hold")).run(before).remembered
    at_the_device = replace(first, held=False)
    assert World(subscriber=with_order("hold")).run(at_the_device).remembered.held is False
    assert World(subscriber=with_order("hold 2")).run(at_the_device).remembered.held is True


def test_a_strangers_sim_cannot_release_a_device():
    foreign = with_order("release", replace(OTHER_SIM, operator="OP9999999999"))
    world = World(subscriber=foreign, equipment=NO_CARD)
    result = world.run(kitted())
    assert result.failure.code is Code.IDENTITY_NEW_SIM
    assert result.remembered.notice.code is Code.IDENTITY_ORDER_REFUSED
    assert world.orders == []


OWN_SIM = replace(OTHER_SIM, operator="OP0000000000")


def met(*orders, before=None, sim=OWN_SIM, **more):
    """The passes of a device in which this SIM lies, with one order after the other; the results."""
    results = []
    for order in orders:
        world = World(subscriber=with_order(order, sim, site="osaka", **more), equipment=NO_CARD)
        results.append((world.run(results[-1][0].remembered if results else before or kitted()), world))
    return results


def test_the_operator_releases_a_new_sim_once_the_device_has_met_it():
    (met_first, _), (released, _) = met("", "release")
    assert met_first.failure.code is Code.IDENTITY_NEW_SIM
    assert (released.failure, released.remembered.card) == (None, OTHER_SIM.card)


@pytest.mark.parametrize("word", ["release", "release 2", "scrub"])
def test_an_order_that_a_sim_brings_from_another_device_is_not_obeyed(word):
    (first, world), (second, _) = met(word, word, kitting_obeyed=word)
    for result in (first, second):
        assert (result.failure.code, result.remembered.card) == (Code.IDENTITY_NEW_SIM, kitted().card)
        assert result.remembered.notice.code is Code.IDENTITY_ORDER_REFUSED
    assert world.orders == []
    assert world.sent[0]["kitting_obeyed"] == "", "another device has obeyed it"


def test_an_order_from_another_device_is_given_again_by_another_text_or_after_it_was_taken_away():
    (_, _), (released, _) = met("release", "release again")
    assert released.remembered.card == OTHER_SIM.card
    (_, _), (_, _), (released, _) = met("release", "", "release")
    assert released.remembered.card == OTHER_SIM.card


def test_a_sim_that_comes_with_a_hold_holds_the_device():
    ((held, _),) = met("hold", kitting_obeyed="hold")
    assert (held.failure.code, held.remembered.held) == (Code.IDENTITY_HELD, True)


def test_an_order_that_was_adopted_with_its_sim_lifts_nothing_later():
    (adopted, _), (later, _) = met("release", "release", before=replace(kitted(), card=None, imei=None, in_force=None))
    assert adopted.remembered.card == OTHER_SIM.card
    assert later.remembered.order_before == "release"
    assert later.remembered.last_order is None


def test_each_sim_is_released_by_the_same_word():
    before = replace(kitted(), order_card=kitted().card, last_order="release")
    (_, _), (released, _) = met("", "release", before=before)
    assert released.remembered.card == OTHER_SIM.card


def test_an_order_on_the_accepted_sim_counts_after_an_update_of_the_agent():
    before = replace(kitted(), order_card=None, held=True, last_order="hold")
    result = World(subscriber=with_order("release", site="osaka")).run(before)
    assert (result.remembered.held, result.remembered.last_order) == (False, "release")


def test_what_is_refused_is_not_released_by_a_tag():
    world = World(subscriber=with_order("release", replace(OTHER_SIM, operator="OP0000000000")), equipment=NO_CARD)
    world.settings = identity(new_sim=Policy.REFUSE)
    assert world.run(kitted()).failure.code is Code.IDENTITY_NEW_SIM


@pytest.mark.parametrize("words", ["explode", "scrub", "h\u00f6ld"])
def test_an_order_that_is_not_allowed_or_not_known_is_only_a_notice(words):
    result = World(subscriber=with_order(words)).run(kitted())
    assert (result.event, result.remembered.notice.code) == (Event.UNCHANGED, Code.IDENTITY_ORDER_REFUSED)
    assert result.remembered.last_order is None


def test_to_scrub_is_ordered_where_it_is_allowed_and_then_the_device_holds():
    world = World(subscriber=with_order("scrub now"), becomes=Result.COMMITTED)
    world.settings = identity(orders=(Instruction.SCRUB,))
    result = world.run(kitted())
    assert [type(order) for order in world.orders] == [Scrub]
    assert (result.remembered.held, result.remembered.in_force) == (True, None)
    assert world.sent[0]["kitting_obeyed"] == "scrub now"
    assert world.sent[0]["kitting_state"] == "blocked"


def test_a_scrub_that_failed_is_ordered_again():
    world = World(subscriber=with_order("scrub"), becomes=Result.NOT_APPLIED, failure=Failure(Code.APPLY_FAILED, "no"))
    world.settings = identity(orders=(Instruction.SCRUB,))
    before = kitted()
    result = world.run(before)
    assert (result.failure.code, result.remembered.last_order, result.remembered.state) == (
        Code.APPLY_FAILED,
        None,
        State.PROVISIONED,
    )


@pytest.mark.parametrize("code", [Code.USERDATA_UNSIGNED, Code.USERDATA_BAD_SIGNATURE, Code.USERDATA_OLDER])
def test_a_scrub_that_no_author_signed_is_a_notice_and_ends_no_pass(code):
    world = World(subscriber=with_order("scrub"), becomes=Result.NOT_APPLIED, failure=Failure(code, "no"))
    world.settings = identity(orders=(Instruction.SCRUB,))
    result = world.run(kitted())
    assert (result.event, result.remembered.notice.code) == (Event.UNCHANGED, code)
    assert (result.remembered.last_order, result.remembered.held) == (None, False)
