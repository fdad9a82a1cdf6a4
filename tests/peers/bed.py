"""Entry point: a USB modem of four ports in a umockdev bed, alive until standard input ends. For Debian's python3.

Arguments: the model, the IMEI, and `hints` where udev knows the ports. Says the bed's directory as soon as it stands.
Words on standard input, one a line: `faults PORT NAME...` (a port's modem gets these faults), `log` (says what was
asked on each port since, as JSON).
"""

import fcntl
import json
import os
import select
import sys
import termios
import tty
from heapq import heappop, heappush
from itertools import count
from pathlib import Path
from time import monotonic, sleep

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402 (the version comes first)

from simulator import modem_faults  # noqa: E402 (gi comes first)
from simulator.model_files import load_model  # noqa: E402 (gi comes first)
from simulator.modem import Modem  # noqa: E402 (gi comes first)
from simulator.modem_events import Sent, Unplugged  # noqa: E402 (gi comes first)

DEVICE = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1"
KNOWN = {"ID_MM_CANDIDATE": "1", "ID_VENDOR_ID": "2c7c", "ID_MODEL_ID": "0125"}
SPEEDS = {termios.B9600: 9600, termios.B115200: 115200}
ROLES = {2: "AT_PRIMARY", 3: "AT_SECONDARY", 0: "QCDM", 1: "GPS"}


def device(place, properties, *, node="", driver="", **attributes):
    """One device as umockdev reads it."""
    lines = [f"P: {place.removeprefix('/sys')}", *([f"N: {node}"] if node else [])]
    lines += [f"E: {name}={value}" for name, value in properties.items()]
    lines += [f"A: {name}={value}" for name, value in attributes.items()]
    lines += [f"L: driver={'../' * place.count('/')}bus/{driver}"] if driver else []
    return "\n".join(lines) + "\n\n"


def build(bed, *, hints):
    """A USB device with four serial ports: for diagnosis, for positions, and two for AT commands."""
    usb = {"SUBSYSTEM": "usb", "DEVTYPE": "usb_device", "ID_BUS": "usb", **KNOWN}
    bed.add_from_string(device(DEVICE, usb, idVendor="2c7c", idProduct="0125", busnum="1", devnum="2"))
    for number in range(4):
        interface = f"{DEVICE}/1-1:1.{number}"
        attributes = {"bInterfaceNumber": f"{number:02x}", "bInterfaceClass": "ff", "bInterfaceSubClass": "ff"}
        usb = {"SUBSYSTEM": "usb", "DEVTYPE": "usb_interface", "DRIVER": "option"}
        bed.add_from_string(device(interface, usb, driver="usb/drivers/option", **attributes, bInterfaceProtocol="ff"))
        serial = f"{interface}/ttyUSB{number}"
        of_serial = {"SUBSYSTEM": "usb-serial", "DRIVER": "option1"}
        bed.add_from_string(device(serial, of_serial, driver="usb-serial/drivers/option1"))
        of_tty = {"SUBSYSTEM": "tty", "DEVNAME": f"/dev/ttyUSB{number}", "MAJOR": "188", "MINOR": f"{number}", **KNOWN}
        hint = {f"ID_MM_PORT_TYPE_{ROLES[number]}": "1"} if hints else {}
        of_tty |= {"ID_BUS": "usb", "ID_USB_INTERFACE_NUM": f"{number:02x}", "ID_USB_DRIVER": "option", **hint}
        at = f"{serial}/tty/ttyUSB{number}"
        bed.add_from_string(device(at, of_tty, node=f"ttyUSB{number}", dev=f"188:{number}"))
        back = f"{bed.get_root_dir()}{at}/device"
        if not os.path.lexists(back):
            Path(back).symlink_to(f"../../../ttyUSB{number}")


class Bed:
    def __init__(self, model, imei, *, hints):
        self.bed = UMockdev.Testbed.new()
        build(self.bed, hints=hints)
        silent = [modem_faults.Silent()]
        self.modems = {
            n: Modem(load_model(model), imei=imei, echo=True, faults=silent if n < 2 else ()) for n in range(4)
        }
        self.ports = {self.bed.get_dev_fd(f"/dev/ttyUSB{n}"): n for n in range(4)}
        for port in self.ports:
            tty.setraw(port)
        self.due, self.order, self.used = [], count(), set()

    def live(self):
        say(self.bed.get_root_dir())
        while True:
            pause = min(0.5, max(0.0, self.due[0][0] - monotonic())) if self.due else 0.5
            for port in select.select([sys.stdin, *self.ports], [], [], pause)[0]:
                if port is sys.stdin:
                    line = os.read(0, 4096).decode()
                    if not line:
                        return
                    for one in line.splitlines():
                        self.carry_out(one.split())
                else:
                    self.heard(port)
            while self.due and self.due[0][0] <= monotonic():
                _, _, port, event = heappop(self.due)
                self.happened(port, event)

    def happened(self, port, event):
        match event:
            case Sent(data, _) if port in self.ports:
                os.write(port, data)
            case Unplugged() if self.ports.pop(port, None) is not None:
                os.close(port)
            case _:
                pass

    def heard(self, port):
        modem = self.modems[self.ports[port]]
        try:
            data = os.read(port, 4096)
        except OSError:
            if port in self.used:
                self.used.discard(port)
                self.forget_claim(self.ports[port])
            sleep(0.02)
            return
        self.used.add(port)
        modem.line_speed = SPEEDS.get(termios.tcgetattr(port)[5])
        for event in modem.feed(data):
            heappush(self.due, (monotonic() + event.after_s, next(self.order), port, event))

    def forget_claim(self, number):
        """A USB port that nobody has open any more has no claim on it; a pseudo-terminal would keep TIOCEXCL."""
        other = os.open(f"{self.bed.get_root_dir()}/dev/ttyUSB{number}", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        fcntl.ioctl(other, termios.TIOCNXCL)
        os.close(other)

    def carry_out(self, words):
        match words:
            case ["faults", number, *names]:
                self.modems[int(number)].faults = tuple(getattr(modem_faults, name)() for name in names)
                self.modems[int(number)].power_on()
            case ["log"]:
                say(json.dumps({n: modem.commands for n, modem in self.modems.items()}))
                for modem in self.modems.values():
                    modem.commands = []
                return
        say("done")


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    Bed(sys.argv[1], sys.argv[2], hints="hints" in sys.argv).live()
