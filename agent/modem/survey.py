"""Pure. Everything that one reading of the equipment found."""

from __future__ import annotations

from agent.frozen import frozen
from agent.identity import Equipment
from agent.modem.candidate import Candidate
from agent.modem.dialogue import ExchangeRecord
from agent.modem.mmcli import Managed


@frozen
class Survey:
    """Everything that was found, for who wants more than the result."""

    equipment: Equipment
    """The modem that said most, with the others beside it."""
    managed: tuple[Managed, ...]
    """ModemManager's."""
    asked: tuple[tuple[Candidate, Equipment], ...]
    """Each port that was asked, and what it said."""
    exchanges: tuple[ExchangeRecord, ...]
    """Every exchange, in the order in which they ended."""
