"""Words. A serial port that may be a modem's."""

from __future__ import annotations

from agent.frozen import frozen


@frozen
class Candidate:
    """A port that may be asked."""

    path: str
    """Best name that there is: stable over reboots where udev made one."""
    name: str
    """The kernel's: `ttyUSB2`."""
    device: str
    """The device that it is a port of: its place in sysfs, or the port itself."""
    rank: tuple[int, str, int]
    """Order in which candidates are preferred."""
    for_calls: bool = False
    """Meant for data calls: only asked where no other port of the device answers."""
    age_s: float | None = None
    """Seconds since udev knew it; None where nobody knows."""
    on_usb: bool = True
