import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import modem_faults as faults
from simulator.model_files import load_model, model_names
from simulator.modem import Modem
from simulator.modem_events import Sent, Unplugged

IMEI = "490154203237518"


def talk(modem, *commands):
    """All bytes that the modem sends to some commands, in the order in which they are due."""
    events = [event for command in commands for event in modem.feed(command.encode() + b"\r")]
    return b"".join(event.data for event in sorted(events, key=lambda event: event.after_s))


def quiet(model="generic", *wrong, **values):
    return Modem(load_model(model), echo=False, faults=wrong, **values)


def test_an_answer_is_framed_as_in_the_standard():
    assert talk(Modem(load_model()), "AT+CGSN") == b"AT+CGSN\r\r\n490154203237518\r\n\r\nOK\r\n"


def test_a_command_is_the_same_in_one_piece_and_byte_by_byte():
    pieces, whole = Modem(load_model()), Modem(load_model())
    answer = [event for byte in b"AT+CGSN=1\r" for event in pieces.feed(bytes([byte]))]
    assert answer == whole.feed(b"AT+CGSN=1\r")


@pytest.mark.parametrize(
    ("commands", "answer"),
    [
        (["AT"], b"\r\nOK\r\n"),
        (["at+cgsn"], b"\r\n490154203237518\r\n\r\nOK\r\n"),
        (["AT+CGSN=0"], b"\r\n490154203237518\r\n\r\nOK\r\n"),
        (["AT+CGSN=1"], b'\r\n+CGSN: "490154203237518"\r\n\r\nOK\r\n'),
        (["AT+CGSN=2"], b'\r\n+CGSN: "4901542032375101"\r\n\r\nOK\r\n'),
        (["ATI"], b"\r\nGeneric LTE Modem\r\nRevision: 1.0.0\r\n\r\nOK\r\n"),
        (["AT+CIMI"], b"\r\n001010000000001\r\n\r\nOK\r\n"),
        (["AT+CGMI;+CGMM"], b"\r\nGeneric\r\n\r\nLTE Modem\r\n\r\nOK\r\n"),
        (["AT+CGMI;+NONE;+CGMM"], b"\r\nGeneric\r\n\r\nERROR\r\n"),
        (["ATE1", "AT"], b"\r\nOK\r\nAT\r\r\nOK\r\n"),
        (["ATE1Q0V1E0", "AT"], b"\r\nOK\r\n\r\nOK\r\n"),
        (["ATV0", "AT+CIMI", "AT+NONE"], b"0\r001010000000001\r\n0\r4\r"),
        (["ATQ1", "AT", "AT+CIMI"], b"\r\n001010000000001\r\n"),
        (["ATQ1V0", "ATZ", "AT"], b"\r\nOK\r\n\r\nOK\r\n"),
        (["ATS3=13S4=10"], b"\r\nOK\r\n"),
        (["ATD*99#"], b"\r\nERROR\r\n"),
        (["hello", "", "A"], b""),
        (["\nAT"], b"\r\nOK\r\n"),
        (["\x1bAT"], b"\r\nOK\r\n"),
    ],
)
def test_a_well_behaved_modem_answers_by_the_book(commands, answer):
    assert talk(quiet(), *commands) == answer


@pytest.mark.parametrize(
    ("setting", "answer"),
    [
        ("AT+CMEE=0", b"\r\nERROR\r\n"),
        ("AT+CMEE=1", b"\r\n+CME ERROR: 10\r\n"),
        ("AT+CMEE=2", b"\r\n+CME ERROR: SIM not inserted\r\n"),
    ],
)
def test_errors_come_in_the_form_that_was_asked_for(setting, answer):
    modem = quiet("generic", faults.NoSim())
    talk(modem, setting)
    assert talk(modem, "AT+CIMI") == answer
    assert IMEI.encode() in talk(modem, "AT+CGSN")


@pytest.mark.parametrize("name", model_names())
def test_every_model_reports_its_imei_somewhere_and_where_it_is_known_from(name):
    modem = quiet(name)
    text = talk(modem, "AT", "AT+CGSN", "AT+GSN", "AT+CGSN=1", "ATI")
    assert IMEI.encode() in text
    assert load_model(name).source
    for command in load_model(name).answers:
        assert modem.feed(f"AT{command}\r".encode())


