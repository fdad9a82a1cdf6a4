"""Edge. Operations on SIMs: read, tag, move to a group, lock to an IMEI, stop, wake.

An operation that changes a SIM returns the SIM after the change, where the platform returns it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from fleet.platform.api import Api, path_of
from fleet.platform.failures import PlatformFailure
from fleet.platform.sim import Sim, sim_of, sims_of_page

_LEAST_SEARCHED = 2
"""Characters that the platform's search takes (published document, `searchSims`)."""
_MOST_FOUND = "100"
_OFFLINE = "SEM0016"
"""The platform's code for a SIM that has no session (published document, `deleteSimSession`)."""


@dataclass(frozen=True, slots=True)
class SimPage:
    """One page of the list of all SIMs."""

    sims: tuple[Sim, ...]
    is_last: bool


def all_sims(api: Api) -> Iterator[Sim]:
    """Sim:listSims. Every SIM of the operator, page by page."""
    for page in sim_pages(api):
        yield from page.sims


def sim_pages(api: Api) -> Iterator[SimPage]:
    """Sim:listSims. The pages of all SIMs of the operator; a page is requested when it is taken."""
    for page in api.responses("/sims"):
        yield SimPage(sims_of_page(page.body), page.next_key is None)


def one_sim(api: Api, sim_id: str) -> Sim:
    """Sim:getSim."""
    return sim_of(api.get(path_of("sims", sim_id)).body)


def search(api: Api, text: str) -> tuple[Sim, ...]:
    """Query:searchSims. SIMs with the text in one of their numbers, their name or a tag; none for a text of one letter.

    The platform's index is up to 15 seconds late. A comma separates words, so that a text with one finds too much.
    """
    if len(text) < _LEAST_SEARCHED:
        return ()
    fields = dict.fromkeys(("sim_id", "imsi", "msisdn", "iccid", "serial_number", "name", "tag"), text)
    query = {**fields, "search_type": "or", "limit": _MOST_FOUND}
    return sims_of_page(api.get("/query/sims", query).body)


def put_tags(api: Api, sim_id: str, tags: Mapping[str, str]) -> Sim:
    """Sim:putSimTags. Adds or replaces these tags and leaves all others."""
    pairs = [{"tagName": name, "tagValue": value} for name, value in tags.items()]
    return sim_of(api.put(path_of("sims", sim_id, "tags"), pairs).body)


def delete_tag(api: Api, sim_id: str, name: str) -> None:
    """Sim:deleteSimTag."""
    api.delete(path_of("sims", sim_id, "tags", name))


def set_group(api: Api, sim_id: str, group_id: str) -> Sim:
    """Sim:setSimGroup. Moves the SIM into a group."""
    return sim_of(api.post(path_of("sims", sim_id, "set_group"), {"groupId": group_id}).body)


def set_speed_class(api: Api, sim_id: str, speed_class: str) -> Sim:
    """Sim:updateSimSpeedClass."""
    return sim_of(api.post(path_of("sims", sim_id, "update_speed_class"), {"speedClass": speed_class}).body)


def set_imei_lock(api: Api, sim_id: str, imei: str) -> Sim:
    """Sim:setSimImeiLock. From now on the network accepts the SIM in this device only."""
    return sim_of(api.post(path_of("sims", sim_id, "set_imei_lock"), {"imei": imei}).body)


def unset_imei_lock(api: Api, sim_id: str) -> Sim:
    """Sim:unsetSimImeiLock."""
    return sim_of(api.post(path_of("sims", sim_id, "unset_imei_lock")).body)


def delete_session(api: Api, sim_id: str) -> None:
    """Sim:deleteSimSession. The device may connect again at once; for a SIM that is offline there is nothing to do."""
    try:
        api.post(path_of("sims", sim_id, "delete_session"))
    except PlatformFailure as failure:
        if failure.platform_code != _OFFLINE:
            raise


def activate(api: Api, sim_id: str) -> Sim:
    """Sim:activateSim. The SIM may connect."""
    return sim_of(api.post(path_of("sims", sim_id, "activate")).body)


def deactivate(api: Api, sim_id: str) -> Sim:
    """Sim:deactivateSim. The SIM may not connect; its modem continues to try."""
    return sim_of(api.post(path_of("sims", sim_id, "deactivate")).body)


def suspend(api: Api, sim_id: str) -> Sim:
    """Sim:suspendSim. The SIM may not connect, and a modem that follows the standard stops trying."""
    return sim_of(api.post(path_of("sims", sim_id, "suspend")).body)


def set_to_standby(api: Api, sim_id: str) -> Sim:
    """Sim:setSimToStandby. The SIM may connect, and is active from then on."""
    return sim_of(api.post(path_of("sims", sim_id, "set_to_standby")).body)


def send_sms(api: Api, sim_id: str, text: str) -> None:
    """Sim:sendSmsToSim. Sent once: a second SMS would arrive as a second message."""
    api.post(path_of("sims", sim_id, "send_sms"), {"payload": text, "encodingType": 1}, repeatable=False)
