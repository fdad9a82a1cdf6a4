"""The API of an operator with SIMs over a real socket, and somebody who asks it."""

import json
from contextlib import ExitStack
from urllib.parse import urlencode

import requests
from soracom_document import witness
from waiting import PATIENCE_S

from simulator.api.account import Account, User
from simulator.api.firing import Firing
from simulator.api.server import ApiServer
from simulator.api.users import new_key
from simulator.numbers import imei, imsi
from simulator.soracom import Group, Platform, Sim

BENCH, FIELD = "b0000000-0000-4000-8000-000000000000", "f0000000-0000-4000-8000-000000000000"
NOW_MS = 1_795_000_000_000
"""2026-11-18T11:06:40Z"""
DAY_MS = 86_400_000


class Clock:
    """The platform's time; stands until it is moved."""

    def __init__(self):
        self.now = NOW_MS

    def __call__(self):
        return self.now

    def at(self, now_ms):
        self.now = now_ms


class Desk:
    """An operator, its API, and a session of its root user."""

    def __init__(self, sims=3, *, status="active", on=True, group_id=BENCH, **account):
        self.clock = Clock()
        self.sims = [
            Sim(imsi(n), imei=imei(n), status=status, switched_on=on, group_id=group_id) for n in range(1, sims + 1)
        ]
        self.platform = Platform(self.sims, [Group(BENCH, "bench"), Group(FIELD, "field")], clock=self.clock)
        self.account = Account(self.platform, **account)
        self.open = ExitStack()

    def __enter__(self):
        self.firing = self.open.enter_context(Firing(self.account))
        self.server = self.open.enter_context(ApiServer(self.account))
        self.session = self.open.enter_context(requests.Session())
        self.witness = witness()
        self.server.witnesses += [self.witness] if self.witness else []
        self.headers = self.signed_in("")
        return self

    def __exit__(self, kind, *_):
        self.open.close()
        wrong = self.witness.wrong if self.witness else []
        assert kind or not wrong, "\n".join(wrong)

    def user(self, name, *statements):
        """A SAM user, and the headers of its session."""
        self.account.users[name] = User(name, permission=json.dumps({"statements": statements}))
        return self.signed_in(name)

    def signed_in(self, name):
        key_id, secret = new_key(self.account.users[name])
        status, told = self.ask("POST", "/auth", {"authKeyId": key_id, "authKey": secret}, headers={})
        assert status == 200
        return {"X-Soracom-API-Key": told["apiKey"], "X-Soracom-Token": told["token"]}

    def ask(self, method, path, body=None, *, headers=None, **query):
        """Status and body of an answer; its headers are `self.answer_headers`."""
        url = self.server.url + path + (f"?{urlencode(query)}" if query else "")
        headers = self.headers if headers is None else headers
        answer = self.session.request(method, url, json=body, headers=headers, timeout=PATIENCE_S)
        self.answer_headers = answer.headers
        return answer.status_code, answer.json() if answer.content else None

    def get(self, path, **query):
        status, told = self.ask("GET", path, **query)
        assert status == 200, (status, told)
        return told

    def do(self, method, path, body=None, expected=200):
        status, told = self.ask(method, path, body)
        assert status == expected, (status, told)
        return told

    def sim(self, place=0):
        """The SIM as it is now."""
        return self.platform.sim(self.sims[place].imsi)

    def handler(self, rule, *actions, target=None, after="IMMEDIATELY", **properties):
        """Creates an event handler, of the operator unless another is given; returns its id."""
        body = {
            "name": rule,
            "status": "active",
            **(target or {"targetOperatorId": self.account.operator_id}),
            "ruleConfig": {"type": rule, "properties": {"inactiveTimeoutDateConst": after, **properties}},
            "actionConfigList": [action(*one) if isinstance(one, tuple) else action(one) for one in actions],
        }
        return self.do("POST", "/event_handlers", body, 201)["handlerId"]


def action(kind, properties=None, when="IMMEDIATELY"):
    return {"type": kind, "properties": {"executionDateTimeConst": when, **(properties or {})}}


def mail(message):
    return "SendMailAction", {"to": "desk@example.com", "title": "t", "message": message}
