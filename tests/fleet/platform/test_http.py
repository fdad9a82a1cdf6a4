"""One request and its response."""

import requests
import responses
from refusals import failure_of

from agent.errors import Code
from fleet.platform.api import Api
from fleet.platform.calls import group_calls, sim_calls
from fleet.platform.credentials import AuthKey, Profile

AUTH = {"apiKey": "api-1", "token": "token-1", "operatorId": "OP1"}

BASE = "https://api.example/v1"


def test_a_request_that_was_not_sent_is_repeated_even_where_a_second_arrival_would_do_harm(operator):
    sim_calls.one_sim(operator.api, operator.sim_ids[0])
    before, operator.api.endpoint = operator.api.requests, "http://127.0.0.1:1/v1"
    assert failure_of(lambda: group_calls.create_group(operator.api, "new", {})).code is Code.PLATFORM_UNREACHABLE
    assert operator.api.requests - before == 4


def test_a_broken_connection_is_not_taken_for_an_unsent_request_because_of_its_text():
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b")), sleep=lambda _: None) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.post(f"{BASE}/groups", body=requests.ConnectionError("reset after NewConnectionError"))
        failure = failure_of(lambda: group_calls.create_group(api, "new", {}))
        assert (failure.code, failure.status) == (Code.PLATFORM_UNREACHABLE, None)
        assert len(platform.calls) == 2


def test_a_redirect_to_another_address_is_not_followed():
    with responses.RequestsMock() as platform, Api(Profile(BASE, AuthKey("a", "b"))) as api:
        platform.post(f"{BASE}/auth", json=AUTH)
        platform.get(f"{BASE}/sims/1", status=302, headers={"Location": "https://elsewhere.example/"})
        assert failure_of(lambda: sim_calls.one_sim(api, "1")).code is Code.PLATFORM_UNREACHABLE


def test_the_proxy_and_the_certificates_of_the_environment_are_used(monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/company.pem")
    with Api(Profile(BASE, AuthKey("a", "b"))) as api:
        assert api._http._session.proxies["https"] == "http://proxy.example:3128"
        assert api._http._session.verify == "/etc/company.pem"
