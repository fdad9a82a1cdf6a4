"""Edges of a pass that are plain values, with a record of what the pass asked of them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from agent.errors import Code, Failure
from agent.handover.order import Outcome, Result, configuration_digest
from agent.identity import Equipment, EquipmentSource, Iccid, Imei, Imsi, NotRead, Read, Subscriber
from agent.provision.edges import Edges
from agent.provision.proving import prove
from agent.provision.provisioning import provision
from agent.provision.remembered import Remembered
from agent.settings import Settings

IMEI = "490154203237518"
SUBSCRIBER = Subscriber(
    Imsi("001010000000001"),
    sim_id="8981000000000000017",
    iccid=Iccid("8981000000000000017"),
    group_id="g",
    session_imei=IMEI,
    tags={"name": "gw", "site": "tokyo"},
)
EQUIPMENT = Equipment(
    Read(Imei(IMEI)),
    Read(Imsi("001010000000001")),
    Read(Iccid("8981000000000000017")),
    Read("Quectel"),
    Read("EC25"),
    Read("1"),
    "/dev/ttyUSB2",
    EquipmentSource.AT,
)
USERDATA = b"hostname: gw-{{ tags.site }}\n"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SETTINGS = Settings()
OTHER_IMEI = "356938035643809"
OTHER_SIM = replace(
    SUBSCRIBER, imsi=Imsi("001010000000002"), sim_id="8981000000000000025", iccid=None, session_imei=None
)
NO_CARD = replace(EQUIPMENT, imsi=NotRead(Code.MODEM_REFUSED, "no"), iccid=NotRead(Code.MODEM_REFUSED, "no"))
OTHER_MODEM = replace(EQUIPMENT, imei=Read(Imei(OTHER_IMEI)))
UNREADABLE = Equipment.unread(Failure(Code.MODEM_SILENT, "no answer"))
UNLOCKED = replace(SUBSCRIBER, session_imei=None, operator="OP0000000000")


@dataclass
class World:
    """A service, a modem, a root half, a state file and a clock, and what a pass asked of them."""

    subscriber: Subscriber | Failure = SUBSCRIBER
    userdata: bytes | Failure = USERDATA
    equipment: Equipment = EQUIPMENT
    anew: Subscriber | Failure | None = None
    asked_anew: int = 0
    ahead: int = 0
    etag: str | None = None
    modified: str | Failure = "1"
    small: list = field(default_factory=list)
    left_open: Outcome | None = None
    recorded: str | None = None
    """The digest in the root half's record."""
    becomes: Result | Failure = Result.UNCONFIRMED
    failure: Failure | None = None
    answers_after: Failure | None = None
    refuses_tags: Failure | None = None
    now: datetime = NOW
    date: datetime | None = None
    orders: list = field(default_factory=list)
    saved: list = field(default_factory=list)
    noted: list = field(default_factory=list)
    sent: list = field(default_factory=list)
    shown: list = field(default_factory=list)
    lines: dict = field(default_factory=dict)
    fetched: list = field(default_factory=list)
    unfetchable: Failure | None = None
    settings: Settings = SETTINGS
    acts: list = field(default_factory=list)
    """Every request, order and save, in their order."""

    def run(self, remembered: Remembered | None = None, *, adopt: bool = False):
        return provision(self.settings, self.edges(), remembered or Remembered(), adopt=adopt)

    def edges(self):
        return Edges(
            _Service(self),
            lambda: self.equipment,
            self._fetch,
            self,
            lambda request: prove(_Service(self), request),
            self._line,
            self._save,
            self._save_until_boot,
            lambda: self.now,
            lambda stage, text: self.shown.append((stage, text)),
        )

    def _save(self, remembered):
        self.acts.append(f"save {remembered.state.value}")
        self.saved.append(remembered)

    def _save_until_boot(self, remembered):
        self.acts.append("save until boot")
        self.noted.append(remembered)

    def _fetch(self, configuration):
        self.acts.append("fetch sources")
        self.fetched.append(configuration.digest)
        if self.unfetchable:
            raise self.unfetchable

    def _line(self, path):
        return _given(self.lines.get(path, Failure(Code.REPORT_UNREADABLE, "no such file", where=path)))

    def settle(self, order_id):
        self.acts.append("settle")
        self.settled = order_id
        return self.left_open

    def in_force(self):
        return self.recorded

    def order(self, order):
        self.acts.append(f"order {type(order).__name__}")
        self.orders.append(order)
        if isinstance(self.becomes, Failure):
            raise self.becomes
        return Outcome(order.order_id, configuration_digest(order), self.becomes, failure=self.failure)

    def confirm(self):
        self.acts.append("confirm")
        return Outcome("1", self._digest(), Result.COMMITTED)

    def undo(self, failure):
        self.acts.append("undo")
        return Outcome("1", self._digest(), Result.UNDONE, failure=failure)

    def _digest(self):
        return self.orders[-1].digest if self.orders else self.left_open.digest


@dataclass
class _Service:
    world: World

    @property
    def date(self):
        return self.world.date

    @property
    def etag(self):
        return self.world.etag

    def modified(self):
        self.world.acts.append("GET modified")
        self.world.small.append("modified")
        return _given(self.world.modified)

    def userdata_unless(self, etag):
        self.world.acts.append("GET userdata unless")
        self.world.small.append(etag)
        return None if etag and etag == self.world.etag else self.userdata()

    def read_userdata_ahead(self):
        self.world.acts.append("GET userdata ahead")
        self.world.ahead += 1

    def subscriber(self):
        self.world.acts.append("GET subscriber")
        return _given(self.world.subscriber)

    def subscriber_anew(self):
        self.world.acts.append("GET subscriber anew")
        return _given(self.world.anew or self.world.subscriber)

    def userdata(self):
        self.world.acts.append("GET userdata")
        return _given(self.world.userdata)

    def put_tags(self, tags):
        self.world.acts.append("PUT tags")
        if self.world.refuses_tags:
            raise self.world.refuses_tags
        self.world.sent.append(dict(tags))

    def put_tags_anew(self, tags):
        self.world.acts.append("PUT tags anew")
        if self.world.answers_after:
            raise self.world.answers_after
        if self.world.refuses_tags:
            raise self.world.refuses_tags
        self.world.sent.append(dict(tags))

    def answers_anew(self, within_s):
        self.world.acts.append("GET anew")
        self.world.asked_anew += 1
        assert within_s == SETTINGS.apply.confirm_within
        if self.world.answers_after:
            raise self.world.answers_after


def _given(value):
    if isinstance(value, Failure):
        raise value
    return value


def sim_with(tags):
    return replace(SUBSCRIBER, tags={**SUBSCRIBER.tags, **tags})


def kitted():
    return World(subscriber=UNLOCKED).run().remembered


def identity(**policies):
    return replace(SETTINGS, identity=replace(SETTINGS.identity, **policies))


def with_order(words, subscriber=UNLOCKED, **tags):
    return replace(subscriber, tags={**subscriber.tags, **tags, "kitting_order": words})