@pytest.mark.parametrize(
    ("name", "command", "answer"),
    [
        ("quectel-ec25", "AT+QCCID", b'\r\n+QIND: "csq",24,99\r\n\r\n+QCCID: 8981000000000000017F\r\n\r\nOK\r\n'),
        ("huawei-ms2372", "AT+CGSN", b"\r\nERROR\r\n"),
        ("huawei-ms2372", "AT+NONE", b"\r\nCOMMAND NOT SUPPORT\r\n"),
        ("ublox-sara-r4", "AT+CGSN=255", b"\r\n49015420323751801\r\n\r\nOK\r\n"),
        ("nordic-nrf91", "AT+CGSN=1", b'+CGSN: "490154203237518"\r\nOK\r\n'),
        ("zte-ak020", "AT+CGSN=1", b"\r\nERROR\r\n"),
    ],
)
def test_a_family_has_its_own_words(name, command, answer):
    assert talk(quiet(name, iccid="8981000000000000017"), command) == answer


def test_reports_come_before_inside_and_after_answers():
    modem = quiet("huawei-ms2372")
    text = [talk(modem, "ATI") for _ in range(3)]
    assert text[0].startswith(b"\r\n^RSSI:18\r\n\r\nManufacturer")
    assert b'Manufacturer: huawei\r\n\r\n^HCSQ:"LTE",45,40,111,22\r\nModel' in text[1]
    assert text[2].endswith(b"OK\r\n\r\n^BOOT:03237518,0,0,0,75\r\n")


def test_power_on_is_announced_and_settings_are_lost():
    modem = Modem(load_model("quectel-ec25"))
    talk(modem, "ATE0")
    assert modem.power_on()[0] == Sent(b"\r\nRDY\r\n")
    assert talk(modem, "AT").startswith(b"AT\r")


def test_an_unknown_model_is_named():
    with pytest.raises(ValueError, match=r"no modem model 'abacus'.*generic"):
        Modem(load_model("abacus"))


@pytest.mark.parametrize(
    ("wrong", "commands", "answer"),
    [
        (faults.Silent(), ["AT", "AT+CGSN"], b""),
        (faults.NmeaPort(), ["AT"], b""),
        (faults.GarbagePort(), ["AT"], bytes.fromhex("7e00785aa3f07e")),
        (faults.Noise(), ["AT"], bytes.fromhex("00f8e0fc80fe1c9c") + b"\r\nOK\r\n"),
        (faults.WrongCheckDigit(), ["AT+CGSN"], b"\r\n490154203237519\r\n\r\nOK\r\n"),
        (faults.Imeisv(), ["AT+CGSN"], b"\r\n4901542032375101\r\n\r\nOK\r\n"),
        (faults.NumericResults(), ["AT+CGSN"], b"490154203237518\r\n0\r"),
        (faults.PinWanted(), ["AT+CPIN?"], b"\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n"),
        (faults.PinWanted(), ["AT+CMEE=1", "AT+CIMI"], b"\r\nOK\r\n\r\n+CME ERROR: 11\r\n"),
        (faults.CmeError(23), ["AT+CMEE=2", "AT+CGSN"], b"\r\nOK\r\n\r\n+CME ERROR: memory failure\r\n"),
        (faults.CmeError(515, times=1), ["AT+CGSN", "AT+CGSN"], b"\r\nERROR\r\n\r\n490154203237518\r\n\r\nOK\r\n"),
        (faults.SimBusy(1), ["AT+CIMI", "AT+CIMI"], b"\r\nERROR\r\n\r\n001010000000001\r\n\r\nOK\r\n"),
        (faults.SimBusy(1), ["AT+CGSN"], b"\r\n490154203237518\r\n\r\nOK\r\n"),
        (faults.QuietResults(), ["AT", "AT+CIMI"], b"\r\n001010000000001\r\n"),
        (faults.ErrorsInWords(), ["AT+NONE", "AT+CPIN?"], b"\r\nERROR\r\n\r\n+CPIN: READY\r\n\r\nOK\r\n"),
        (faults.OpenPrompt(), ["AT", "\x1bAT"], b"\r\n> \r\nOK\r\n\r\nOK\r\n"),
        (faults.PukWanted(), ["AT+CPIN?"], b"\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n"),
        (faults.PukWanted(), ["AT+CMEE=1", "AT+CIMI"], b"\r\nOK\r\n\r\n+CME ERROR: 12\r\n"),
        (faults.SimFailed(), ["AT+CMEE=2", "AT+CPIN?"], b"\r\nOK\r\n\r\n+CME ERROR: SIM failure\r\n"),
        (faults.NotRegistered(3), ["AT+CEREG?"], b"\r\n+CEREG: 0,3\r\n\r\nOK\r\n"),
        (faults.Chatter("RING", "after"), ["AT+CIMI"], b"\r\n001010000000001\r\n\r\nOK\r\n\r\nRING\r\n"),
    ],
)
def test_a_fault_changes_what_is_reported(wrong, commands, answer):
    assert talk(quiet("generic", wrong), *commands) == answer


