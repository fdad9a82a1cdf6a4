"""Pure. SIMs, by SIM id, and subscribers, by IMSI: their JSON in the API, and the operations on them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from simulator.api.account import Account
from simulator.api.asked import Asked, Operation, text
from simulator.api.search_index import FIELDS, LEAST_LENGTH, fits
from simulator.http_messages import Request, Response
from simulator.subscriber_calls import call
from simulator.subscriber_record import subscriber_record
from simulator.subscribers import Refusal, Sim

_NOT_OF_A_SIM = frozenset(
    {
        *("imsi", "msisdn", "ipAddress", "apn", "plan", "iccid", "subscription", "registeredTime"),
        *("createdAt", "lastModifiedAt", "expiredAt", "locationRegistrationStatus", "packetCaptureSessions"),
        *("presetSecondary", "ipProhibited", "mtSmsProhibited", "moSmsProhibited", "ussdProhibited"),
    }
)
_MOST_FOUND = 10
"""SIMs in a page of the search, unless asked for otherwise."""


def sim_object(account: Account, sim: Sim) -> dict[str, Any]:
    """The `Sim` of the document: without an IMSI of its own, which its profile and its session tell."""
    record = _without_nulls(_record(account, sim))
    members = {name: value for name, value in record.items() if name not in _NOT_OF_A_SIM}
    if sim.session is not None and "sessionStatus" in members:
        members["sessionStatus"] = {**members["sessionStatus"], "imsi": sim.imsi, "subscription": sim.subscription}
    if "localInfo" in members:
        members["localInfo"] = {k: v for k, v in members["localInfo"].items() if isinstance(v, str)}
    capabilities = {"data": True, "sms": True}
    subscriber = {
        "imsi": sim.imsi,
        "msisdn": f"42{sim.imsi[-13:]:0>13}",
        "status": sim.status if sim.status in {"ready", "terminated"} else "active",
        "subscription": sim.subscription,
        "bundles": [],
        "capabilities": capabilities,
    }
    profile = {
        "iccid": sim.iccid,
        "primaryImsi": sim.imsi,
        "otaSupported": False,
        "subscribers": {sim.imsi: subscriber},
    }
    members |= {"type": "virtual" if sim.module_type == "virtual" else "uicc", "operatorId": account.operator_id}
    return {**members, "activeProfileId": sim.iccid, "profiles": {sim.iccid: profile}}


def subscriber_object(account: Account, sim: Sim) -> dict[str, Any]:
    """The `Subscriber` of the document, which has no null; the metadata service's answers have, as was seen."""
    return {**_without_nulls(_record(account, sim)), "operatorId": account.operator_id}


def list_sims(asked: Asked) -> Response:
    """A page of all SIMs, in the order in which they came."""
    return _page_of_sims(asked, None)


def list_in_group(asked: Asked) -> Response:
    """A page of the SIMs of one group."""
    return _page_of_sims(asked, asked.account.platform.group(asked.variable("group_id")).group_id)


def list_subscribers(asked: Asked) -> Response:
    """A page of those with a tag, of some statuses, speed classes and serial numbers."""
    account, query = asked.account, asked.query
    filters = [
        _one_of(query.get("status_filter"), lambda sim: sim.status),
        _one_of(query.get("speed_class_filter"), lambda sim: sim.speed_class),
        _one_of(query.get("serial_number_filter"), lambda sim: sim.iccid),
        _with_tag(query),
    ]
    if not query.keys() - {"limit", "last_evaluated_key"}:
        return _page_of_sims(asked, None, subscriber_object, lambda sim: sim.imsi, has_maximum=True)
    sims, ordered = account.platform.sims, account.ordered()
    found = {s.imsi: s for s in sims if s.sim_id not in ordered and all(is_meant(s) for is_meant in filters)}
    page, headers = asked.page(list(found), has_maximum=True)
    return _page([subscriber_object(account, found[imsi]) for imsi in page], headers)


