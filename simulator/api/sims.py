"""Pure. SIMs: what the API shows of them, and what it does to them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from simulator.api.account import Account
from simulator.api.asked import Asked, nothing, text
from simulator.http_messages import Request, Response
from simulator.subscriber_calls import call
from simulator.subscribers import Refusal

_NOT_OF_A_SIM = ("imsi", "msisdn", "ipAddress", "apn", "plan", "iccid", "subscription", "registeredTime", "createdAt")


def sim_object(account: Account, imsi: str) -> dict[str, Any]:
    """The `Sim` of the document: without an IMSI of its own, which its profile and its session tell."""
    record = account.platform.subscriber(imsi)
    members = {name: value for name, value in record.items() if name not in _NOT_OF_A_SIM and value is not None}
    members["type"] = "uicc"
    members["operatorId"] = account.operator_id
    session = members.get("sessionStatus")
    if isinstance(session, dict):
        members["sessionStatus"] = {k: v for k, v in session.items() if v is not None} | (
            {"imsi": imsi} if session.get("online") else {}
        )
    sim = account.platform.sim(imsi)
    subscriber = {"imsi": imsi, "status": sim.status, "subscription": sim.subscription}
    profile = {"iccid": sim.iccid, "primaryImsi": imsi, "otaSupported": False, "subscribers": {imsi: subscriber}}
    return {**members, "activeProfileId": sim.iccid, "profiles": {sim.iccid: profile}}


def list_sims(asked: Asked) -> Response:
    """A page of all SIMs, in the order in which they came."""
    account = asked.account
    account.look_at_sims()
    ids, headers = asked.page(account.order_of_sims, account.places)
    return _page([sim_object(account, account.listed[sim_id]) for sim_id in ids], headers)


def list_in_group(asked: Asked) -> Response:
    """A page of the SIMs of one group."""
    account, group_id = asked.account, asked.variable("group_id")
    account.platform.group(group_id)
    account.look_at_sims()
    sims = [sim for sim in account.platform.sims if sim.group_id == group_id]
    ids, headers = asked.page([sim.sim_id for sim in sims])
    return _page([sim_object(account, account.listed[sim_id]) for sim_id in ids], headers)


def search(asked: Asked) -> Response:
    """SIMs by name, tag value, group, IMSI, ICCID or status: part of the text, without regard to capitals."""
    account = asked.account
    found = []
    for sim in account.platform.sims:
        values = {
            "name": [sim.tags["name"]],
            "tag": list(sim.tags.values()),
            "group_id": [sim.group_id or ""],
            "imsi": [sim.imsi],
            "sim_id": [sim.sim_id],
            "iccid": [sim.iccid],
            "status": [sim.status],
        }
        wanted = {name: word.lower() for name, word in asked.query.items() if name in values}
        if all(any(word in value.lower() for value in values[name]) for name, word in wanted.items()):
            found.append(sim.sim_id)
    account.look_at_sims()
    ids, headers = asked.page(found)
    return _page([sim_object(account, account.listed[sim_id]) for sim_id in ids], headers)


def get_sim(asked: Asked) -> Response:
    """One SIM."""
    return Response.json(200, sim_object(asked.account, _imsi(asked)))


def change(word: str) -> Callable[[Asked], Response]:
    """What the subscriber's own call of that name does; answers with the SIM after the change."""

    def changed(asked: Asked) -> Response:
        imsi = _imsi(asked)
        body = asked.request.body
        path = f"tags/{asked.variables['tag_name']}" if word == "tags/" else word
        answer = call(asked.account.platform, imsi, Request(asked.request.method, path, {}, body))
        if answer.status == HTTPStatus.OK and _is_subscriber(answer):
            return Response.json(200, sim_object(asked.account, imsi))
        return answer

    return changed


def send_sms(asked: Asked) -> Response:
    """Keeps the message for whoever looks, and hands it to the SIM's modem where one listens."""
    imsi = _imsi(asked)
    message = text(asked.members(), "payload")
    asked.account.messages.append((asked.account.platform.sim(imsi).sim_id, message))
    return nothing(202)


def traffic(asked: Asked) -> Response:
    """Bytes per day, as `stats/air` tells them."""
    imsi = _imsi(asked)
    if asked.query.get("period") not in {"day", "month", "minutes"}:
        raise Refusal(400, "COM0001", "period is month, day or minutes")
    days = sorted((day, size) for (of, day), size in asked.account.traffic.items() if of == imsi)
    rows = [_stats(day, size) for day, size in days]
    return Response.json(200, rows)


def _stats(day: int, size: int) -> Mapping[str, Any]:
    half = {"uploadByteSizeTotal": size, "downloadByteSizeTotal": 0, "uploadPacketSizeTotal": 1}
    return {"unixtime": day * 86400, "date": str(day), "dataTrafficStatsMap": {"s1.4xfast": half}}


def _imsi(asked: Asked) -> str:
    sim_id = asked.variable("sim_id")
    imsi = asked.account.imsi_of(sim_id)
    if imsi is None:
        raise Refusal(404, "SIM0001", f"no SIM {sim_id}")
    return imsi


def _is_subscriber(answer: Response) -> bool:
    try:
        told = json.loads(answer.body)
    except ValueError:
        return False
    return isinstance(told, dict) and "imsi" in told


def _page(values: list[dict[str, Any]], headers: Mapping[str, str]) -> Response:
    answer = Response.json(200, values)
    return Response(answer.status, answer.body, answer.content_type, headers)
