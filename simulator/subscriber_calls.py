"""Pure. The calls of the API below `/v1/subscribers/{imsi}/`, which a device reaches without its IMSI.

By the documentation all of these pass through the metadata service; that was not seen for each. Almost every change
answers with the whole subscriber after the change. Source: SORACOM's OpenAPI definition, version 20260604; its error
codes are not published, the codes here are invented.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote

from simulator.http_messages import Request, Response, json_value
from simulator.soracom import Platform
from simulator.subscribers import Refusal

SPEED_CLASSES = frozenset({"s1.minimum", "s1.slow", "s1.standard", "s1.fast", "s1.4xfast"})
EXPIRY_ACTIONS = frozenset({"doNothing", "deleteSession", "deactivate", "suspend", "terminate"})

_STATUS_CALLS: Mapping[str, str] = {
    "activate": "active",
    "deactivate": "inactive",
    "suspend": "suspended",
    "set_to_standby": "standby",
    "terminate": "terminated",
}


def call(platform: Platform, imsi: str, request: Request) -> Response:
    """Carries out one call; `request.path` is what follows the IMSI. Raises `Refusal` as the API would."""
    match request.method, request.path.split("/"):
        case "PUT", ["tags"]:
            platform.set_tags(imsi, _tags(request))
        case "DELETE", ["tags", name]:
            platform.delete_tag(imsi, unquote(name))
            return Response(204, content_type=None)
        case "POST", [name] if name in _STATUS_CALLS:
            platform.set_status(imsi, _STATUS_CALLS[name])
        case "POST", [name] if name in _POSTS:
            _POSTS[name](platform, imsi, _object(request))
        case "POST", ["send_sms" | "report_local_info" as name]:
            return _accepted(platform, imsi, name)
        case "POST", ["downlink", "ping"]:
            return Response.json(200, {"success": True, "rtt": "123.4"})
        case "GET", ["events", "sessions"]:
            return Response.json(200, _session_events(platform, imsi))
        case "GET", ["data"]:
            return Response.json(200, [])
        case "PUT", ["bundles"]:
            _json(request)
        case _:
            raise Refusal(404, "COM0404", f"no call {request.method} {request.path}")
    return Response.json(200, platform.subscriber(imsi))


def _json(request: Request) -> Any:
    try:
        return json_value(request.body)
    except (ValueError, RecursionError):
        raise Refusal(400, "COM0400", "the body is not JSON") from None


def _object(request: Request) -> Mapping[str, Any]:
    body = _json(request) if request.body else {}
    if not isinstance(body, dict):
        raise Refusal(400, "COM0400", "the body is not an object")
    return body


def _tags(request: Request) -> dict[str, str]:
    body = _json(request)
    if not isinstance(body, list):
        raise Refusal(400, "COM0400", "tags are a list of objects with tagName and tagValue")
    return dict(_tag(item) for item in body)


def _tag(item: object) -> tuple[str, str]:
    match item:
        case {"tagName": str(name), "tagValue": str(value)} if name:
            return name, value
    raise Refusal(400, "COM0400", "a tag is an object with tagName and tagValue, both texts")


def _accepted(platform: Platform, imsi: str, name: str) -> Response:
    if name == "report_local_info":
        platform.report_local_info(imsi)
        return Response.json(202, platform.subscriber(imsi))
    return Response.json(202, {"messageId": f"{imsi}-{platform.now_ms()}"})


def _session_events(platform: Platform, imsi: str) -> list[dict[str, Any]]:
    sim = platform.sim(imsi)
    sessions = [session for session in (sim.session, sim.previous_session) if session]
    return [{"event": "Created", "imsi": imsi, "imei": item.imei, "time": item.created_ms} for item in sessions]


def _set_group(platform: Platform, imsi: str, body: Mapping[str, Any]) -> None:
    platform.set_group(imsi, _text(body, "groupId"))


def _unset_group(platform: Platform, imsi: str, _body: Mapping[str, Any]) -> None:
    if platform.sim(imsi).group_id is None:
        raise Refusal(404, "SIM0011", "the SIM is in no group")
    platform.set_group(imsi, None)


def _update_speed_class(platform: Platform, imsi: str, body: Mapping[str, Any]) -> None:
    speed_class = _text(body, "speedClass")
    if speed_class not in SPEED_CLASSES:
        raise Refusal(400, "SIM0012", f"no speed class {speed_class}")
    platform.change_sim(imsi, speed_class=speed_class)


def _set_imei_lock(platform: Platform, imsi: str, body: Mapping[str, Any]) -> None:
    platform.set_imei_lock(imsi, _text(body, "imei") if "imei" in body else "")


def _unset_imei_lock(platform: Platform, imsi: str, _body: Mapping[str, Any]) -> None:
    platform.unset_imei_lock(imsi)


def _termination(*, enabled: bool) -> Callable[[Platform, str, Mapping[str, Any]], None]:
    def change(platform: Platform, imsi: str, _body: Mapping[str, Any]) -> None:
        platform.change_sim(imsi, termination_enabled=enabled)

    return change


def _set_expiry_time(platform: Platform, imsi: str, body: Mapping[str, Any]) -> None:
    time_ms, action = body.get("expiryTime"), body.get("expiryAction", "doNothing")
    if type(time_ms) is not int or not isinstance(action, str) or action not in EXPIRY_ACTIONS:
        raise Refusal(400, "SIM0013", "expiryTime is milliseconds since 1970, expiryAction one of the known")
    platform.change_sim(imsi, expiry_ms=time_ms, expiry_action=action)


def _unset_expiry_time(platform: Platform, imsi: str, _body: Mapping[str, Any]) -> None:
    platform.change_sim(imsi, expiry_ms=None, expiry_action=None)


def _delete_session(platform: Platform, imsi: str, _body: Mapping[str, Any]) -> None:
    """Ends the session of the SIM; its device connects again at once, as devices do."""
    if platform.sim(imsi).session is None:
        raise Refusal(400, "SEM0016", "the SIM is offline")
    platform.connect(imsi)


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise Refusal(400, "COM0400", f"{name} is a text")
    return value


_POSTS: Mapping[str, Callable[[Platform, str, Mapping[str, Any]], None]] = {
    "set_group": _set_group,
    "unset_group": _unset_group,
    "update_speed_class": _update_speed_class,
    "set_imei_lock": _set_imei_lock,
    "unset_imei_lock": _unset_imei_lock,
    "enable_termination": _termination(enabled=True),
    "disable_termination": _termination(enabled=False),
    "set_expiry_time": _set_expiry_time,
    "unset_expiry_time": _unset_expiry_time,
    "delete_session": _delete_session,
}