def search(asked: Asked) -> Response:
    """SIMs by parts of their texts, as the index knows them: a comma separates words of which one is enough."""
    account, query = asked.account, asked.query
    wanted = {name: query[name].lower().split(",") for name in FIELDS & query.keys()}
    if any(len(word) < LEAST_LENGTH for words in wanted.values() for word in words):
        raise Refusal(400, "QRY0001", f"a word is at least {LEAST_LENGTH} characters")
    names = {group.group_id: group.name for group in account.platform.groups}
    online, ordered = query.get("session_status", "NA"), account.ordered()
    found = {
        sim.sim_id: sim
        for sim in account.index.sims()
        if sim.sim_id not in ordered
        and fits(sim, names.get(sim.group_id or "", ""), wanted, every=query.get("search_type", "and") == "and")
        and (online == "NA" or (online == "ONLINE") == (sim.session is not None))
    }
    page, headers = asked.page(list(found), default=_MOST_FOUND, has_maximum=True)
    shown = subscriber_object if asked.request.path.partition("?")[0].endswith("/subscribers") else sim_object
    return _page([shown(account, found[sim_id]) for sim_id in page], headers)


def get_sim(asked: Asked) -> Response:
    """Returns a SIM, or a subscriber."""
    return Response.json(HTTPStatus.OK, _shown(asked, _imsi(asked)))


def change(asked: Asked) -> Response:
    """Carries out the subscriber's call of that name; answers with the whole SIM after the change.

    By the published document, `report_local_info` answers with the subscriber in both trees.
    """
    imsi, request, account = _imsi(asked), asked.request, asked.account
    path = request.path.partition("?")[0].split("/", 4)[4]
    answer = call(account.platform, imsi, Request(request.method, path, {}, request.body))
    if answer.status == HTTPStatus.OK and _is_subscriber(answer):
        return Response.json(HTTPStatus.OK, _shown(asked, imsi))
    if path == "report_local_info":
        return Response.json(HTTPStatus.ACCEPTED, subscriber_object(account, account.platform.sim(imsi)))
    return answer


def register(asked: Asked) -> Response:
    """Registers a SIM with the secret that is printed on it."""
    account, members = asked.account, asked.members()
    key = asked.variables.get("sim_id") or asked.variables["imsi"]
    secret, sim = account.unregistered.get(key, ("", None))
    if sim is None:
        raise Refusal(404, "SIM0001", f"no SIM {key}")
    if text(members, "registrationSecret") != secret:
        raise Refusal(400, "SIM0020", "the registration secret is wrong")
    tags = members.get("tags") or {}
    group_id = members.get("groupId")
    account.platform.add_sim(replace(sim, tags=tags, group_id=group_id))
    for known in (sim.sim_id, sim.imsi):
        account.unregistered.pop(known, None)
    return Response.json(HTTPStatus.CREATED, _shown(asked, sim.imsi))


def send_sms(asked: Asked) -> Response:
    """Delivers an SMS to the modem with the SIM, and keeps it for tests and logs."""
    imsi = _imsi(asked)
    message = text(asked.members(), "payload")
    account = asked.account
    account.messages.append((account.platform.sim(imsi).sim_id, message))
    account.deliver(imsi, message)
    return Response.json(HTTPStatus.ACCEPTED, {"messageId": account.new_id("")})


def session_events(asked: Asked) -> Response:
    """A page of the sessions that began and ended, newest first."""
    imsi = _imsi(asked)
    return _happened(asked, [(one.at_ms, one.at_ms, one.shown) for one in asked.account.history.sessions(imsi)])


