"""An operator with SIMs, its API over a real socket, and a client of the desk that is signed in."""

from contextlib import ExitStack

from soracom_document import witness
from waiting import PATIENCE_S

from fleet.platform.api import Api, RetryPolicy
from fleet.platform.credentials import AuthKey, Profile
from simulator.api.account import Account
from simulator.api.firing import Firing
from simulator.api.server import ApiServer
from simulator.api.users import new_key
from simulator.numbers import imei, imsi
from simulator.soracom import Group, Platform, Sim

BENCH, FIELD = "b0000000-0000-4000-8000-000000000000", "f0000000-0000-4000-8000-000000000000"


class SimulatedOperator:
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
        options = {"retries": RetryPolicy(attempts=4, first_pause_s=0.0, timeout_s=PATIENCE_S), "sleep": lambda _: None}
        return self.open.enter_context(Api(profile, **{**options, **self.more, **more}))

    @property
    def sim_ids(self):
        return [sim.sim_id for sim in self.platform.sims]

    def asked(self, method=None):
        """The operations that were requested, without sign-ins."""
        calls = [call for call in self.account.calls if not call.operation.startswith("Auth:")]
        return [call.operation for call in calls if method is None or call.method == method]

    def kitted(self, place=0, **tags):
        """A SIM whose device is online and has reported that it is provisioned."""
        sim = self.platform.sims[place]
        self.platform.connect(sim.imsi)
        self.platform.set_tags(
            sim.imsi,
            {"kitting_state": "provisioned", "kitting_imei": sim.imei, "kitting_config": "c0ffee", **tags},
        )
        return sim

    def environment(self, monkeypatch, user=""):
        """Sets the variables with which a command signs in as a user of this operator."""
        key_id, secret = new_key(self.account.users[user])
        monkeypatch.setenv("SORACOM_AUTH_KEY_ID", key_id)
        monkeypatch.setenv("SORACOM_AUTH_KEY", secret)
        monkeypatch.setenv("SORACOM_ENDPOINT", self.server.url)
