"""Story. Identify and bind: the SIM, the modem, and whether they belong together."""

from __future__ import annotations

from threading import Thread

from agent.errors import Code, Failure
from agent.identity import Equipment, NotRead, Subscriber, value_of
from agent.provision.binding import Mismatch, verdict
from agent.provision.edges import Edges, PassStage
from agent.provision.pass_result import Bound, Identified, ModemRead, Stopped

_NO_READING = Failure(Code.BUG, "reading the modem failed unexpectedly")


def identify(edges: Edges, *, reads_ahead: bool) -> Identified | Stopped:
    """Asks the service and the modem at the same time; with `reads_ahead` the service for the userdata as well."""
    if reads_ahead:
        edges.service.read_userdata_ahead()
    readings: list[Equipment] = []
    reading = Thread(target=lambda: readings.append(edges.read_equipment()), daemon=True)
    reading.start()
    try:
        subscriber = _subscriber(edges)
    finally:
        reading.join()
    equipment = readings[0] if readings else Equipment.unread(_NO_READING)
    if isinstance(subscriber, Failure):
        edges.show(PassStage.IDENTIFY, _modem_line(equipment))
        return Stopped(subscriber, ModemRead(equipment))
    equipment = equipment.carrying(subscriber)
    edges.show(PassStage.IDENTIFY, _modem_line(equipment))
    return Identified(subscriber, equipment)


def _subscriber(edges: Edges) -> Subscriber | Failure:
    try:
        subscriber = edges.service.subscriber()
    except Failure as failure:
        return failure
    edges.show(PassStage.IDENTIFY, f"SIM {subscriber.card}, IMSI {subscriber.imsi}")
    return subscriber


def _modem_line(equipment: Equipment) -> str:
    if isinstance(equipment.imei, NotRead):
        return f"modem: IMEI not read ({equipment.imei})"
    model = value_of(equipment.model) or "modem"
    return f"{model} on {equipment.port}, IMEI {equipment.imei.value}"


def bind(edges: Edges, identified: Identified) -> Bound | Stopped:
    """Compares the three witnesses; a contradiction ends the pass, a modem that was not read is a notice."""
    found = verdict(identified.subscriber, identified.equipment)
    if isinstance(found, Mismatch):
        return Stopped(Failure(found.code, found.why), Bound(found))
    edges.show(PassStage.BIND, found.why)
    imei = identified.equipment.imei
    return Bound(found, (Failure(imei.code, imei.why),) if isinstance(imei, NotRead) else ())
