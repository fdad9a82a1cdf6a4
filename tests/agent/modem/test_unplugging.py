"""Unplugged at every byte of the dialogue: a clear result, and nothing of the port is kept."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from simulated_ports import PATIENT

from agent.errors import Code
from agent.identity import Read
from agent.modem.reading import read_equipment, survey
from agent.settings import ModemSettings
from simulator import modem_faults as faults
from simulator.model_files import load_model
from simulator.modem import Modem
from simulator.pseudo_terminal import ModemOnPty

LIMITS = replace(PATIENT, after_error_s=0.01)
CLEAR = {Code.MODEM_GONE, Code.MODEM_NO_PORT, Code.MODEM_SILENT}


def bytes_of_a_whole_dialogue():
    with ModemOnPty(Modem(load_model())) as plugged:
        heard = survey(ModemSettings(port=str(plugged.path)), radio=False, limits=LIMITS).exchanges
    return sum(len(one.received) for one in heard)


def unplugged_after(count):
    with ModemOnPty(Modem(load_model(), faults=[faults.VanishAfterBytes(count)])) as plugged:
        return count, read_equipment(ModemSettings(port=str(plugged.path)), limits=LIMITS)


@pytest.fixture
def open_files():
    before = len(list(Path("/proc/self/fd").iterdir()))
    yield
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.usefixtures("open_files")
def test_unplugged_at_every_byte_the_result_is_clear_and_the_port_free_again():
    whole = bytes_of_a_whole_dialogue()
    with ThreadPoolExecutor(16) as at_once:
        results = dict(at_once.map(unplugged_after, range(1, whole + 1)))
    for count, equipment in results.items():
        for reading in (equipment.imei, equipment.imsi, equipment.iccid, equipment.model, equipment.firmware):
            assert isinstance(reading, Read) or (reading.code in CLEAR and reading.why), count
    assert not isinstance(results[1].imei, Read)
    assert isinstance(results[whole].imei, Read)


def test_a_modem_that_comes_back_is_read_again():
    modem = Modem(load_model(), faults=[faults.VanishAtCommand(3)])
    with ModemOnPty(modem) as plugged:
        settings = ModemSettings(port=str(plugged.path))
        assert read_equipment(settings, limits=LIMITS).imei.code is Code.MODEM_GONE
        assert read_equipment(settings, limits=LIMITS).imei.code is Code.MODEM_NO_PORT
        plugged.plug_in()
        assert isinstance(read_equipment(settings, limits=LIMITS).imei, Read)
