"""ModemManager: what mmcli prints, read strictly; a program in a temporary root stands in for it."""

import fcntl
import os
import termios
import time
from dataclasses import replace

import pytest
from printed_by_mmcli import IMEI, OTHER, PATH, script
from simulated_ports import PATIENT, Machine
from waiting import PATIENCE_S

from agent.errors import Code
from agent.identity import EquipmentSource, Read, Registration, Signal, SimState
from agent.modem.managed import ModemManager
from agent.modem.reading import read_equipment, survey
from agent.settings import ModemSettings
from simulator.model_files import load_model
from simulator.modem import Modem


@pytest.fixture
def machine(tmp_path):
    with Machine(tmp_path) as machine:
        yield machine


def read(machine, port="auto", limits=PATIENT):
    return read_equipment(ModemSettings(port=port), radio=True, limits=limits, system=machine.root)


def test_what_modemmanager_knows_is_taken_from_it_and_no_port_is_opened(machine):
    primary, secondary = Modem(load_model()), Modem(load_model())
    machine.port("ttyUSB2", 2, primary)
    machine.port("ttyUSB3", 3, secondary)
    machine.program(script())
    found = read(machine)
    assert (found.imei.value.digits, found.imsi.value.digits) == (IMEI, "001010000000001")
    assert found.iccid.value.digits == "8981000000000000011"
    assert (found.manufacturer, found.model) == (Read("Quectel"), Read("EC25"))
    assert (found.port, found.source) == ("/dev/ttyUSB2", EquipmentSource.MODEM_MANAGER)
    assert found.radio.sim == Read(SimState.READY)
    assert found.radio.registration == Read(Registration.ROAMING)
    assert (found.radio.operator, found.radio.signal) == (Read("NTT DOCOMO"), Read(Signal(67)))
    assert found.radio.own_number == Read("+818011112222")
    assert primary.commands == secondary.commands == []


def test_what_it_does_not_know_is_asked_on_the_port_that_it_leaves_free(machine):
    primary, diagnosis = Modem(load_model(), imei=IMEI), Modem(load_model())
    machine.port("ttyUSB0", 0, diagnosis)
    machine.port("ttyUSB2", 2, primary)
    machine.port("ttyUSB3", 3, Modem(load_model(), imei=IMEI))
    machine.program(script({"equipment-identifier": "--", "sim": "--"}, {"imei": "--"}))
    found = read(machine)
    assert (found.imei.value.digits, found.source) == (IMEI, EquipmentSource.AT)
    assert found.port.endswith("ttyUSB3")
    assert isinstance(found.imsi, Read)
    assert found.radio.registration == Read(Registration.ROAMING)
    assert primary.commands == diagnosis.commands == []


def test_a_modem_that_it_does_not_have_is_asked_by_at_beside_it(machine):
    machine.port("ttyUSB8", 2, Modem(load_model(), imei=OTHER), device="1-2")
    machine.program(script())
    found = read(machine)
    assert [one.source for one in (found, *found.others)] == [EquipmentSource.MODEM_MANAGER, EquipmentSource.AT]
    assert found.others[0].imei.value.digits == OTHER


def test_a_port_that_the_settings_name_and_it_holds_is_read_through_it(machine):
    primary = Modem(load_model())
    plugged = machine.port("ttyUSB2", 2, primary)
    machine.port("ttyUSB8", 2, Modem(load_model(), imei=OTHER), device="1-2")
    machine.program(script())
    found = read(machine, str(plugged.path))
    assert (found.source, found.others, primary.commands) == (EquipmentSource.MODEM_MANAGER, (), [])


def test_another_port_that_the_settings_name_is_read_by_at(machine):
    plugged = machine.port("ttyUSB8", 2, Modem(load_model(), imei=OTHER), device="1-2")
    machine.program(script())
    assert read(machine, str(plugged.path)).imei.value.digits == OTHER


def test_a_modem_without_any_serial_port_is_read(machine):
    machine.program(script({"ports": ["cdc-wdm0 (qmi)", "wwan0 (net)"], "primary-port": "cdc-wdm0"}))
    assert read(machine).imei.value.digits == IMEI


