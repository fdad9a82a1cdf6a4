"""A machine with modems on USB, in a directory: sysfs, udev's database, and real pseudo-terminals under /dev."""

from contextlib import ExitStack
from dataclasses import replace
from itertools import count

from waiting import PATIENCE_S

from agent.modem.limits import Limits
from simulator.pseudo_terminal import ModemOnPty

PATIENT = Limits(
    all_s=4 * PATIENCE_S,
    port_s=2 * PATIENCE_S,
    answer_s=PATIENCE_S,
    wake_s=PATIENCE_S,
    speed_s=PATIENCE_S,
    write_s=PATIENCE_S,
    close_s=PATIENCE_S,
    manager_answer_s=PATIENCE_S,
    after_error_s=0.05,
    after_ok_s=0.1,
    busy_pauses_s=(0.05, 0.05, 0.05, 0.05),
    speeds=(),
    look_again_s=0.05,
    appears_s=0.3,
    manager_decides_s=0.5,
)
"""For modems that answer, however slow the machine is: only silence behind an answer ends soon."""
HASTY = replace(PATIENT, answer_s=0.3, wake_s=0.1)
"""For modems of which no answer is expected."""


class Machine:
    def __init__(self, root):
        self.root = root
        self.plugged = ExitStack()
        self.numbers = count()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.plugged.close()

    def port(self, tty, interface, modem=None, *, device="1-1", driver="option", udev=""):
        """A USB serial port, with a modem behind it or nothing."""
        number = f"188:{next(self.numbers)}"
        serial = self.root / f"sys/devices/usb1/{device}/{device}:1.{interface}/{tty}"
        serial.mkdir(parents=True)
        (serial.parent / "bInterfaceNumber").write_text(f"{interface:02x}\n")
        drivers = self.root / f"sys/bus/drivers/{driver}"
        drivers.mkdir(parents=True, exist_ok=True)
        (serial / "driver").symlink_to(drivers)
        database = self.root / "run/udev/data"
        database.mkdir(parents=True, exist_ok=True)
        (database / f"c{number}").write_text("".join(f"E:{name}=1\n" for name in udev.split()))
        (self.root / "dev").mkdir(exist_ok=True)
        plugged = self.plugged.enter_context(ModemOnPty(modem, self.root / "dev" / tty)) if modem else None
        # The agent may be looking while a port appears: it appears whole.
        coming = serial / "coming"
        coming.mkdir()
        (coming / "device").symlink_to(serial)
        (coming / "dev").write_text(number)
        place = self.root / f"sys/class/tty/{tty}"
        place.parent.mkdir(parents=True, exist_ok=True)
        coming.rename(place)
        return plugged

    def socket(self, tty, name):
        """The stable name of a port."""
        stable = self.root / "dev/serial/by-path"
        stable.mkdir(parents=True, exist_ok=True)
        (stable / name).symlink_to(f"../../{tty}")
        return str(stable / name)

    def known_since(self, tty, since_us):
        """When udev saw a port first, in microseconds of the monotonic clock."""
        number = (self.root / f"sys/class/tty/{tty}/dev").read_text()
        with (self.root / "run/udev/data" / f"c{number}").open("a") as entry:
            entry.write(f"I:{since_us}\n")

    def program(self, text):
        """What stands in for mmcli: a real program."""
        place = self.root / "usr/bin/mmcli"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
        place.chmod(0o755)

    def process(self, pid, name, *, files=(), started=0):
        """A process in /proc."""
        place = self.root / "proc" / str(pid)
        (place / "fd").mkdir(parents=True)
        (place / "comm").write_text(f"{name}\n")
        (place / "stat").write_text(f"{pid} ({name}) S " + " ".join(["0"] * 18) + f" {started} 0\n")
        for number, file in enumerate(files):
            (place / "fd" / str(number)).symlink_to(file)