def test_the_echo_can_come_in_lower_case():
    assert talk(Modem(load_model(), faults=[faults.LowerCaseEcho()]), "AT").startswith(b"at\r")


def test_errors_can_come_in_words_unasked():
    assert talk(quiet("generic", faults.ErrorsInWords(), faults.NoSim()), "AT+CIMI").startswith(
        b"\r\n+CME ERROR: SIM not"
    )


@pytest.mark.parametrize(
    ("fault", "start"), [(faults.DataCall(), b"\x7e\xff\x7d\x23"), (faults.Babble(), b"\r\nhello")]
)
def test_some_ports_speak_something_else(fault, start):
    assert talk(quiet("generic", fault), "AT").startswith(start)


def test_another_speed_is_noise():
    modem = quiet("generic", faults.WrongSpeed(9600))
    modem.line_speed = 115200
    assert b"OK" not in talk(modem, "AT")
    modem.line_speed = 9600
    assert talk(modem, "AT") == b"\r\nOK\r\n"


def test_an_imei_can_be_another_one_every_time():
    modem = quiet("generic", faults.UnsteadyImei())
    assert len({talk(modem, "AT+CGSN") for _ in range(5)}) == 5


def test_an_answer_can_come_in_pieces():
    events = quiet("generic", faults.Pieces(4, 0.5)).feed(b"AT\r")
    assert events == [Sent(b"\r\nOK", 0.0), Sent(b"\r\n", 0.5)]


def test_a_late_answer_is_overtaken_by_the_next_one():
    modem = quiet("generic", faults.LateAnswer("+CGSN", 2.0))
    late, now = modem.feed(b"AT+CGSN\rAT+CIMI\r")
    assert (late.after_s, now.after_s) == (2.0, 0.0)
    assert b"490154203237518" in late.data


@pytest.mark.parametrize("count", range(1, 20))
def test_a_modem_vanishes_after_exactly_so_many_bytes(count):
    modem = quiet("generic", faults.VanishAfterBytes(count))
    events = modem.feed(b"AT+CGSN\rAT\r")
    assert events[-1] == Unplugged()
    assert sum(len(event.data) for event in events[:-1]) == count
    assert talk(modem, "AT") == b"\r\nOK\r\n"


def test_a_modem_vanishes_at_a_command_and_comes_back():
    modem = quiet("generic", faults.VanishAtCommand(2))
    assert modem.feed(b"AT\rAT\rAT\r")[:2] == [Sent(b"\r\nOK\r\n"), Unplugged()]
    assert talk(modem, "AT") == b"\r\nOK\r\n"


def test_a_line_without_end_is_thrown_away():
    modem = quiet()
    modem.feed(b"A" * 100_000)
    assert talk(modem, "", "AT") == b"\r\nOK\r\n"


def test_what_was_asked_can_be_read_afterwards():
    modem = Modem(load_model())
    modem.feed(b"AT\rATE0\rAT+CG")
    assert modem.commands == ["AT", "ATE0"]


@given(st.binary(max_size=200), st.sampled_from(model_names()), st.sampled_from(faults.MODEM_FAULTS))
def test_no_bytes_confuse_a_modem_so_that_it_stops(data, name, wrong):
    modem = Modem(load_model(name), faults=[wrong()])
    for event in modem.feed(data + b"\r" + data):
        assert isinstance(event, Sent | Unplugged)


@pytest.mark.parametrize("imei", ["", "12", "49015420323751801234"])
def test_a_modem_without_a_valid_imei_answers_with_what_it_has(imei):
    for wrong in ([], [faults.WrongCheckDigit()], [faults.Imeisv()]):
        assert talk(Modem(load_model(), imei=imei, faults=wrong), "AT+CGSN", "ATI")
