"""Pure. The result of one reading of the equipment, with all its details."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agent.frozen import frozen
from agent.identity import Equipment
from agent.modem.candidate import Candidate
from agent.modem.dialogue import ExchangeRecord

if TYPE_CHECKING:
    from agent.modem.mmcli import ManagedModem


@frozen
class Survey:
    """The equipment, with every port and exchange of the reading, for the search for a fault."""

    equipment: Equipment
    """The modem with the most important value; the other modems are in its `others`."""
    managed: tuple[ManagedModem, ...]
    """The modems of ModemManager."""
    asked: tuple[tuple[Candidate, Equipment], ...]
    """Each port that was read, with the equipment read on it."""
    exchanges: tuple[ExchangeRecord, ...]
    """Every command with its answer, in the order in which the answers ended."""