def test_a_modem_that_leaves_while_it_is_asked_is_read_by_at(machine):
    machine.port("ttyUSB2", 2, Modem(load_model(), imei=IMEI))
    machine.program(f"""#!/bin/sh\ncase $1 in -L) echo '{{"modem-list":["{PATH}"]}}';; *) exit 1;; esac\n""")
    assert read(machine).source is EquipmentSource.AT


@pytest.mark.parametrize(
    "text",
    [
        "#!/bin/sh\nexit 1\n",
        "#!/bin/sh\nkill -9 $$\n",
        "#!/bin/sh\n",
        "#!/bin/sh\necho '{'\n",
        "#!/bin/sh\necho '[]'\n",
        "#!/bin/sh\necho '{\"modem-list\": 7}'\n",
        '#!/bin/sh\necho \'{"modem-list": ["/etc/passwd", "-h", 3, "", null]}\'\n',
        "#!/bin/sh\nprintf '\\377\\376'\n",
        "#!/bin/sh\nyes\n",
        "#!/nowhere/sh\n",
        "nothing that runs",
    ],
)
def test_whatever_mmcli_does_the_modem_is_read_by_at(machine, text):
    machine.port("ttyUSB2", 2, Modem(load_model(), imei=IMEI))
    machine.program(text)
    assert read(machine, limits=replace(PATIENT, manager_answer_s=0.3)).source is EquipmentSource.AT


def test_an_mmcli_that_hangs_is_ended(machine):
    machine.program("#!/bin/sh\nexec sleep 600\n")
    assert ModemManager(replace(PATIENT, manager_answer_s=0.1), machine.root).modems() == ()


def test_while_modemmanager_may_still_look_at_the_modem_its_ports_are_left_to_it(machine):
    at = Modem(load_model())
    machine.port("ttyUSB2", 2, at)
    ticket = machine.root / "asked"
    first = f"if mkdir {ticket} 2>/dev/null; then echo '{{\"modem-list\":[]}}'; exit; fi\n"
    machine.program(script().replace("#!/bin/sh\n", "#!/bin/sh\n" + first))
    machine.process(7, "ModemManager", started=int(time.clock_gettime(time.CLOCK_BOOTTIME) * 100))
    assert read(machine, limits=replace(PATIENT, manager_decides_s=PATIENCE_S)).source is EquipmentSource.MODEM_MANAGER
    assert at.commands == []


def test_where_processes_are_hidden_a_recent_start_is_read_from_the_unit(machine):
    units = machine.root / "run/systemd/units"
    units.mkdir(parents=True)
    machine.program(script())
    asked = ModemManager(PATIENT, machine.root)
    assert not asked.may_be_deciding([], 40.0)
    (units / "invocation:ModemManager.service").symlink_to("0123")
    assert asked.may_be_deciding([], 40.0)
    os.utime(units / "invocation:ModemManager.service", (1, 1), follow_symlinks=False)
    assert not asked.may_be_deciding([], 40.0)
    assert asked.may_be_deciding([3.0], 40.0)


@pytest.mark.parametrize("name", ["ModemManager", "bash"])
def test_a_modem_that_modemmanager_ignores_is_read_by_at(machine, name):
    machine.port("ttyUSB2", 2, Modem(load_model(), imei=IMEI))
    machine.known_since("ttyUSB2", 1)
    machine.program(script(paths=()))
    machine.process(7, name)
    assert read(machine).source is EquipmentSource.AT


def test_a_port_that_is_taken_meanwhile_is_read_through_who_took_it(machine):
    plugged = machine.port("ttyUSB2", 2, Modem(load_model()))
    machine.process(7, "sleep")
    ticket = machine.root / "asked"
    first = f"if mkdir {ticket} 2>/dev/null; then echo '{{\"modem-list\":[]}}'; exit; fi\n"
    machine.program(script().replace("#!/bin/sh\n", "#!/bin/sh\n" + first))
    holder = os.open(plugged.path, os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(holder, termios.TIOCEXCL)
    try:
        found = survey(ModemSettings(), limits=PATIENT, system=machine.root)
    finally:
        os.close(holder)
    assert found.equipment.source is EquipmentSource.MODEM_MANAGER
    assert [output.imei.code for _, output in found.asked] == [Code.MODEM_BUSY]
