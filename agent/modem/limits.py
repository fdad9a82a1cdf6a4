"""Words. How long reading the equipment may take: every wait in this room has its bound here.

Everything together ends within `all_s`, `manager_answer_s` and `close_s`, less than the minute that a pass has for it.
"""

from __future__ import annotations

from agent.frozen import frozen


@frozen
class Limits:
    """In seconds where nothing else is said."""

    all_s: float = 50.0
    """For everything: what is waited for leaves time for a round of ports, and every round takes what is left."""
    port_s: float = 20.0
    """For everything that is asked on one port."""
    answer_s: float = 3.0
    """For one answer."""
    wake_s: float = 1.0
    """For the answer to a bare `AT`, of which there are `wakes`."""
    wakes: int = 3
    speeds: tuple[int, ...] = (115200, 9600, 921600, 460800, 57600)
    """Bit rates that are tried on a UART that is silent at the configured one, each with two `AT`."""
    speed_s: float = 0.3
    """For the answer to each of those."""
    after_error_s: float = 0.3
    """Silence after an error, or after a wrong line: it may have been somebody else's, and ours still comes."""
    after_ok_s: float = 1.0
    """Silence after an OK without any line."""
    lf_s: float = 0.02
    """For the LF behind the CR of a final result, which some modems do not send."""
    drain_s: float = 0.1
    """Silence that ends what is left of an answer that came too late."""
    write_s: float = 1.0
    """For bytes that the port does not take."""
    close_s: float = 2.0
    """For a driver to give a port back."""
    busy_pauses_s: tuple[float, ...] = (1.0, 2.0, 4.0)
    """Pauses before a busy SIM is asked again."""
    manager_answer_s: float = 5.0
    """For all that ModemManager is asked at one look."""
    manager_decides_s: float = 40.0
    """What ModemManager takes at most, from its start or the modem's, to find out what a modem's ports are for.

    While it does it holds them one after the other; a port that is taken from it then is lost to it.
    """
    appears_s: float = 30.0
    """For a modem that was here the last time and is not there yet."""
    look_again_s: float = 1.0
    """Between two looks at what is waited for."""
