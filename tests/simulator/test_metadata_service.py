import json

import pytest
from sim_lines import FIRST

from simulator.http_messages import Request, Response
from simulator.metadata_service import FORBIDDEN, NOT_THERE, answer
from simulator.soracom import Group, Platform, Sim, Switches


def get(platform, path):
    return answer(platform, FIRST, Request("GET", path))


def ask(platform, method, path, value=None):
    body = b"" if value is None else json.dumps(value).encode()
    return answer(platform, FIRST, Request(method, f"/v1/subscriber/{path}", {}, body))


def turn(platform, **switches):
    platform.switches = Switches(**switches)


def test_userdata_comes_byte_for_byte(platform):
    text = "#cloud-config\r\n\ttab 日本語 \x00 end without newline"
    platform.set_userdata("bench", text)
    assert get(platform, "/v1/userdata") == Response(200, text.encode())


@pytest.mark.parametrize(
    ("position", "status", "body"), [("404", 404, NOT_THERE.encode()), ("empty", 200, b""), ("204", 204, b"")]
)
def test_userdata_that_was_never_set_is_missing_in_three_ways(platform, position, status, body):
    turn(platform, userdata_unset=position)
    platform.set_userdata("bench", None)
    response = get(platform, "/v1/userdata")
    assert (response.status, response.body) == (status, body)


def test_the_record_has_every_member_that_was_seen(platform):
    turn(platform, unknown_members=False)
    record = json.loads(get(platform, "/v1/subscriber").body)
    assert len(record) == 37
    assert record["sessionStatus"]["imei"] == "490154203237518"
    assert record["localInfo"]["imei"] not in {"490154203237518", None}
    assert record["imeiLock"] is None
    assert record["tags"] == {"name": "gateway-01", "site": "東京"}
    assert record["simId"] == record["iccid"] == record["serialNumber"]


def test_the_old_form_has_no_more_than_the_members_of_2016(platform):
    turn(platform, record="2016")
    record = json.loads(get(platform, "/v1/subscriber").body)
    assert set(record) == {
        *("imsi", "msisdn", "ipAddress", "apn", "type", "groupId", "createdAt", "lastModifiedAt", "expiredAt"),
        *("terminationEnabled", "status", "tags", "sessionStatus", "speedClass", "moduleType", "plan", "expiryTime"),
        *("createdTime", "operatorId", "lastModifiedTime"),
    }
    assert set(record["sessionStatus"]) == {"lastUpdatedAt", "imei", "location", "ueIpAddress", "dnsServers", "online"}


def test_null_members_can_be_left_out(platform):
    turn(platform, nulls="left_out")
    assert b"null" not in get(platform, "/v1/subscriber").body.replace(b"[12,null,3.5]", b"").replace(
        b'"state":null', b""
    )


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("imsi", FIRST),
        ("sessionStatus.online", "true"),
        ("tags.name", "gateway-01"),
        ("tags.%73ite", "東京"),
        ("plan", "1"),
        ("tags", '{"name":"gateway-01","site":"東京"}'),
        ("sessionStatus.dnsServers", '["100.127.0.53","100.127.1.53"]'),
    ],
)
def test_one_member_comes_bare(platform, path, body):
    assert get(platform, f"/v1/subscriber.{path}").body == body.encode()


@pytest.mark.parametrize(
    "path", ["", "nothing", "tags.nothing", "imsi.more", "tags.", "..", "sessionStatus.dnsServers.0"]
)
def test_a_member_that_is_not_there_is_reported_in_text(platform, path):
    assert get(platform, f"/v1/subscriber.{path}") == Response.text(404, NOT_THERE)


@pytest.mark.parametrize(
    ("position", "status", "body"), [("404", 404, NOT_THERE), ("null", 200, "null"), ("empty", 200, "")]
)
def test_a_null_member_has_three_forms(platform, position, status, body):
    turn(platform, null_leaf=position)
    assert get(platform, "/v1/subscriber.imeiLock") == Response.text(status, body)


