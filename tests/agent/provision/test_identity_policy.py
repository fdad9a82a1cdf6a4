"""Whether this is still the SIM and the modem that the device was provisioned with: pure, by plain values."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Code, Failure
from agent.identity import Equipment, Iccid, Imei, Imsi, Read, Subscriber
from agent.provision.identity_policy import (
    Difference,
    adopting,
    difference,
    operator_order,
    policy_for,
    refusal,
)
from agent.provision.remembered import Remembered
from agent.settings import IdentitySettings, Instruction, Policy

IMEI, OTHER_IMEI = "490154203237518", "356938035643809"
CARD, OTHER_CARD = "8981000000000000017", "8981000000000000025"
SUBSCRIBER = Subscriber(Imsi("001010000000001"), sim_id=CARD, iccid=Iccid(CARD), operator="OP1")
SILENT = Equipment.unread(Failure(Code.MODEM_SILENT, "no answer"))
SPEAKING = replace(SILENT, imei=Read(Imei(IMEI)))


def accepted(card=None, imei=None, operator=None, last_order=None):
    return Remembered(card=card, imei=imei, operator=operator, last_order=last_order)


KNOWN = accepted(CARD, IMEI, "OP1")


@pytest.mark.parametrize(
    ("known", "equipment", "found"),
    [
        (accepted(), SPEAKING, Difference.FIRST_BOOT),
        (KNOWN, SPEAKING, Difference.NOTHING),
        (accepted(OTHER_CARD, IMEI), SPEAKING, Difference.NEW_SIM),
        (accepted(OTHER_CARD, IMEI), SILENT, Difference.NEW_SIM),
        (accepted(CARD, OTHER_IMEI), SPEAKING, Difference.NEW_MODEM),
        (accepted(OTHER_CARD, OTHER_IMEI), SPEAKING, Difference.BOTH),
        (KNOWN, SILENT, Difference.UNKNOWN),
        (accepted(CARD, None), SILENT, Difference.NOTHING),
        (accepted(CARD, None), SPEAKING, Difference.NOTHING),
    ],
)
def test_what_differs_is_distinguished(known, equipment, found):
    assert difference(known, SUBSCRIBER, equipment) is found


def test_the_network_is_witness_enough_for_a_modem_that_cannot_be_read():
    seen = replace(SUBSCRIBER, session_imei=f"{IMEI[:14]}01")
    assert difference(KNOWN, seen, SILENT) is Difference.NOTHING


@pytest.mark.parametrize("session_imei", [OTHER_IMEI, "no number", None])
def test_a_network_that_does_not_name_the_accepted_modem_is_no_witness(session_imei):
    seen = replace(SUBSCRIBER, session_imei=session_imei)
    assert difference(KNOWN, seen, SILENT) is Difference.UNKNOWN


def test_the_network_does_not_stand_in_for_another_card():
    seen = replace(SUBSCRIBER, session_imei=IMEI)
    assert difference(accepted(OTHER_CARD, IMEI), seen, SILENT) is Difference.NEW_SIM


def test_the_refusal_of_a_modem_that_cannot_be_read_says_what_lifts_it():
    detail = refusal(Difference.UNKNOWN, KNOWN, SUBSCRIBER, SILENT).detail
    assert "kitting_order" in detail
    assert "release" in detail


def test_a_sim_that_switches_its_imsi_is_the_same_sim():
    assert difference(KNOWN, replace(SUBSCRIBER, imsi=Imsi("440100000000001")), SPEAKING) is Difference.NOTHING


def test_a_sim_that_was_known_by_its_imsi_is_the_same_once_the_record_names_its_card():
    assert difference(accepted("001010000000001", IMEI), SUBSCRIBER, SPEAKING) is Difference.NOTHING


def test_an_iccid_without_its_check_digit_names_the_same_card():
    without = replace(SUBSCRIBER, sim_id=None, iccid=Iccid(CARD[:-1]))
    assert difference(KNOWN, without, SPEAKING) is Difference.NOTHING


@pytest.mark.parametrize("found", Difference)
def test_every_difference_has_its_policy_and_only_no_difference_is_always_adopted(found):
    everything = IdentitySettings(*[Policy.REFUSE] * 5)
    assert policy_for(found, everything) is (Policy.ADOPT if found is Difference.NOTHING else Policy.REFUSE)


@pytest.mark.parametrize("found", [each for each in Difference if each is not Difference.NOTHING])
def test_every_difference_has_a_code_of_its_own_name(found):
    failure = refusal(found, accepted(OTHER_CARD, OTHER_IMEI), SUBSCRIBER, SPEAKING)
    assert failure.code.text == f"identity.{found.value}"


def test_what_is_accepted_keeps_what_was_not_read():
    assert adopting(KNOWN, replace(SUBSCRIBER, operator=None), SILENT) == KNOWN
    assert adopting(accepted(), SUBSCRIBER, SPEAKING) == KNOWN


def ordered(text, settings=IdentitySettings(orders=tuple(Instruction)), known=KNOWN, last_order=None, operator="OP1"):  # noqa: B008
    subscriber = replace(SUBSCRIBER, tags={"kitting_order": text}, operator=operator)
    return operator_order(subscriber, replace(known, last_order=last_order), settings)


@pytest.mark.parametrize("word", Instruction)
def test_each_order_is_understood(word):
    assert ordered(f" {word.value.upper()} 2026-11-23 ").instruction is word


def test_no_order_is_no_order():
    assert ordered("  ") is None
    assert operator_order(SUBSCRIBER, KNOWN, IdentitySettings()) is None


def test_an_order_that_was_carried_out_is_no_order():
    assert ordered("hold", last_order="hold") is None


@pytest.mark.parametrize("operator", ["OP2", None])
def test_only_the_operator_who_owns_the_device_gives_orders(operator):
    assert ordered("release", operator=operator).code is Code.IDENTITY_ORDER_REFUSED


def test_a_device_without_an_owner_takes_its_first_order_from_its_first_sim():
    assert ordered("hold", known=accepted(), operator="OP2").instruction is Instruction.HOLD


@given(st.text())
def test_any_text_is_an_order_or_refused_or_nothing(text):
    found = ordered(text)
    if isinstance(found, Failure):
        assert found.code is Code.IDENTITY_ORDER_REFUSED
        assert str(found).isprintable()
