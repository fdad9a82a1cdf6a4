"""A directory of small scripts in place of systemctl, nmcli, busctl and systemd-run."""

from agent.apply.machine.running_system import RunningSystem

HOSTILE = "\\033]0;owned\\007\\000\\377\\342\\200\\256evil"
"""What a program prints that means to harm a terminal, for printf."""


class Programs:
    """The directory: each script notes its arguments, then does what the test says."""

    def __init__(self, place):
        self.place = place
        self.system = RunningSystem({"PATH": f"{place}:/usr/bin:/bin"})

    def add(self, name, body="exit 0"):
        program = self.place / name
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >> {self.place}/asked\n{body}\n')
        program.chmod(0o755)
        return self

    @property
    def asked(self):
        """The command lines, in their order."""
        path = self.place / "asked"
        return path.read_text().splitlines() if path.exists() else []