def test_a_field_may_end_with_a_newline(platform):
    turn(platform, field_newline=True)
    assert get(platform, "/v1/subscriber.imsi").body == f"{FIRST}\n".encode()


@pytest.mark.parametrize("path", ["/", "/v2/subscriber", "/v1/groups", "/v1/userdata/", "/v1/subscriber/tags"])
def test_other_paths_are_not_there(platform, path):
    assert get(platform, path) == Response.text(404, NOT_THERE)


@pytest.mark.parametrize("path", ["/v1/subscriber", "/v1/userdata", "/v1/subscriber.imsi"])
def test_a_disabled_service_and_a_sim_without_a_group_are_refused_alike(platform, path):
    platform.change_group("bench", enabled=False)
    assert get(platform, path) == Response.text(403, FORBIDDEN)
    platform.set_group(FIRST, None)
    assert get(platform, path) == Response.text(403, FORBIDDEN)


def test_a_sim_without_a_group_may_be_served(platform):
    turn(platform, no_group="served")
    platform.set_group(FIRST, None)
    assert json.loads(get(platform, "/v1/subscriber").body)["groupId"] is None
    assert get(platform, "/v1/userdata").status == 404


@pytest.mark.parametrize("status", [403, 405, 400])
def test_a_read_only_group_lets_nothing_be_written(platform, status):
    turn(platform, read_only_status=status)
    platform.set_group(FIRST, "shipped")
    before = platform.sim(FIRST)
    tags = [{"tagName": "a", "tagValue": "b"}]
    assert ask(platform, "PUT", "tags", tags).status == status
    assert ask(platform, "DELETE", "tags/site").status == status
    assert ask(platform, "POST", "terminate").status == status
    assert platform.sim(FIRST) == before
    assert get(platform, "/v1/subscriber").status == 200


def test_tags_are_set_together_and_the_others_stay(platform):
    response = ask(platform, "PUT", "tags", [{"tagName": "a b", "tagValue": ""}, {"tagName": "c", "tagValue": "é"}])
    expected = {"name": "gateway-01", "site": "東京", "a b": "", "c": "é"}
    assert json.loads(response.body)["tags"] == expected == dict(platform.sim(FIRST).tags)


def test_a_tag_is_deleted_once(platform):
    ask(platform, "PUT", "tags", [{"tagName": "a b/é", "tagValue": "x"}])
    assert ask(platform, "DELETE", "tags/a%20b%2F%C3%A9") == Response(204, content_type=None)
    assert ask(platform, "DELETE", "tags/a%20b%2F%C3%A9").status == 404
    assert ask(platform, "DELETE", "tags/name").status == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"{}",
        b"[1]",
        b'[{"tagName":"a"}]',
        b'[{"tagName":"a","tagValue":1}]',
        b'[{"tagName":"","tagValue":"x"}]',
        b"\xff",
        b"[" * 100_000,
        b'[{"tagName":"fine","tagValue":"x"},{"tagName":"a","tagValue":null}]',
    ],
)
def test_a_malformed_tag_body_is_an_error_of_the_api_and_changes_nothing(platform, body):
    response = answer(platform, FIRST, Request("PUT", "/v1/subscriber/tags", {}, body))
    assert response.status == 400
    assert set(json.loads(response.body)) == {"code", "message"}
    assert "fine" not in platform.sim(FIRST).tags


