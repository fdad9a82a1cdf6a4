"""`kitting-agent modem`: what each port answered, and a file that is a test of the next version."""

import json
import stat

import pytest
from recorded_dialogues import answered, dialogues_in

from agent.cli import main
from agent.errors import Code
from agent.identity import Imei, Imsi, Read
from agent.modem.dialogue_file import reading_in
from simulator import modem_faults as faults
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty

IMEI = "490154203237518"


@pytest.fixture
def kitting_modem(tmp_path, capsys):
    def run(modem, *options):
        with ModemOnPty(modem) as plugged:
            settings = tmp_path / "agent.toml"
            settings.write_text(f'[modem]\nport = "{plugged.path}"\n[paths]\nstate = "{tmp_path}"\n')
            code = main(["--config", str(settings), "modem", *options])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return run


def test_a_person_sees_the_modem_and_the_network(kitting_modem):
    code, out, _ = kitting_modem(Modem(load_model("quectel-ec25"), imei=IMEI))
    assert code == 0
    for word in ("asked", IMEI, "EC25", "at home", "NTT DOCOMO", "-77 dBm", "SIM's state   ready"):
        assert word in out


def test_a_program_sees_the_same(kitting_modem):
    code, out, _ = kitting_modem(Modem(load_model(), imei=IMEI, faults=[faults.PinWanted()]), "--json")
    found = json.loads(out)
    assert code == 0
    assert found["equipment"]["imei"] == IMEI
    assert found["equipment"]["radio"]["sim"] == "pin"
    assert found["modemmanager"] == []
    assert len(found["asked"]) == 1


def test_what_cannot_be_read_ends_with_its_code_with_advice(kitting_modem):
    code, out, _ = kitting_modem(Modem(load_model(), faults=[faults.Imeisv()]))
    assert code == Code.MODEM_UNVERIFIED.exit_code
    assert Code.MODEM_UNVERIFIED.advice in out


@pytest.mark.parametrize("model", ["generic", "huawei-ms2372", "nordic-nrf91"])
def test_a_trace_is_a_test_as_it_is(kitting_modem, tmp_path, model):
    trace = tmp_path / "unknown.toml"
    code, _, err = kitting_modem(Modem(load_model(model), imei=IMEI), "--trace", str(trace))
    assert code == 0
    assert stat.S_IMODE(trace.stat().st_mode) == 0o600
    assert "as they are" in err
    recorded = dialogues_in(trace)
    assert Read(Imei(IMEI)) in [reading(text) for text in recorded]
    for text in recorded:
        found = reading(text)
        assert isinstance(found, Read) == ("not_read" not in text)
        assert "imei" not in text or found == Read(Imei(text["imei"]))


def test_a_masked_trace_has_no_number(kitting_modem, tmp_path):
    trace = tmp_path / "unknown.toml"
    modem = Modem(load_model("huawei-ms2372"), imei=IMEI, imsi="440103000111117")
    kitting_modem(modem, "--trace", str(trace), "--mask")
    for number in (IMEI, IMEI[-8:], modem.imsi, modem.iccid, "818011112222"):
        assert number not in trace.read_text()
    assert [text for text in dialogues_in(trace) if "imei" in text]
    assert all(isinstance(reading(text), Read) == ("not_read" not in text) for text in dialogues_in(trace))


def test_a_trace_goes_to_standard_output_where_no_file_is_named(kitting_modem):
    _, out, _ = kitting_modem(Modem(load_model(), imei=IMEI), "--trace")
    assert out.startswith('why = "recorded by kitting-agent')
    assert f'imei = "{IMEI}"' in out


def test_a_trace_that_cannot_be_written_is_reported(kitting_modem, tmp_path):
    code, _, err = kitting_modem(Modem(load_model()), "--trace", str(tmp_path))
    assert code == Code.USAGE.exit_code
    assert str(tmp_path) in err


def reading(text):
    answer = answered(text["command"], [text["received"].encode("latin-1")])
    return reading_in(text["command"], answer, Imsi(text["imsi"]) if "imsi" in text else None)
