"""Values. The time limits for reading the equipment: every wait of agent/modem has its limit here.

One reading ends within the sum of `all_s`, `manager_answer_s` and `close_s`, which is less than the minute that a pass
allows for it.
"""

from __future__ import annotations

from agent.frozen import frozen


@frozen
class Limits:
    """Time limits in seconds; `wakes` is a count and `speeds` are bit rates."""

    all_s: float = 50.0
    """For the whole reading. A wait for a modem leaves time for one round of ports; each round takes the rest."""
    port_s: float = 20.0
    """For all commands on one port."""
    answer_s: float = 3.0
    """For the answer to one command."""
    wake_s: float = 1.0
    """For the answer to a bare `AT`."""
    wakes: int = 3
    """How often a bare `AT` is sent before the port counts as silent."""
    speeds: tuple[int, ...] = (115200, 9600, 921600, 460800, 57600)
    """Bit rates to try on a UART that is silent at the configured rate, each with two `AT`."""
    speed_s: float = 0.3
    """For the answer to each `AT` at another bit rate."""
    after_error_s: float = 0.3
    """Silence after an error or an unexpected line: it may be from an earlier command, and the answer may follow."""
    after_ok_s: float = 1.0
    """Silence after an OK without an information line."""
    lf_s: float = 0.02
    """For the LF after the CR of a final result, which some modems do not send."""
    drain_s: float = 0.1
    """Silence that ends the rest of a late answer."""
    write_s: float = 1.0
    """For a write to the port."""
    close_s: float = 2.0
    """For the driver to close a port."""
    busy_pauses_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Pauses before a command is sent again to a busy SIM."""
    manager_answer_s: float = 5.0
    """For all calls of mmcli at one look at ModemManager."""
    manager_decides_s: float = 40.0
    """The longest time in which ModemManager examines the ports of a modem, from its own start or the modem's.

    During that time ModemManager opens the ports one after the other. If another program opens a port then,
    ModemManager does not use that port afterwards.
    """
    appears_s: float = 30.0
    """For a modem that was found the last time and has not appeared yet."""
    look_again_s: float = 1.0
    """Pause between two looks for the modem."""