@pytest.mark.parametrize(
    ("call", "value", "member", "expected"),
    [
        ("deactivate", None, "status", "inactive"),
        ("suspend", None, "status", "suspended"),
        ("set_to_standby", None, "status", "standby"),
        ("activate", None, "status", "active"),
        ("enable_termination", None, "terminationEnabled", True),
        ("set_group", {"groupId": "shipped"}, "groupId", "shipped"),
        ("unset_group", None, "groupId", None),
        ("update_speed_class", {"speedClass": "s1.fast"}, "speedClass", "s1.fast"),
        ("set_imei_lock", {"imei": "356938035643809"}, "imeiLock", {"imei": "356938035643809"}),
        ("set_imei_lock", {"imei": "356938035643809|ANONYMOUS"}, "imeiLock", {"imei": "356938035643809|ANONYMOUS"}),
        ("set_imei_lock", {}, "imeiLock", {"imei": "490154203237518"}),
        ("unset_imei_lock", None, "imeiLock", None),
        ("set_expiry_time", {"expiryTime": 1, "expiryAction": "suspend"}, "expiryAction", "suspend"),
        ("unset_expiry_time", None, "expiryTime", None),
    ],
)
def test_a_call_answers_with_the_subscriber_after_the_change(platform, call, value, member, expected):
    response = ask(platform, "POST", call, value)
    assert response.status == 200
    assert json.loads(response.body)[member] == expected


@pytest.mark.parametrize(
    ("call", "value", "status"),
    [
        ("terminate", None, 400),
        ("set_group", {"groupId": "elsewhere"}, 404),
        ("set_group", {}, 400),
        ("set_group", [], 400),
        ("update_speed_class", {"speedClass": "s9.warp"}, 400),
        ("set_imei_lock", {"imei": "356938035643800"}, 400),
        ("set_imei_lock", {"imei": "１２３４５６７８９０１２３４５"}, 400),
        ("set_imei_lock", {"imei": 356938035643809}, 400),
        ("set_expiry_time", {"expiryTime": True}, 400),
        ("no_such_call", None, 404),
    ],
)
def test_a_wrong_call_is_refused_and_changes_nothing(platform, call, value, status):
    before = platform.sim(FIRST)
    assert ask(platform, "POST", call, value).status == status
    assert platform.sim(FIRST) == before


def test_termination_is_final(platform):
    ask(platform, "POST", "enable_termination")
    assert json.loads(ask(platform, "POST", "terminate").body)["status"] == "terminated"
    assert ask(platform, "POST", "activate").status == 400


def test_a_deleted_session_comes_back_as_another_one(platform):
    before = platform.subscriber(FIRST)["sessionStatus"]
    ask(platform, "POST", "delete_session")
    now = platform.subscriber(FIRST)
    assert now["sessionStatus"]["sessionId"] != before["sessionId"]
    assert now["sessionStatus"]["ueIpAddress"] != before["ueIpAddress"]
    assert now["previousSession"]["sessionId"] == before["sessionId"]


def test_what_the_applet_sees_is_fresh_only_after_it_was_asked(platform):
    assert ask(platform, "POST", "report_local_info").status == 202
    assert platform.subscriber(FIRST)["localInfo"]["imei"] == "490154203237518"


def test_web_pages_may_ask_when_the_group_is_reported(platform):
    assert "Access-Control-Allow-Origin" not in get(platform, "/v1/userdata").headers
    platform.change_group("bench", allow_origin="https://app.example.jp")
    assert get(platform, "/v1/userdata").headers["Access-Control-Allow-Origin"] == "https://app.example.jp"
    preflight = answer(platform, FIRST, Request("OPTIONS", "/v1/subscriber/tags"))
    assert preflight.headers["Access-Control-Allow-Methods"] == "GET, PUT, POST, DELETE"


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        ("as_modem", "490154203237518"),
        ("zeros", "000000000000000"),
        ("null", None),
        ("other", "356938035643809"),
        ("imeisv16", "4901542032375101"),
        ("spare0", "490154203237510"),
    ],
)
def test_the_imei_has_the_form_of_the_carrier(platform, position, expected):
    turn(platform, session_imei=position)
    assert platform.subscriber(FIRST)["sessionStatus"]["imei"] == expected


def test_a_query_does_not_change_what_is_asked_for(platform):
    assert get(platform, "/v1/subscriber.imsi?x=1").body == FIRST.encode()


def test_a_minimized_answer_is_shorter():
    platform = Platform([Sim(FIRST, group_id="g")], [Group("g", minimize_response_body=True)])
    assert "localInfo" not in json.loads(get(platform, "/v1/subscriber").body)
