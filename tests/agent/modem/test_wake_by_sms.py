"""What waits at the modem for the message that starts a pass."""

import json
import os
import threading

import pytest
from simulated_ports import HASTY, PATIENT, Machine
from waiting import joined, until

from agent.modem import wake_by_sms
from agent.modem.commands import DELIVERY_QUESTION
from agent.modem.dialogue import Final
from agent.modem.known_ports import save_ports
from agent.modem.serial_line import opened_line
from agent.modem.wake_by_sms import CANNOT, WOKEN, listen
from agent.settings import ModemSettings, PathSettings, Settings
from simulator import modem_faults as faults
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty


class Ear:
    """A listener in a thread, and how it ended."""

    def __init__(self, port, tmp_path, limits=PATIENT):
        self.reading, self.writing = os.pipe()
        settings = Settings(modem=ModemSettings(port=str(port)), paths=PathSettings(state=tmp_path))
        self.code = None
        self.thread = threading.Thread(target=self._run, args=(settings, limits, tmp_path))
        self.thread.start()

    def _run(self, settings, limits, system):
        self.code = listen(settings, self.reading, limits, system)

    def end(self):
        os.write(self.writing, b"x")
        return self.wait()

    def wait(self):
        joined(self.thread)
        os.close(self.reading)
        os.close(self.writing)
        return self.code


@pytest.fixture
def modem():
    with ModemOnPty(Modem(load_model())) as plugged:
        yield plugged


def listening(plugged, tmp_path, port=None):
    """A listener that has switched on the delivery of messages."""
    ear = Ear(port or plugged.path, tmp_path)
    until("messages that are handed on", lambda: plugged.modem.delivery, lambda delivery: delivery == "2,2,0,0,0")
    return ear


@pytest.mark.parametrize("ucs2", [False, True])
def test_the_agreed_message_wakes(modem, tmp_path, ucs2):
    ear = listening(modem, tmp_path)
    modem.receive("hello")
    modem.receive("kitting wake", ucs2=ucs2)
    assert ear.wait() == WOKEN


def test_the_modem_treats_messages_as_before_afterwards(modem, tmp_path):
    ear = listening(modem, tmp_path)
    modem.receive("kitting wake now")
    assert ear.end() == CANNOT
    assert modem.modem.delivery == "2,1,0,0,0"
    assert modem.modem.stored == []


def test_what_is_asked_after_a_long_wait_is_answered(modem):
    now = [0.0]
    reading, writing = os.pipe()
    with opened_line(str(modem.path), 115200, PATIENT, clock=lambda: now[0]) as line:
        line.wake()
        now[0] += 2 * PATIENT.port_s
        os.write(writing, b"x")
        line.wait_beside(reading)
        assert line.ask(DELIVERY_QUESTION, lambda answer: bool(answer.lines)).final is Final.OK
    os.close(reading)
    os.close(writing)


def test_it_ends_at_once_at_a_signal(modem, tmp_path):
    assert listening(modem, tmp_path).end() == CANNOT


def test_a_modem_that_is_pulled_out_ends_it(modem, tmp_path):
    ear = listening(modem, tmp_path)
    modem.unplug()
    assert ear.wait() == CANNOT


@pytest.mark.parametrize("noise", [b"\xff" * 5000, b"\r\n" * 500, b"+CMT:\r\n", b"\x7e\xff\x7d\x23" * 20])
def test_noise_starts_no_pass(modem, tmp_path, noise):
    ear = listening(modem, tmp_path)
    modem.say(noise)
    assert ear.end() == CANNOT


@pytest.mark.parametrize("fault", [faults.Silent(), faults.GarbagePort()])
def test_without_a_modem_to_listen_at_it_is_reported(tmp_path, fault):
    with ModemOnPty(Modem(load_model(), faults=[fault])) as plugged:
        assert Ear(plugged.path, tmp_path, HASTY).wait() == CANNOT


def test_the_port_that_answered_last_time_is_listened_to(modem, tmp_path):
    save_ports(tmp_path, [str(modem.path)])
    ear = listening(modem, tmp_path, "auto")
    modem.receive("kitting wake")
    assert ear.wait() == WOKEN


def test_without_any_port_no_modem_is_listened_to(tmp_path):
    assert Ear("auto", tmp_path).wait() == CANNOT


MANAGER = """#!/bin/sh
case "$*" in
*-L*) echo '{"modem-list": ["/org/freedesktop/ModemManager1/Modem/0"]}' ;;
*--messaging-list-sms*) cat "$0.list" ;;
*-s*SMS/*) cat "$0.text" ;;
*-m*) echo '{"modem": {"generic": {}, "3gpp": {}}}' ;;
esac
echo "$*" >>"$0.calls"
"""


def messages_of(*numbers):
    return json.dumps({"modem.messaging.sms": [f"/org/freedesktop/ModemManager1/SMS/{number}" for number in numbers]})


@pytest.fixture
def manager(tmp_path, monkeypatch):
    """ModemManager with one message that was there before; messages are received by `receive`."""
    monkeypatch.setattr(wake_by_sms, "LOOK_S", 0.01)
    with Machine(tmp_path) as machine:
        machine.program(MANAGER)
        mmcli = machine.root / "usr/bin/mmcli"
        content = {"list": messages_of(1), "text": json.dumps({"sms": {"content": {"text": "kitting wake"}}})}
        for name, text in content.items():
            mmcli.with_name(f"mmcli.{name}").write_text(text)
        yield mmcli


def receive(mmcli, text, *numbers):
    """The list is replaced last: a message is in it only once its text can be read."""
    mmcli.with_name("mmcli.text").write_text(json.dumps({"sms": {"content": {"text": text}}}))
    new = mmcli.with_name("mmcli.new")
    new.write_text(messages_of(*numbers))
    new.replace(mmcli.with_name("mmcli.list"))


def asked(mmcli, question):
    """Waits until mmcli has answered a question."""
    calls = mmcli.with_name("mmcli.calls")
    until(f"mmcli {question}", lambda: calls.read_text() if calls.exists() else "", lambda seen: question in seen)


def test_where_modemmanager_has_the_modem_its_new_messages_are_read(manager, tmp_path):
    ear = Ear("auto", tmp_path)
    asked(manager, "--messaging-list-sms")
    receive(manager, "kitting wake", 1, 2)
    assert ear.wait() == WOKEN


def test_an_old_message_and_another_text_start_no_pass(manager, tmp_path):
    ear = Ear("auto", tmp_path)
    asked(manager, "--messaging-list-sms")
    receive(manager, "something else", 1, 2)
    asked(manager, "SMS/2")
    assert ear.end() == CANNOT
    assert "SMS/1" not in manager.with_name("mmcli.calls").read_text()
