"""An operator with SIMs, its API over a real socket, and the desk's client that asks it."""

from contextlib import ExitStack

from soracom_document import witness
from waiting import PATIENCE_S

from fleet.platform.http import Api, Patience
from fleet.platform.profile import AuthKey, Profile
from simulator.api.account import Account
from simulator.api.firing import Firing
from simulator.api.server import ApiServer
from simulator.api.users import new_key
from simulator.numbers import imei, imsi
from simulator.soracom import Group, Platform, Sim

BENCH, FIELD = "b0000000-0000-4000-8000-000000000000", "f0000000-0000-4000-8000-000000000000"


class Operator:
    def __init__(self, sims=3, *, status="ready", on=False, group_id=None, clock=None, **more):
        self.platform = Platform(
            [Sim(imsi(n), imei=imei(n), status=status, switched_on=on, group_id=group_id) for n in range(1, sims + 1)],
            [Group(BENCH, "bench"), Group(FIELD, "field")],
            clock=clock,
        )
        self.account = Account(self.platform)
        self.more = more
        self.open = ExitStack()

    def __enter__(self):
        self.firing = self.open.enter_context(Firing(self.account))
        self.server = self.open.enter_context(ApiServer(self.account))
        self.witness = witness()
        self.server.witnesses += [self.witness] if self.witness else []
        self.api = self.client()
        return self

    def __exit__(self, kind, *_):
        self.open.close()
        wrong = self.witness.wrong if self.witness else []
        assert kind or not wrong, wrong[:5]

    def client(self, user="", **more):
        key = new_key(self.account.users[user])
        profile = Profile(self.server.url, AuthKey(*key))
        options = {"patience": Patience(tries=4, first_pause_s=0.0, timeout_s=PATIENCE_S), "sleep": lambda _: None}
        return self.open.enter_context(Api(profile, **{**options, **self.more, **more}))

    @property
    def sim_ids(self):
        return [sim.sim_id for sim in self.platform.sims]

    def asked(self, method=None):
        """The operations that were asked for, sign-ins left out."""
        calls = [call for call in self.account.calls if not call.operation.startswith("Auth:")]
        return [call.operation for call in calls if method is None or call.method == method]

    def kitted(self, place=0, **tags):
        """A SIM whose device is online, provisioned, and has said so."""
        sim = self.platform.sims[place]
        self.platform.connect(sim.imsi)
        self.platform.set_tags(
            sim.imsi,
            {"kitting_state": "provisioned", "kitting_imei": sim.imei, "kitting_config": "c0ffee", **tags},
        )
        return sim

    def environment(self, monkeypatch, user=""):
        """What somebody at this desk has set."""
        key_id, secret = new_key(self.account.users[user])
        monkeypatch.setenv("SORACOM_AUTH_KEY_ID", key_id)
        monkeypatch.setenv("SORACOM_AUTH_KEY", secret)
        monkeypatch.setenv("SORACOM_ENDPOINT", self.server.url)
