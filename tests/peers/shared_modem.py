"""A bed with a USB modem, a D-Bus of its own, and Debian's real ModemManager on it."""

import json
import os
import shutil
import subprocess
from contextlib import ExitStack
from pathlib import Path

from waiting import exit_of, line_of, until

HERE = Path(__file__).parent
IMEI = "490154203237518"
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={socket}</listen><auth>EXTERNAL</auth>
<policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
</policy>
</busconfig>"""


class Bed:
    """Stands as long as the block; ModemManager comes and goes."""

    def __init__(self, place, model):
        self.place, self.model = place, model
        self.bus = f"unix:path={place}/bus"
        self.running = ExitStack()
        self._manager = None

    def __enter__(self):
        subprocess.run(
            ["gcc", "-shared", "-fPIC", "-o", self.place / "ioctl_pass.so", HERE / "ioctl_pass.c", "-ldl"], check=True
        )
        script = ["umockdev-wrapper", "/usr/bin/python3", HERE / "bed.py", self.model, IMEI, "hints"]
        self.modem = self._started(
            script,
            env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.root = Path(line_of(self.modem.stdout).strip())
        (self.place / "bus.conf").write_text(BUS.format(socket=self.place / "bus"))
        self._started(["dbus-daemon", f"--config-file={self.place}/bus.conf", "--nofork"])
        (self.root / "usr/bin").mkdir(parents=True)
        (self.root / "usr/bin/mmcli").symlink_to("/usr/bin/mmcli")
        (self.root / "proc").symlink_to("/proc")
        until("the bus", (self.place / "bus").exists)
        return self

    def __exit__(self, *_):
        self.stop_manager()
        (self.root / "proc").unlink()
        shutil.rmtree(self.root / "usr")
        self.running.close()

    def _started(self, command, **wanted):
        process = self.running.enter_context(subprocess.Popen(command, **wanted))
        self.running.callback(process.stdin.close if process.stdin else process.terminate)
        return process

    def port(self, number):
        return str(self.root / f"dev/ttyUSB{number}")

    def tell(self, words):
        """Has the modem do something; what it answers."""
        self.modem.stdin.write(f"{words}\n")
        self.modem.stdin.flush()
        return line_of(self.modem.stdout).strip()

    def asked(self):
        """Commands on each port since the last time."""
        return {int(number): commands for number, commands in json.loads(self.tell("log")).items()}

    def start_manager(self, *, and_wait=True):
        preload = f"{self.place}/ioctl_pass.so libumockdev-preload.so.0"
        self._manager = subprocess.Popen(
            ["ModemManager", "--test-no-suspend-resume", "--debug", f"--log-file={self.place}/mm.log"],
            env={
                **os.environ,
                "LD_PRELOAD": preload,
                "UMOCKDEV_DIR": str(self.root),
                "DBUS_SYSTEM_BUS_ADDRESS": self.bus,
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        if and_wait:
            until("a managed modem", self.is_managed)
            self.asked()

    def is_managed(self):
        """Whether ModemManager has the modem, wholly."""
        found = subprocess.run(["mmcli", "-m", "any", "-J"], capture_output=True, check=False)
        if found.returncode:
            return False
        generic = json.loads(found.stdout)["modem"]["generic"]
        return generic["state"] not in {"unknown", "initializing"} and generic["equipment-identifier"] != "--"

    def stop_manager(self):
        if self._manager:
            self._manager.terminate()
            exit_of(self._manager)
            self._manager = None
