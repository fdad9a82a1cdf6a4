"""Answers of the metadata service, and a way to serve them through `responses`."""

import json

import pytest

from agent.errors import Failure
from agent.identity import Iccid, Imsi, Subscriber

URL = "http://metadata.soracom.io"


TAGS = f"{URL}/v1/subscriber/tags"


FORBIDDEN = "You are not allowed to access Metadata Server."


PAGE = "<!DOCTYPE html><title>Router set-up</title>"


RECORD = {
    "imsi": "001010000000001",
    "msisdn": "420000000000001",
    "ipAddress": None,
    "type": "s1.4xfast",
    "groupId": "00000000-0000-4000-8000-000000000001",
    "status": "active",
    "tags": {"name": "gateway-01", "site": "東京"},
    "sessionStatus": {"imei": "490154203237518", "online": True, "cell": {"radioType": "LTE"}},
    "previousSession": {"imei": "356938035643809"},
    "imeiLock": {"imei": "490154203237518|ANONYMOUS"},
    "speedClass": "s1.fast",
    "simId": "8900000000000000001",
    "iccid": "8900000000000000001",
    "localInfo": {"imei": "356938035643809"},
    "subscription": "plan01s",
    "operatorId": "OP0000000000",
    "lastModifiedTime": 1765030000000,
}


SUBSCRIBER = Subscriber(
    imsi=Imsi("001010000000001"),
    sim_id="8900000000000000001",
    iccid=Iccid("8900000000000000001"),
    msisdn="420000000000001",
    group_id="00000000-0000-4000-8000-000000000001",
    status="active",
    speed_class="s1.fast",
    subscription="plan01s",
    operator="OP0000000000",
    imei_lock="490154203237518|ANONYMOUS",
    session_imei="490154203237518",
    online=True,
    tags={"name": "gateway-01", "site": "東京"},
    modified="1765030000000",
)


def failure_of(ask, *arguments):
    with pytest.raises(Failure) as caught:
        ask(*arguments)
    return caught.value


def served(http, path, body="", status=200, method="GET", headers=None):
    body = body if isinstance(body, str | bytes) else json.dumps(body)
    http.add(method, f"{URL}{path}", body, status=status, headers=headers, auto_calculate_content_length=True)
