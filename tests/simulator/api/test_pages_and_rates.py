"""Lists come in pages, the search follows behind, and who asks too often is sent away."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from an_api import BENCH, FIELD, NOW_MS, Desk
from waiting import PATIENCE_S, until

from simulator import faults
from simulator.api.account import Order
from simulator.numbers import imsi
from simulator.soracom import Sim


def pages(desk, path, **query):
    """Sizes of the pages, and all that is on them, following the header and what the link says."""
    found, sizes = [], []
    while True:
        page = desk.get(path, **query)
        page = page.get("orderedSubscriberList") if isinstance(page, dict) else page
        found += page
        sizes.append(len(page))
        key = desk.answer_headers.get("x-soracom-next-key")
        if key is None:
            assert "Link" not in desk.answer_headers
            return sizes, found
        link = parse_qs(urlsplit(desk.answer_headers["Link"].partition("<")[2].partition(">")[0]).query)
        assert link["last_evaluated_key"] == [key]
        query["last_evaluated_key"] = key


@pytest.mark.parametrize(
    ("limit", "short", "sizes"), [(100, False, [100, 100, 50]), (99, True, [98, 98, 54]), (1, True, [1] * 250)]
)
def test_every_sim_is_on_one_page(limit, short, sizes):
    with Desk(250, short_pages=short) as desk:
        assert (pages(desk, "/sims", limit=limit)[0], desk.clock()) == (sizes, NOW_MS)
        assert [one["simId"] for one in pages(desk, "/sims", limit=limit)[1]] == [one.sim_id for one in desk.sims]


def test_groups_orders_and_subscribers_have_pages_too():
    with Desk(7) as desk:
        desk.platform.set_group(desk.sims[3].imsi, FIELD)
        desk.account.orders["OR1"] = Order("OR1", sim_ids=[one.sim_id for one in desk.sims], registered=True)
        assert pages(desk, f"/groups/{BENCH}/subscribers", limit=4)[0] == [4, 2]
        assert pages(desk, "/subscribers", limit=4)[0] == [4, 3]
        assert pages(desk, "/subscribers", limit=4, status_filter="active|ready")[0] == [4, 3]
        assert pages(desk, "/orders/OR1/subscribers", limit=4)[0] == [4, 3]
        assert pages(desk, "/groups", limit=1)[0] == [1, 1]
        assert pages(desk, "/query/sims", imsi="00101", limit=4)[0] == [4, 3]


def test_a_page_follows_a_sim_that_has_left_since():
    with Desk(5) as desk:
        first = desk.get(f"/groups/{BENCH}/subscribers", limit=2)
        desk.platform.set_group(desk.sims[1].imsi, FIELD)
        rest = desk.get(f"/groups/{BENCH}/subscribers", last_evaluated_key=first[-1]["simId"])
        assert [one["simId"] for one in rest] == [one.sim_id for one in desk.sims[2:]]


def test_more_than_a_page_has_is_refused_only_where_the_document_has_a_maximum(desk):
    for path, status in {"/subscribers": 400, "/query/sims": 400, "/sims": 200, "/groups": 200}.items():
        assert desk.ask("GET", path, limit=1000)[0] == status, path


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": "x"}, {"last_evaluated_key": "nobody"}])
@pytest.mark.parametrize("path", ["/sims", "/subscribers", "/groups", f"/groups/{BENCH}/subscribers", "/query/sims"])
def test_a_page_that_cannot_be_is_refused(desk, path, query):
    assert desk.ask("GET", path, **query)[0] == 400


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status_filter": "inactive"}, [1]),
        ({"status_filter": "inactive|active"}, [0, 1, 2]),
        ({"speed_class_filter": "s1.slow"}, [2]),
        ({"tag_name": "site", "tag_value": "tokyo"}, [0]),
        ({"tag_name": "site", "tag_value": "tok", "tag_value_match_mode": "prefix"}, [0]),
        ({"tag_name": "site", "tag_value": "tok"}, []),
    ],
)
def test_subscribers_are_found_by_what_they_are(desk, query, found):
    desk.platform.set_tag(desk.sims[0].imsi, "site", "tokyo")
    desk.platform.set_status(desk.sims[1].imsi, "inactive")
    desk.platform.change_sim(desk.sims[2].imsi, speed_class="s1.slow")
    assert [one["imsi"] for one in desk.get("/subscribers", **query)] == [desk.sims[place].imsi for place in found]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "GATE"}, [0]),
        ({"name": "gate,office"}, [0, 1]),
        ({"tag": "toky"}, [0, 2]),
        ({"name": "office", "tag": "tokyo"}, []),
        ({"name": "office", "tag": "tokyo", "search_type": "or"}, [0, 1, 2]),
        ({"group": "bench"}, [0, 2]),
        ({"group_id": FIELD}, [1]),
        ({"session_status": "OFFLINE"}, [2]),
        ({"session_status": "ONLINE"}, [0, 1]),
        ({"imsi": "0000000002"}, [1]),
        ({"status": "active"}, [0, 1, 2]),
        ({"module_type": "nano"}, []),
    ],
)
def test_the_search_knows_parts_of_words(desk, query, found):
    for place, (name, site) in enumerate([("gateway-1", "tokyo"), ("office", "osaka"), ("", "Tokyo")]):
        desk.platform.set_tags(desk.sims[place].imsi, {"name": name, "site": site})
    desk.platform.set_group(desk.sims[1].imsi, FIELD)
    desk.platform.disconnect(desk.sims[2].imsi)
    assert [one["simId"] for one in desk.get("/query/sims", **query)] == [desk.sims[place].sim_id for place in found]


def test_a_word_of_one_letter_is_not_searched_for(desk):
    assert desk.ask("GET", "/query/sims", name="ab,c")[0] == 400


def test_the_search_follows_behind(desk):
    desk.account.index.lag_ms = 15_000
    desk.get("/query/sims")
    desk.platform.set_tag(desk.sims[0].imsi, "site", "tokyo")
    desk.clock.at(NOW_MS + 14_999)
    assert desk.get("/query/sims", tag="tokyo") == []
    desk.clock.at(NOW_MS + 15_000)
    assert len(desk.get("/query/sims", tag="tokyo")) == 1


def test_the_search_may_be_stopped_and_go_on(desk):
    desk.get("/query/sims")
    desk.account.index.lags = True
    desk.platform.set_tag(desk.sims[0].imsi, "site", "tokyo")
    assert desk.get("/query/sims", tag="tokyo") == []
    desk.account.index.lags = False
    assert len(desk.get("/query/sims", tag="tokyo")) == 1


def test_too_many_requests_get_a_429_with_retry_after():
    with Desk(rate_limit=3) as desk:
        desk.clock.at(NOW_MS - NOW_MS % 60_000 + 15_000)
        assert [desk.ask("GET", "/sims")[0] for _ in range(5)] == [200, 200, 200, 429, 429]
        told = {name: desk.answer_headers[name] for name in ("Retry-After", "X-Soracom-Ratelimit-Remaining")}
        assert told == {"Retry-After": "45", "X-Soracom-Ratelimit-Remaining": "0"}
        assert desk.ask("GET", "/groups")[0] == 200
        assert desk.answer_headers["X-Soracom-Ratelimit-Remaining"] == "2"
        desk.clock.at(desk.clock() + 45_000)
        assert desk.ask("GET", "/sims")[0] == 200


@pytest.mark.parametrize(
    ("fault", "status"),
    [(faults.TooManyRequests(30), 429), (faults.ServerError(502, form="html"), 502), (faults.ServerError(503), 503)],
)
def test_a_storm_blows_over(desk, fault, status):
    desk.server.faults.add(fault, path="/v1/sims*", times=2)
    answers = [desk.session.get(desk.server.url + "/sims", headers=desk.headers, timeout=PATIENCE_S) for _ in range(3)]
    assert [one.status_code for one in answers] == [status, status, 200]
    assert (answers[0].headers.get("Retry-After") == "30") is (status == 429)


def test_a_server_that_hangs_can_still_be_stopped():
    with Desk() as desk:
        desk.server.faults.add(faults.Hang(), path="/v1/sims", times=1)
        with closing(http.client.HTTPConnection(desk.server.host, desk.server.port, timeout=PATIENCE_S)) as connection:
            connection.request("GET", "/v1/sims", headers=desk.headers)
            until("the request that hangs", desk.server.faults.pending, lambda left: left == ())
            desk.server.stop()


def test_many_may_ask_at_once():
    with Desk(200) as desk:

        def work(place):
            with requests.Session() as session:
                for sim in desk.sims[place::4]:
                    url = f"{desk.server.url}/sims/{sim.sim_id}"
                    tags = [{"tagName": "by", "tagValue": str(place)}]
                    assert session.put(url + "/tags", json=tags, headers=desk.headers, timeout=PATIENCE_S).ok
                    body = {"groupId": FIELD if place % 2 else BENCH}
                    assert session.post(url + "/set_group", json=body, headers=desk.headers, timeout=PATIENCE_S).ok

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(work, range(4)))
        assert [sim.tags["by"] for sim in desk.platform.sims] == [str(place % 4) for place in range(200)]
        assert [one["simId"] for one in pages(desk, f"/groups/{FIELD}/subscribers")[1]] == [
            sim.sim_id for sim in desk.sims[1::2]
        ]


def test_a_page_of_many_sims_looks_only_at_its_own():
    with Desk(0) as desk:
        for number in range(1, 5001):
            desk.platform.add_sim(Sim(imsi(number), group_id=BENCH, switched_on=False))
        seen = []
        real = desk.platform._sims

        class Counted(dict):
            def __getitem__(self, key):
                seen.append(key)
                return super().__getitem__(key)

        desk.platform._sims = Counted(real)
        key = desk.platform.page(1, imsi(2500))[0][0].sim_id
        seen.clear()
        assert len(desk.get(f"/groups/{BENCH}/subscribers", limit=10, last_evaluated_key=key)) == 10
        assert len(desk.get("/sims", limit=10, last_evaluated_key=key)) == 10
        assert len(seen) < 100


def test_a_batch_goes_on_while_other_things_are_asked_for():
    with Desk(5, tasks_per_request=2) as desk:
        group_id = desk.do("POST", "/batch_groups", {"batchGroupName": "x"})["batchGroupId"]
        tasks = [
            {"request": {"method": "POST", "path": f"/v1/sims/{sim_id}/set_group", "body": {"groupId": FIELD}}}
            for sim_id in [*(one.sim_id for one in desk.sims), "nobody"]
        ]
        path = f"/batch_groups/{group_id}/jobs"
        job_id = desk.do("POST", path, {"tasks": tasks})["jobId"]
        desk.do("POST", path, {"tasks": tasks}, 400)
        told = [desk.get(f"{path}/{job_id}") for _ in range(3)]
        assert [one["status"] for one in told] == ["running", "running", "completed"]
        assert told[-1]["summary"] == {"pending": 0, "success": 5, "error": 1}
        (failed,) = desk.get(f"{path}/{job_id}/tasks", status="error")
        assert failed["response"]["statusCode"] == 404
        assert {sim.group_id for sim in desk.platform.sims} == {FIELD}


def test_a_batch_does_what_its_maker_may_and_stops_where_it_should():
    with Desk(3) as desk:
        user = desk.user("maker", {"effect": "allow", "api": ["Batch:*"]})
        group_id = desk.ask("POST", "/batch_groups", {"batchGroupName": "x"}, headers=user)[1]["batchGroupId"]
        tasks = [{"request": {"method": "POST", "path": f"/v1/sims/{one.sim_id}/suspend"}} for one in desk.sims]
        path = f"/batch_groups/{group_id}/jobs"
        job_id = desk.ask("POST", path, {"tasks": tasks, "abortOnFailure": True}, headers=user)[1]["jobId"]
        told = desk.get(f"{path}/{job_id}")
        assert (told["status"], told["summary"]) == ("failed", {"pending": 2, "success": 0, "error": 1})
        assert {sim.status for sim in desk.platform.sims} == {"active"}


@pytest.mark.parametrize(
    "tasks",
    [
        [],
        "x",
        [{"request": {"method": "POST", "path": "/v1/sims/1/set_imei_lock"}}],
        [{"request": {"method": "POST", "path": f"/v1/sims/1/{word}"}} for word in ("activate", "suspend")],
        [{"request": {"method": "GET"}}],
        [7],
    ],
)
def test_a_batch_of_what_cannot_be_batched_is_refused(desk, tasks):
    group_id = desk.do("POST", "/batch_groups", {"batchGroupName": "x"})["batchGroupId"]
    desk.do("POST", f"/batch_groups/{group_id}/jobs", {"tasks": tasks}, 400)
