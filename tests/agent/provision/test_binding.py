"""Whether a SIM may be in a device."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import Code, Failure
from agent.identity import Equipment, EquipmentSource, Iccid, Imei, Imsi, NotRead, Read, Subscriber, device_part
from agent.provision.binding import Match, Mismatch, Unproven, Witness, verdict

IMEI, OTHER_IMEI = "490154203237518", "356938035643809"
IMSI, OTHER_IMSI = "001010000000001", "001010000000002"
ICCID, OTHER_ICCID = "8981000000000000001", "8981000000000000002"
UNREAD = NotRead(Code.MODEM_SILENT, "no answer to AT+CGSN")


def modem(imei=IMEI, imsi=IMSI, iccid=ICCID):
    def read(kind, digits):
        return Read(kind(digits)) if digits else UNREAD

    text = Read("any")
    return Equipment(
        read(Imei, imei), read(Imsi, imsi), read(Iccid, iccid), text, text, text, "/dev/ttyUSB2", EquipmentSource.AT
    )


def sim(imsi=IMSI, iccid=ICCID, sim_id=None, lock=None, session=IMEI):
    return Subscriber(Imsi(imsi), sim_id, Iccid(iccid) if iccid else None, imei_lock=lock, session_imei=session)


def test_every_comparison_can_be_shown():
    found = verdict(sim(lock=IMEI), modem())
    assert found == Match(
        "SIM and device agree: ICCID, IMSI, session IMEI, IMEI lock",
        (
            Witness("ICCID", ICCID, ICCID, True),
            Witness("IMSI", IMSI, IMSI, True),
            Witness("session IMEI", IMEI, IMEI, True),
            Witness("IMEI lock", IMEI, IMEI, True),
        ),
    )


@pytest.mark.parametrize(
    ("subscriber", "equipment"),
    [
        (sim(), modem()),
        (sim(session=None), modem()),
        (sim(session="0" * 15), modem()),
        (sim(session=IMEI[:14] + "0"), modem()),
        (sim(session=IMEI[:14] + "01"), modem()),
        (sim(session=None), modem(imei=None)),
        (sim(iccid=None, sim_id=ICCID), modem(imsi=None)),
        (sim(iccid=None), modem()),
        (sim(iccid=ICCID + "7"), modem()),
        (sim(iccid=OTHER_ICCID, sim_id=ICCID), modem()),
        (sim(iccid=None), modem(imsi=None, iccid=None)),
        (sim(imsi=OTHER_IMSI), modem()),
        (sim(lock=f"{IMEI}|ANONYMOUS"), modem()),
        (sim(lock=IMEI[:14] + "01"), modem()),
    ],
    ids=str,
)
def test_sim_and_device_that_belong_together_are_a_match(subscriber, equipment):
    assert isinstance(verdict(subscriber, equipment), Match)


def test_another_imsi_of_the_same_card_is_reported():
    assert verdict(sim(imsi=OTHER_IMSI), modem()).why.endswith("; the IMSI is another of the same card")


@pytest.mark.parametrize(
    ("subscriber", "equipment", "code", "why"),
    [
        (
            sim(iccid=OTHER_ICCID),
            modem(),
            Code.BINDING_SIM,
            f"the modem's SIM has ICCID {ICCID}, the service answers for {OTHER_ICCID}",
        ),
        (
            sim(iccid=None, imsi=OTHER_IMSI),
            modem(),
            Code.BINDING_SIM,
            f"the modem's SIM has IMSI {IMSI}, the service answers for {OTHER_IMSI}",
        ),
        (
            sim(session=OTHER_IMEI),
            modem(),
            Code.BINDING_NETWORK,
            f"the modem that was read has IMEI {IMEI}, the network sees this SIM in {OTHER_IMEI}",
        ),
        (
            sim(lock=OTHER_IMEI),
            modem(),
            Code.BINDING_LOCK,
            f"the modem has IMEI {IMEI}, the SIM is locked to {OTHER_IMEI}",
        ),
        (
            sim(lock=f"{OTHER_IMEI}|ANONYMOUS", session=None),
            modem(),
            Code.BINDING_LOCK,
            f"the modem has IMEI {IMEI}, the SIM is locked to {OTHER_IMEI}|ANONYMOUS",
        ),
    ],
)
def test_what_does_not_belong_together_is_reported_by_code_and_numbers(subscriber, equipment, code, why):
    found = verdict(subscriber, equipment)
    assert isinstance(found, Mismatch)
    assert (found.code, found.why) == (code, why)


@pytest.mark.parametrize(
    ("subscriber", "equipment", "why"),
    [
        (
            sim(session=None),
            Equipment.unread(Failure(Code.MODEM_NO_PORT, "nothing is plugged in")),
            "no number shows which SIM is in the modem (modem.no_port: nothing is plugged in)",
        ),
        (
            sim(lock=IMEI),
            modem(imei=None),
            "the SIM has an IMEI lock, and the modem's IMEI was not read (modem.silent: no answer to AT+CGSN)",
        ),
        (sim(lock="(unreadable)"), modem(), "the IMEI lock '(unreadable)' is not a number that can be compared"),
        (sim(lock="0" * 15), modem(), "the IMEI lock '000000000000000' is not a number that can be compared"),
        (sim(lock=""), modem(), "the IMEI lock '' is not a number that can be compared"),
    ],
)
def test_what_cannot_be_compared_is_unproven_with_the_reason(subscriber, equipment, why):
    found = verdict(subscriber, equipment)
    assert isinstance(found, Unproven)
    assert found.why == why


imeis = st.sampled_from([None, IMEI, OTHER_IMEI])
imsis = st.sampled_from([IMSI, OTHER_IMSI])
iccids = st.sampled_from([None, ICCID, OTHER_ICCID])
locks = imeis | st.sampled_from(["", "garbage", f"{IMEI}|ANONYMOUS", "0" * 15]) | st.text(max_size=20)
subscribers = st.builds(sim, imsis, iccids, iccids, locks, imeis | st.text(max_size=20))
modems = st.builds(modem, imeis, st.none() | imsis, iccids)


@given(subscribers, modems)
def test_a_mismatch_always_rests_on_a_witness_that_disagrees(subscriber, equipment):
    found = verdict(subscriber, equipment)
    disagreeing = {witness.name for witness in found.witnesses if witness.agrees is False}
    assert not isinstance(found, Mismatch) or disagreeing
    assert isinstance(found, Mismatch) or disagreeing <= {"IMSI"}


@given(subscribers, modems)
def test_a_match_always_rests_on_a_witness_that_agrees_and_on_the_lock(subscriber, equipment):
    found = verdict(subscriber, equipment)
    if isinstance(found, Match):
        assert any(witness.agrees for witness in found.witnesses)
        assert subscriber.imei_lock is None or found.witnesses[-1].agrees


@given(subscribers, st.none() | imsis, iccids)
def test_a_modem_whose_imei_was_not_read_breaks_a_lock_only_where_the_network_contradicts_it(subscriber, imsi, iccid):
    found = verdict(subscriber, modem(None, imsi, iccid))
    if isinstance(found, Mismatch) and found.code is not Code.BINDING_SIM:
        network, lock = device_part(subscriber.session_imei), device_part(subscriber.imei_lock)
        assert found.code is Code.BINDING_LOCK
        assert None not in {network, lock}
        assert network != lock


def test_a_lock_that_the_network_contradicts_blocks_though_the_modem_was_not_read():
    found = verdict(sim(lock=OTHER_IMEI), modem(imei=None))
    assert isinstance(found, Mismatch)
    assert (found.code, found.why) == (
        Code.BINDING_LOCK,
        f"the network sees this SIM in {IMEI}, the SIM is locked to {OTHER_IMEI}",
    )
    assert isinstance(verdict(sim(lock=IMEI), modem(imei=None)), Unproven)
