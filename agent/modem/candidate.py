"""Values. A serial port that may belong to a modem."""

from __future__ import annotations

from agent.frozen import frozen


@frozen
class Candidate:
    """A port to which AT commands may be sent."""

    path: str
    """Path of the port; the path that stays the same over reboots, where udev made one."""
    name: str
    """Name of the port in the kernel: `ttyUSB2`."""
    device: str
    """The device to which the port belongs: its path in sysfs, or the path of the port itself."""
    rank: tuple[int, str, int]
    """Order in which candidates are tried; the smallest first."""
    for_calls: bool = False
    """Whether the port is meant for data calls: it is tried only where no other port of the device answers."""
    age_s: float | None = None
    """Seconds since udev recorded the port; None where that is not known."""
    on_usb: bool = True
    """Whether the port is on USB; False for a UART that the settings name."""