def status_history(asked: Asked) -> Response:
    """A page of the states that a SIM was in, newest first unless asked for otherwise; `from` and `to` in seconds."""
    shown = [(one.at_ms, one.at_ms // 1000, one.shown) for one in asked.account.history.statuses(_imsi(asked))]
    return _happened(asked, shown[::-1] if asked.query.get("sort") == "asc" else shown, default=30)


def summary(asked: Asked) -> Response:
    """How many SIMs have which status."""
    if asked.variable("resource_summary_type") != "simsPerStatus":
        raise Refusal(404, "RES0001", "no such summary")
    counted: dict[str, int] = {}
    ordered = asked.account.ordered()
    for sim in asked.account.platform.sims:
        if sim.sim_id in ordered:
            continue
        counted[sim.status] = counted.get(sim.status, 0) + 1
    items = [
        {"dimensions": [{"name": "status", "value": status}], "values": [{"name": "count", "value": number}]}
        for status, number in sorted(counted.items())
    ]
    return Response.json(HTTPStatus.OK, {"resourceSummaryType": "simsPerStatus", "resourceSummaryItems": items})


def _page_of_sims(
    asked: Asked,
    group_id: str | None,
    shown: Callable[[Account, Sim], dict[str, Any]] = sim_object,
    key_of: Callable[[Sim], str] = lambda sim: sim.sim_id,
    *,
    has_maximum: bool = False,
) -> Response:
    platform, key = asked.account.platform, asked.query.get("last_evaluated_key")
    if ordered := asked.account.ordered():
        mine = (sim for sim in platform.sims if group_id in {None, sim.group_id})
        found = {key_of(sim): sim for sim in mine if sim.sim_id not in ordered}
        ids, headers = asked.page(list(found), has_maximum=has_maximum)
        return _page([shown(asked.account, found[one]) for one in ids], headers)
    try:
        after = key if key is None or shown is subscriber_object else platform.imsi_of(key)
        sims, has_more = platform.page(asked.limit(has_maximum=has_maximum), after, group_id)
    except Refusal:
        raise Refusal(400, "COM0001", f"no such last_evaluated_key: {key}") from None
    headers = asked.next_page(key_of(sims[-1])) if has_more else {}
    return _page([shown(asked.account, sim) for sim in sims], headers)


def _happened(asked: Asked, entries: Sequence[tuple[int, int, Mapping[str, Any]]], default: int = 100) -> Response:
    begin, end = asked.number("from", 0), asked.number("to", 1 << 62)
    found = {f"{at}-{place}": shown for place, (at, time, shown) in enumerate(entries) if begin <= time <= end}
    page, headers = asked.page(list(found), default=default)
    return _page([dict(found[key]) for key in page], headers)


def _shown(asked: Asked, imsi: str) -> dict[str, Any]:
    sim = asked.account.platform.sim(imsi)
    return sim_object(asked.account, sim) if "sim_id" in asked.variables else subscriber_object(asked.account, sim)


def _record(account: Account, sim: Sim) -> dict[str, Any]:
    return subscriber_record(sim, account.platform.switches)


def _imsi(asked: Asked) -> str:
    """The IMSI of the SIM in the path."""
    platform = asked.account.platform
    by_id = "sim_id" in asked.variables
    imsi = platform.imsi_of(asked.variable("sim_id")) if by_id else platform.sim(asked.variable("imsi")).imsi
    if platform.sim(imsi).sim_id in asked.account.ordered():
        raise Refusal(404, "SIM0001", "the SIM is part of an order that was not taken over")
    return imsi


def _one_of(given: str | None, value_of: Callable[[Sim], str]) -> Callable[[Sim], bool]:
    wanted = set(given.split("|")) if given else None
    return lambda sim: wanted is None or value_of(sim) in wanted


def _with_tag(query: Mapping[str, str]) -> Callable[[Sim], bool]:
    name, value = query.get("tag_name"), query.get("tag_value", "")
    is_prefix = query.get("tag_value_match_mode", "exact") == "prefix"

    def is_meant(sim: Sim) -> bool:
        found = sim.tags.get(name or "")
        return name is None or (found is not None and (found.startswith(value) if is_prefix else found == value))

    return is_meant


def _is_subscriber(answer: Response) -> bool:
    given = json.loads(answer.body)
    return isinstance(given, dict) and "imsi" in given


def _without_nulls(record: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _without_nulls(v) if isinstance(v, dict) else v for k, v in record.items() if v is not None}


def _page(values: list[dict[str, Any]], headers: Mapping[str, str]) -> Response:
    return replace(Response.json(HTTPStatus.OK, values), headers=headers)


OPERATIONS: Mapping[str, Operation] = {
    "Sim:listSims": list_sims,
    "Sim:getSim": get_sim,
    "Sim:registerSim": register,
    "Sim:sendSmsToSim": send_sms,
    "Sim:listSimSessionEvents": session_events,
    "Sim:listSimStatusHistory": status_history,
    "Subscriber:listSubscribers": list_subscribers,
    "Subscriber:getSubscriber": get_sim,
    "Subscriber:registerSubscriber": register,
    "Subscriber:sendSms": send_sms,
    "Subscriber:listSessionEvents": session_events,
    "Group:listSubscribersInGroup": list_in_group,
    "Query:searchSims": search,
    "Query:searchSubscribers": search,
    "ResourceSummary:getResourceSummary": summary,
}
"""Every other call of a SIM or a subscriber is a `change`."""
