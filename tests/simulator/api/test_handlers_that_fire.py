"""Event handlers: what sets them off, what they do, and when they do it again."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from an_api import BENCH, DAY_MS, FIELD, NOW_MS, Desk, action, mail
from waiting import joined

from simulator.api.account import User
from simulator.numbers import imei
from simulator.soracom import Switches

MIB = 1 << 20
SLOW = ("ChangeSpeedClassAction", {"speedClass": "s1.slow"})


def mails(desk):
    desk.firing.settle()
    return [message for _, _, message in desk.account.mails]


def test_a_first_connection_is_reported_with_who_and_what():
    with Desk(status="ready", on=False) as desk:
        words = "${simId} ${imsi} ${groupId} ${oldStatus} ${newStatus} ${nobody}"
        desk.handler("SimStatusAttributeRule", mail(words), sourceStatus="ready", targetStatus="active")
        desk.platform.connect(desk.sims[0].imsi)
        sim = desk.sim()
        assert mails(desk) == [f"{sim.sim_id} {sim.imsi} {BENCH} ready active ${{nobody}}"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, ["active inactive", "inactive active"]),
        ({"targetStatus": "active"}, ["inactive active"]),
        ({"sourceStatus": "active"}, ["active inactive"]),
        ({"sourceStatus": "suspended"}, []),
    ],
)
def test_a_status_rule_names_both_statuses(desk, rule, expected):
    desk.handler("SubscriberStatusAttributeRule", mail("${oldStatus} ${newStatus}"), **rule)
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/deactivate")
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/activate")
    assert mails(desk) == expected


def test_a_speed_rule_names_the_new_speed(desk):
    words = "${oldSpeedClass} ${newSpeedClass}"
    desk.handler("SimSpeedClassAttributeRule", mail(words), targetSpeedClass="s1.slow")
    for speed_class in ("s1.fast", "s1.slow"):
        desk.do("POST", f"/sims/{desk.sims[0].sim_id}/update_speed_class", {"speedClass": speed_class})
    assert mails(desk) == ["s1.fast s1.slow"]


@pytest.mark.parametrize(
    ("switches", "expected"), [(Switches(), [imei(1)]), (Switches(session_imei="zeros"), [])], ids=["text", "zeros"]
)
def test_a_session_rule_may_want_an_imei(desk, switches, expected):
    desk.platform.switches = switches
    desk.handler("SubscriberSessionStatusRule", mail("${imei}"), sessionStatus="Created", hasImei=True)
    desk.platform.connect(desk.sims[0].imsi)
    assert mails(desk) == expected


def test_a_session_rule_is_for_one_end_of_a_session(desk):
    desk.handler("SubscriberSessionStatusRule", mail("gone ${imsi}"), sessionStatus="Deleted")
    desk.platform.disconnect(desk.sims[0].imsi)
    desk.platform.connect(desk.sims[0].imsi)
    assert mails(desk) == [f"gone {desk.sims[0].imsi}"]


@pytest.mark.parametrize("rule", ["SimImeiMismatchedRule", "SubscriberImeiMismatchedRule"])
def test_a_sim_in_another_device_fires_and_can_be_stopped(desk, rule):
    sim = desk.sims[0]
    desk.handler(rule, mail("${imsi} in ${imei}"), "SuspendAction")
    desk.do("POST", f"/sims/{sim.sim_id}/set_imei_lock", {"imei": sim.imei})
    assert not desk.platform.move_to_device(sim.imsi, imei(9))
    assert mails(desk) == [f"{sim.imsi} in {imei(9)}"]
    assert desk.sim().status == "suspended"


@pytest.mark.parametrize("prefix", ["Subscriber", "Sim"])
@pytest.mark.parametrize(
    ("period", "steps", "expected"),
    [
        ("Daily", [(0, 10), (0, 1), (DAY_MS, 10), (DAY_MS, 1)], [0, 1, 1, 2]),
        ("Monthly", [(0, 10), (DAY_MS, 1), (13 * DAY_MS, 10), (13 * DAY_MS, 1)], [0, 1, 1, 2]),
        ("Cumulative", [(0, 10), (DAY_MS, 0), (40 * DAY_MS, 1)], [0, 0, 1]),
    ],
)
def test_traffic_above_a_limit_counts_by_day_month_or_altogether(desk, prefix, period, steps, expected):
    rule = f"{prefix}{period}{'Total' * (prefix == 'Sim')}TrafficRule"
    after = {"Daily": "BEGINNING_OF_NEXT_DAY", "Monthly": "BEGINNING_OF_NEXT_MONTH"}.get(period, "NEVER")
    desk.handler(rule, mail("much"), after=after, limitTotalTrafficMegaByte="10")
    found = []
    for after_ms, megabytes in steps:
        desk.clock.at(NOW_MS + after_ms)
        desk.firing.carried(desk.sims[0].imsi, megabytes * MIB)
        found.append(len(mails(desk)))
    assert found == expected


def test_the_first_traffic_fires_once(desk):
    desk.handler("SubscriberFirstTrafficRule", mail("alive"), after="NEVER")
    for _ in range(3):
        desk.firing.carried(desk.sims[0].imsi, 1)
    assert mails(desk) == ["alive"]


def test_a_groups_total_is_that_of_all_its_sims(desk):
    target = {"targetGroupId": BENCH}
    more = {"after": "BEGINNING_OF_NEXT_DAY", "limitTotalTrafficMegaByte": "10"}
    desk.handler("DailyTotalTrafficRule", mail("group"), target=target, **more)
    desk.platform.set_group(desk.sims[2].imsi, FIELD)
    for place in (0, 2, 2, 1):
        desk.firing.carried(desk.sims[place].imsi, 4 * MIB)
    assert mails(desk) == []
    for place in (0, 1):
        desk.firing.carried(desk.sims[place].imsi, 4 * MIB)
    assert mails(desk) == ["group"]


@pytest.mark.parametrize(
    ("does", "status"),
    [("suspend", "suspended"), ("deactivate", "inactive"), ("doNothing", "active"), ("deleteSession", "active")],
)
def test_an_expiry_time_carries_out_its_action_and_fires(desk, does, status):
    sim = desk.sims[0]
    desk.handler("SimExpiredRule", mail("over ${simId}"))
    body = {"expiryTime": NOW_MS + DAY_MS, "expiryAction": does}
    desk.do("POST", f"/sims/{sim.sim_id}/set_expiry_time", {**body, "expiryTime": NOW_MS + 1000})
    desk.do("POST", f"/sims/{sim.sim_id}/set_expiry_time", body)
    desk.clock.at(NOW_MS + DAY_MS - 1)
    assert mails(desk) == []
    desk.clock.at(NOW_MS + DAY_MS)
    assert mails(desk) == [f"over {sim.sim_id}"]
    assert (desk.sim().status, desk.sim().session is None) == (status, does != "doNothing")
    assert mails(desk) == [f"over {sim.sim_id}"]


@pytest.mark.parametrize(
    ("after", "offset", "quiet_ms"),
    [
        ("IMMEDIATELY", None, 0),
        ("IMMEDIATELY", "30", 30 * 60_000),
        ("AFTER_ONE_DAY", None, DAY_MS),
        ("BEGINNING_OF_NEXT_DAY", "60", DAY_MS - NOW_MS % DAY_MS + 3_600_000),
        ("BEGINNING_OF_NEXT_MONTH", None, (1_796_083_200_000 - NOW_MS)),
    ],
)
def test_a_handler_is_quiet_for_its_own_period(desk, after, offset, quiet_ms):
    more = {"inactiveTimeoutOffsetMinutes": offset} if offset else {}
    desk.handler("SimSpeedClassAttributeRule", mail("speed"), after=after, **more)
    path = f"/sims/{desk.sims[0].sim_id}/update_speed_class"
    text = []
    desk.headers = {}
    desk.headers = desk.signed_in("")
    for at, speed_class in [(0, "s1.slow"), (quiet_ms - 1, "s1.fast"), (quiet_ms, "s1.minimum")]:
        desk.clock.at(NOW_MS + max(0, at))
        desk.headers = desk.signed_in("")
        desk.do("POST", path, {"speedClass": speed_class})
        text.append(len(mails(desk)))
    assert text == ([1, 2, 3] if quiet_ms == 0 else [1, 1, 2])


@pytest.mark.parametrize(("once", "expected"), [("true", 1), ("false", 3)])
def test_a_handler_may_go_off_once_for_all_of_its_target(desk, once, expected):
    desk.handler("SimStatusAttributeRule", mail("x"), after="NEVER", runOnceAmongTarget=once)
    for sim in desk.sims:
        desk.do("POST", f"/sims/{sim.sim_id}/deactivate")
    assert len(mails(desk)) == expected


def test_an_action_may_be_due_later(desk):
    desk.handler("SimStatusAttributeRule", ("ActivationAction", None, "AFTER_ONE_DAY"), targetStatus="inactive")
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/deactivate")
    desk.clock.at(NOW_MS + DAY_MS - 1)
    desk.firing.settle()
    assert desk.sim().status == "inactive"
    desk.clock.at(NOW_MS + DAY_MS)
    desk.firing.settle()
    assert desk.sim().status == "active"


@pytest.mark.parametrize(
    ("kind", "status"),
    [("DeactivationAction", "inactive"), ("SuspendAction", "suspended"), ("StandbyAction", "standby")],
)
def test_an_action_changes_the_status_and_what_that_sets_off_happens_too(desk, kind, status):
    desk.handler("SimSpeedClassAttributeRule", kind, targetSpeedClass="s1.slow")
    desk.handler("SimStatusAttributeRule", mail("${newStatus}"))
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/update_speed_class", {"speedClass": "s1.slow"})
    assert mails(desk) == [status]
    assert desk.sim().status == status


def test_a_sim_is_locked_to_the_device_that_it_is_seen_in(desk):
    desk.handler("SubscriberSessionStatusRule", "ImeiLockAction", sessionStatus="Created", hasImei=True)
    desk.platform.connect(desk.sims[0].imsi)
    desk.firing.settle()
    assert desk.sim().imei_lock == imei(1)


def test_a_target_is_a_sim_an_imsi_a_group_or_all(desk):
    first, second, third = desk.sims
    desk.platform.set_group(third.imsi, FIELD)
    targets = {"targetSimId": first.sim_id, "targetImsi": second.imsi, "targetGroupId": FIELD}
    for name, value in targets.items():
        desk.handler("SimStatusAttributeRule", mail(name), target={name: value})
    for sim in desk.sims:
        desk.do("POST", f"/sims/{sim.sim_id}/deactivate")
    assert mails(desk) == list(targets)


def test_a_handler_that_is_for_another_now_leaves_the_first_alone(desk):
    first, second, _ = desk.sims
    handler_id = desk.handler("SimStatusAttributeRule", mail("${imsi}"), target={"targetImsi": first.imsi})
    text = desk.get(f"/event_handlers/{handler_id}")
    changed = {name: value for name, value in text.items() if name != "handlerId"} | {"targetImsi": second.imsi}
    desk.do("PUT", f"/event_handlers/{handler_id}", changed)
    for sim in (first, second):
        desk.do("POST", f"/sims/{sim.sim_id}/deactivate")
    assert mails(desk) == [second.imsi]


def test_an_ignored_or_inactive_handler_does_nothing(desk):
    ignored = desk.handler("SimStatusAttributeRule", mail("ignored"))
    desk.do("POST", f"/event_handlers/{ignored}/subscribers/{desk.sims[0].imsi}/ignore")
    off = desk.handler("SimStatusAttributeRule", mail("off"))
    changed = {name: value for name, value in desk.get(f"/event_handlers/{off}").items() if name != "handlerId"}
    desk.do("PUT", f"/event_handlers/{off}", {**changed, "status": "inactive"})
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/deactivate")
    assert mails(desk) == []
    desk.do("POST", f"/sims/{desk.sims[1].sim_id}/deactivate")
    assert mails(desk) == ["ignored"]


def test_a_function_is_called_with_the_imsi_and_its_parameters(desk):
    seen = []
    desk.account.lambdas["hook"] = lambda event, _context: seen.append(event)
    desk.account.lambdas["dies"] = lambda _event, _context: 1 / 0
    for name in ("dies", "nobody", "hook:7"):
        text = {"functionName": name, "endpoint": "https://x", "credentialsId": "c", "parameter1": "${newStatus}"}
        desk.handler("SimStatusAttributeRule", ("InvokeAWSLambdaAction", text))
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/deactivate")
    desk.firing.settle()
    assert seen == [{"imsi": desk.sims[0].imsi, "operatorId": "OP0000000000", "parameter1": "inactive"}]
    assert [one.partition(":")[0] for one in desk.firing.failed] == ["dies", "InvokeAWSLambdaAction"]


SEEN = []
"""What the hook was asked."""


class Hook(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        SEEN.append((self.path, self.headers["X-Secret"], self.headers["Content-Type"], json.loads(body)))
        self.send_response(500)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook():
    SEEN.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    joined(thread)
    server.server_close()


@pytest.mark.parametrize("headers", ['{"X-Secret": "${imsi}"}', {"X-Secret": "${imsi}"}], ids=["text", "object"])
def test_a_web_request_is_really_sent_once(desk, hook, headers):
    request = {
        "url": hook + "/came/${simId}",
        "httpMethod": "POST",
        "contentType": "application/json",
        "headers": headers,
        "body": '{"from": "${oldStatus}", "to": "${newStatus}"}',
    }
    desk.handler("SimStatusAttributeRule", ("ExecuteWebRequestAction", request))
    sim = desk.sims[0]
    desk.do("POST", f"/sims/{sim.sim_id}/deactivate")
    desk.firing.settle()
    body = {"from": "active", "to": "inactive"}
    assert [(f"/came/{sim.sim_id}", sim.imsi, "application/json", body)] == SEEN
    assert desk.firing.failed == []


def test_a_web_request_without_an_answer_is_recorded(desk):
    request = {"url": "http://127.0.0.1:1/", "httpMethod": "GET"}
    desk.handler("SimStatusAttributeRule", ("ExecuteWebRequestAction", request), mail("still"))
    desk.do("POST", f"/sims/{desk.sims[0].sim_id}/deactivate")
    assert mails(desk) == ["still"]
    assert len(desk.firing.failed) == 1


RULE = {"type": "SimExpiredRule", "properties": {"inactiveTimeoutDateConst": "NEVER"}}
DAILY = "SimDailyTotalTrafficRule"
TRAFFIC = {"inactiveTimeoutDateConst": "NEVER", "limitTotalTrafficMegaByte": "10"}
RIGHT = {
    "name": "x",
    "status": "active",
    "targetImsi": "001010000000001",
    "ruleConfig": RULE,
    "actionConfigList": [action("SuspendAction")],
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": 1},
        {"status": "on"},
        {"targetSimId": "8942310000000000001"},
        {"targetImsi": None},
        {"ruleConfig": {**RULE, "type": "SimLostRule"}},
        {"ruleConfig": {"type": "SimExpiredRule"}},
        {"ruleConfig": {**RULE, "properties": {"inactiveTimeoutDateConst": "SOON"}}},
        {"ruleConfig": {**RULE, "properties": {**RULE["properties"], "inactiveTimeoutOffsetMinutes": "5"}}},
        {"ruleConfig": {"type": DAILY, "properties": RULE["properties"]}},
        {
            "ruleConfig": {
                "type": DAILY,
                "properties": {**TRAFFIC, "limitTotalTrafficMegaByte": 10},
            }
        },
        {
            "ruleConfig": {
                "type": DAILY,
                "properties": {**TRAFFIC, "inactiveTimeoutDateConst": "IMMEDIATELY"},
            }
        },
        {"ruleConfig": {"type": "SubscriberSessionStatusRule", "properties": RULE["properties"]}},
        {"actionConfigList": []},
        {"actionConfigList": [action("SuspendAction")] * 6},
        {"actionConfigList": [action("SuspendAction", when="SOON")]},
        {"actionConfigList": [action("SuspendAction", {"executionOffsetMinutes": 5})]},
        {"actionConfigList": [action("ExplodeAction")]},
        {"actionConfigList": [action("ChangeSpeedClassAction")]},
        {"actionConfigList": [7]},
    ],
)
def test_a_handler_that_cannot_be_is_not_taken(desk, wrong):
    desk.do("POST", "/event_handlers", RIGHT, 201)
    desk.do("POST", "/event_handlers", {**RIGHT, **wrong}, 400)


def test_a_target_has_ten_handlers_at_most(desk):
    for _ in range(10):
        desk.do("POST", "/event_handlers", RIGHT, 201)
    desk.do("POST", "/event_handlers", RIGHT, 400)
    desk.do("POST", "/event_handlers", {**RIGHT, "targetImsi": "001010000000002"}, 201)


def test_a_handler_needs_no_user(desk):
    desk.account.users["nobody"] = User("nobody")
    desk.handler("SimStatusAttributeRule", SLOW, targetStatus="inactive")
    desk.platform.set_status(desk.sims[0].imsi, "inactive")
    desk.firing.settle()
    assert desk.sim().speed_class == "s1.slow"
