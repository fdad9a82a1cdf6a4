"""One pass as a story: what is found out, done, remembered and reported, with edges that are plain values."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest

from agent.errors import Code, Failure
from agent.handover.order import Outcome, Result, Scrub, digest_of
from agent.identity import Equipment, Iccid, Imei, Imsi, NotRead, Read, Source, Subscriber
from agent.provision.edges import Edges, Stage
from agent.provision.lifecycle import Event, State
from agent.provision.memory import MAX_INTERRUPTIONS
from agent.provision.poll import MAX_QUIET_POLLS
from agent.provision.provisioning import provision
from agent.provision.remembered import Remembered
from agent.settings import Instruction, Policy, Settings

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
    Source.AT,
)
USERDATA = b"hostname: gw-{{ tags.site }}\n"
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SETTINGS = Settings()


@dataclass
class World:
    """A service, a modem, a privileged half and a clock, and what was asked of them."""

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
    told: list = field(default_factory=list)
    lines: dict = field(default_factory=dict)
    fetched: list = field(default_factory=list)
    unfetchable: Failure | None = None
    settings: Settings = SETTINGS

    def run(self, remembered: Remembered | None = None, *, adopt: bool = False):
        return provision(
            self.settings,
            Edges(
                _Service(self),
                lambda: self.equipment,
                self._fetch,
                self,
                self._line,
                self.saved.append,
                self.noted.append,
                lambda: self.now,
                lambda step, text: self.told.append((step, text)),
            ),
            remembered or Remembered(),
            adopt=adopt,
        )

    def _fetch(self, configuration):
        self.fetched.append(configuration.digest)
        if self.unfetchable:
            raise self.unfetchable

    def _line(self, path):
        return _given(self.lines.get(path, Failure(Code.REPORT_UNREADABLE, "no such file", where=path)))

    def settle(self, order_id):
        self.settled = order_id
        return self.left_open

    def order(self, order):
        self.orders.append(order)
        if isinstance(self.becomes, Failure):
            raise self.becomes
        return Outcome(order.order_id, digest_of(order), self.becomes, failure=self.failure)

    def confirm(self):
        return Outcome("1", self._digest(), Result.COMMITTED)

    def undo(self, failure):
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
        self.world.small.append("modified")
        return _given(self.world.modified)

    def userdata_unless(self, etag):
        self.world.small.append(etag)
        return None if etag == self.world.etag else self.userdata()

    def read_userdata_ahead(self):
        self.world.ahead += 1

    def subscriber(self):
        return _given(self.world.subscriber)

    def subscriber_anew(self):
        return _given(self.world.anew or self.world.subscriber)

    def userdata(self):
        return _given(self.world.userdata)

    def put_tags(self, tags):
        if self.world.refuses_tags:
            raise self.world.refuses_tags
        self.world.sent.append(dict(tags))

    def put_tags_anew(self, tags):
        if self.world.answers_after:
            raise self.world.answers_after
        self.put_tags(tags)

    def answers_anew(self, within_s):
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


def test_a_new_device_becomes_what_its_userdata_says_and_reports_it():
    world = World()
    this = world.run()
    assert this.remembered.state is State.PROVISIONED
    assert this.remembered.in_force == world.orders[0].digest
    assert world.orders[0].document == {"hostname": "gw-tokyo"}
    assert world.sent == [
        {
            "kitting_state": "provisioned",
            "kitting_imei": IMEI,
            "kitting_config": world.orders[0].digest[:12],
            "kitting_at": "2026-11-23T09:00:00Z",
            "kitting_agent": this.remembered.agent_version,
        }
    ]


def test_the_order_is_remembered_before_it_is_handed_over():
    world = World()
    world.run()
    assert [remembered.state for remembered in world.saved] == [State.APPLYING, State.PROVISIONED]


def test_a_second_pass_orders_nothing_and_sends_nothing():
    world = World()
    first = world.run()
    again = World(subscriber=sim_with(world.sent[0]), now=datetime(2026, 11, 24, tzinfo=UTC))
    this = again.run(first.remembered)
    assert this.event is Event.UNCHANGED
    assert (again.orders, again.sent) == ([], [])
    assert this.remembered.changed_at == "2026-11-23T09:00:00Z"


def test_a_changed_tag_is_a_changed_configuration():
    first = World().run()
    world = World(subscriber=sim_with({"site": "osaka"}))
    world.run(first.remembered)
    assert world.orders[0].document == {"hostname": "gw-osaka"}


@pytest.mark.parametrize("code", [Code.METADATA_NO_NAME, Code.METADATA_TIMEOUT, Code.METADATA_DISABLED])
def test_silence_changes_nothing_but_what_is_said(code):
    first = World().run()
    world = World(subscriber=Failure(code, "gone"))
    this = world.run(first.remembered)
    assert this.remembered.state is State.PROVISIONED
    assert this.remembered.in_force == first.remembered.in_force
    assert this.failure.code is code
    assert this.equipment == EQUIPMENT
    assert (world.orders, world.sent) == ([], [])
    assert this.remembered.failures_in_a_row == 1


def test_a_sim_in_the_wrong_device_is_blocked_and_says_why():
    world = World(subscriber=replace(SUBSCRIBER, imei_lock="356938035643809"))
    this = world.run()
    assert this.remembered.state is State.BLOCKED
    assert world.orders == []
    assert world.sent[0]["kitting_state"] == "blocked"
    assert world.sent[0]["kitting_error"].startswith("binding.lock: ")


def test_a_modem_that_is_not_read_does_not_stop_a_pass_and_no_imei_is_reported():
    world = World(equipment=Equipment.unread(Failure(Code.MODEM_SILENT, "no answer")))
    this = world.run()
    assert this.remembered.state is State.PROVISIONED
    assert "kitting_imei" not in world.sent[0]
    assert world.sent[0]["kitting_error"].startswith("modem.silent: ")
    assert this.remembered.notice.code is Code.MODEM_SILENT


@pytest.mark.parametrize(
    ("group_id", "told", "code"),
    [
        ("g", Code.USERDATA_MISSING, Code.USERDATA_MISSING),
        (None, Code.USERDATA_MISSING, Code.METADATA_NO_GROUP),
        (None, Code.METADATA_DISABLED, Code.METADATA_NO_GROUP),
        ("g", Code.METADATA_DISABLED, Code.METADATA_DISABLED),
    ],
)
def test_a_missing_group_and_missing_userdata_are_told_apart(group_id, told, code):
    world = World(subscriber=replace(SUBSCRIBER, group_id=group_id), userdata=Failure(told, "nothing"))
    assert world.run().failure.code is code


def test_missing_userdata_leaves_a_provisioned_device_as_it_is():
    first = World().run()
    this = World(userdata=Failure(Code.USERDATA_MISSING, "nothing")).run(first.remembered)
    assert this.remembered.state is State.PROVISIONED


def test_a_wrong_document_fails_and_touches_nothing():
    world = World(userdata=b"hostnam: x\n")
    this = world.run()
    assert this.remembered.state is State.FAILED
    assert world.orders == []
    assert world.sent[0]["kitting_error"].startswith("userdata.unknown_key: ")


def test_an_apply_that_fails_is_given_up_until_something_changes():
    world = World(becomes=Result.NOT_APPLIED, failure=Failure(Code.APPLY_FAILED, "no"))
    first = world.run()
    assert first.remembered.state is State.FAILED
    again = World()
    second = again.run(first.remembered)
    assert (again.orders, second.event) == ([], Event.STILL_BAD)
    assert second.failure.code is Code.APPLY_FAILED
    other = World(userdata=b"hostname: other\n")
    assert other.run(second.remembered).remembered.state is State.PROVISIONED


def test_a_full_disk_is_not_the_documents_fault():
    first = World(becomes=Result.NOT_APPLIED, failure=Failure(Code.APPLY_NO_SPACE, "full")).run()
    assert World().run(first.remembered).remembered.state is State.PROVISIONED


def test_a_configuration_that_cuts_the_device_off_is_taken_back():
    world = World(answers_after=Failure(Code.METADATA_UNREACHABLE, "no route"))
    this = world.run()
    assert this.remembered.state is State.ROLLED_BACK
    assert this.failure.code is Code.APPLY_UNCONFIRMED
    assert this.remembered.given_up == this.remembered.attempt
    assert this.remembered.in_force is None
    assert world.sent[0]["kitting_state"] == "rolled_back"


def test_an_apply_that_a_power_cut_left_unconfirmed_is_confirmed_first():
    left_open = Outcome("1", "d" * 64, Result.UNCONFIRMED)
    world = World(left_open=left_open, subscriber=Failure(Code.METADATA_TIMEOUT, "gone"))
    this = world.run(Remembered(state=State.APPLYING))
    assert (this.remembered.state, this.remembered.in_force) == (State.PROVISIONED, "d" * 64)


def test_an_order_that_nobody_began_is_tried_again():
    world = World()
    this = world.run(Remembered(state=State.APPLYING))
    assert this.remembered.state is State.PROVISIONED
    assert len(world.orders) == 1


def test_a_document_that_is_cut_off_again_and_again_is_given_up():
    tried = World()
    remembered = tried.run().remembered
    attempt, digest = remembered.attempt, remembered.in_force
    cut = Outcome("1", digest, Result.UNDONE, failure=Failure(Code.APPLY_INTERRUPTED, "power"))
    for _ in range(MAX_INTERRUPTIONS):
        world = World(left_open=cut, subscriber=Failure(Code.METADATA_TIMEOUT, "gone"))
        remembered = world.run(replace(remembered, state=State.APPLYING, in_force=None)).remembered
    assert remembered.given_up == attempt
    world = World()
    assert world.run(remembered).event is Event.STILL_BAD
    assert world.orders == []


def test_a_read_only_service_keeps_the_report_for_later():
    world = World(refuses_tags=Failure(Code.REPORT_READ_ONLY, "read-only"))
    first = world.run()
    assert first.remembered.state is State.PROVISIONED
    assert first.failure is None
    assert first.remembered.notice.code is Code.REPORT_READ_ONLY
    later = World()
    second = later.run(first.remembered)
    assert later.sent[0]["kitting_state"] == "provisioned"
    assert second.remembered.notice is None
    assert later.orders == []


def test_the_report_itself_is_the_proof_that_the_service_can_be_reached():
    world = World()
    world.run()
    assert (len(world.sent), world.asked_anew) == (1, 0)


def test_a_service_that_does_not_take_the_report_is_asked_whether_it_is_there():
    world = World(refuses_tags=Failure(Code.REPORT_NOT_SENT, "no"))
    this = world.run()
    assert (this.remembered.state, world.asked_anew) == (State.PROVISIONED, 1)


def test_where_nothing_is_to_be_reported_the_service_is_asked_whether_it_is_there():
    world = World()
    world.run()
    again = World(subscriber=sim_with(world.sent[0]))
    assert again.run().remembered.state is State.PROVISIONED
    assert (again.sent, again.asked_anew) == ([], 1)


def test_a_report_that_was_taken_before_the_undoing_is_corrected():
    world = World()
    world.confirm = lambda: Outcome(
        "1", world.orders[0].digest, Result.UNDONE, failure=Failure(Code.APPLY_FAILED, "no")
    )
    world.run()
    assert [tags["kitting_state"] for tags in world.sent] == ["provisioned", "rolled_back"]


def test_a_clock_that_was_never_set_is_replaced_by_the_services():
    world = World(now=datetime(1970, 1, 1, tzinfo=UTC), date=NOW)
    assert world.run().remembered.changed_at == "2026-11-23T09:00:00Z"


def test_without_any_clock_no_time_is_claimed():
    world = World(now=datetime(1970, 1, 1, tzinfo=UTC))
    world.run()
    assert "kitting_at" not in world.sent[0]


def test_extra_tags_come_from_files_and_a_missing_one_is_only_a_notice():
    userdata = b"report: {tags: {serial: {file: /serial}, fw: {value: '7'}, gone: {file: /gone}}}\n"
    world = World(userdata=userdata, lines={"/serial": "S1"})
    this = world.run()
    assert (world.sent[0]["serial"], world.sent[0]["fw"]) == ("S1", "7")
    assert "gone" not in world.sent[0]
    assert this.remembered.notice.code is Code.REPORT_UNREADABLE


def test_the_steps_are_told_in_the_order_in_which_they_happen():
    world = World()
    world.run()
    assert [step for step, _ in world.told if step is not Stage.APPLY] == [
        Stage.IDENTIFY,
        Stage.IDENTIFY,
        Stage.BIND,
        Stage.CONTINUE,
        Stage.FETCH,
        Stage.RESOLVE,
        Stage.REPORT,
        Stage.CONFIRM,
    ]


def test_an_imei_that_was_not_read_keeps_the_one_that_was():
    first = World().run()
    this = World(equipment=replace(EQUIPMENT, imei=NotRead(Code.MODEM_SILENT, "no"))).run(first.remembered)
    assert this.remembered.imei == IMEI


OTHER_IMEI = "356938035643809"
OTHER_SIM = replace(
    SUBSCRIBER, imsi=Imsi("001010000000002"), sim_id="8981000000000000025", iccid=None, session_imei=None
)
NO_CARD = replace(EQUIPMENT, imsi=NotRead(Code.MODEM_REFUSED, "no"), iccid=NotRead(Code.MODEM_REFUSED, "no"))
OTHER_MODEM = replace(EQUIPMENT, imei=Read(Imei(OTHER_IMEI)))
UNREADABLE = Equipment.unread(Failure(Code.MODEM_SILENT, "no answer"))
UNLOCKED = replace(SUBSCRIBER, session_imei=None, operator="OP0000000000")


def kitted():
    return World(subscriber=UNLOCKED).run().remembered


def identity(**policies):
    return replace(SETTINGS, identity=replace(SETTINGS.identity, **policies))


def test_another_sim_is_held_until_somebody_says_so():
    before = kitted()
    world = World(subscriber=replace(OTHER_SIM, tags={"site": "osaka"}), equipment=NO_CARD)
    this = world.run(before)
    assert (this.failure.code, this.remembered.state) == (Code.IDENTITY_NEW_SIM, State.BLOCKED)
    assert (this.remembered.card, this.remembered.in_force) == (before.card, before.in_force)
    assert world.orders == []
    assert world.sent[0]["kitting_error"].startswith("identity.new_sim: ")


def test_another_sim_is_believed_only_when_the_service_says_so_twice():
    before = kitted()
    world = World(subscriber=OTHER_SIM, anew=UNLOCKED, equipment=NO_CARD)
    this = world.run(before)
    assert (this.failure.code, this.remembered.state) == (Code.IDENTITY_UNCLEAR, State.PROVISIONED)
    assert (world.orders, world.sent) == ([], [])


def test_another_sim_is_adopted_where_the_settings_say_so():
    world = World(subscriber=replace(OTHER_SIM, tags={"site": "osaka"}), equipment=NO_CARD)
    world.settings = identity(new_sim=Policy.ADOPT)
    this = world.run(kitted())
    assert (this.remembered.state, this.remembered.card) == (State.PROVISIONED, OTHER_SIM.card)
    assert world.orders[0].document == {"hostname": "gw-osaka"}


def test_somebody_at_the_device_can_have_it_adopt_whatever_the_settings_say():
    world = World(
        subscriber=replace(OTHER_SIM, tags={"site": "osaka"}), equipment=replace(NO_CARD, imei=OTHER_MODEM.imei)
    )
    world.settings = identity(both=Policy.REFUSE)
    assert world.run(kitted()).failure.code is Code.IDENTITY_BOTH
    this = world.run(kitted(), adopt=True)
    assert (this.remembered.card, this.remembered.imei) == (OTHER_SIM.card, OTHER_IMEI)


def test_another_modem_is_held_and_named():
    this = World(subscriber=replace(UNLOCKED, tags={"site": "osaka"}), equipment=OTHER_MODEM).run(kitted())
    assert this.failure.code is Code.IDENTITY_NEW_MODEM
    assert OTHER_IMEI in this.failure.detail
    assert this.remembered.imei == IMEI


def test_a_modem_that_cannot_be_read_now_is_in_the_way_of_something_new_only():
    before = kitted()
    same = World(subscriber=UNLOCKED, equipment=UNREADABLE).run(before)
    assert (same.event, same.remembered.state) == (Event.UNCHANGED, State.PROVISIONED)
    world = World(subscriber=replace(UNLOCKED, tags={"site": "osaka"}), equipment=UNREADABLE)
    changed = world.run(before)
    assert (changed.failure.code, changed.remembered.state) == (Code.IDENTITY_UNKNOWN, State.PROVISIONED)
    assert world.orders == []


def test_a_device_can_wait_for_a_word_before_it_takes_its_first_identity():
    world = World(subscriber=UNLOCKED, settings=identity(first_boot=Policy.HOLD))
    assert world.run().failure.code is Code.IDENTITY_FIRST_BOOT
    released = World(subscriber=replace(UNLOCKED, tags={"site": "tokyo", "kitting_order": "release"}))
    released.settings = world.settings
    this = released.run()
    assert this.remembered.state is State.PROVISIONED
    assert released.sent[0]["kitting_obeyed"] == "release"


def test_an_imei_that_is_learnt_later_is_no_difference():
    before = World(subscriber=UNLOCKED, equipment=UNREADABLE).run().remembered
    assert before.imei is None
    after = World(subscriber=UNLOCKED).run(before).remembered
    assert (after.imei, after.state) == (IMEI, State.PROVISIONED)


def with_order(words, subscriber=UNLOCKED, **tags):
    return replace(subscriber, tags={**subscriber.tags, **tags, "kitting_order": words})


def test_the_operator_can_hold_a_device_and_release_it():
    held = World(subscriber=with_order("hold", site="osaka"))
    first = held.run(kitted())
    assert (first.failure.code, first.remembered.state, held.orders) == (Code.IDENTITY_HELD, State.BLOCKED, [])
    assert held.sent[0]["kitting_obeyed"] == "hold"
    still = World(subscriber=with_order("hold", site="osaka"))
    second = still.run(first.remembered)
    assert (second.failure.code, still.orders) == (Code.IDENTITY_HELD, [])
    world = World(subscriber=with_order("release", site="osaka"))
    assert world.run(second.remembered).remembered.state is State.PROVISIONED
    assert len(world.orders) == 1


def test_an_order_is_obeyed_once():
    before = kitted()
    first = World(subscriber=with_order("hold")).run(before).remembered
    at_the_device = replace(first, held=False)
    assert World(subscriber=with_order("hold")).run(at_the_device).remembered.held is False
    assert World(subscriber=with_order("hold 2")).run(at_the_device).remembered.held is True


def test_a_strangers_sim_cannot_release_a_device():
    foreign = with_order("release", replace(OTHER_SIM, operator="OP9999999999"))
    world = World(subscriber=foreign, equipment=NO_CARD)
    this = world.run(kitted())
    assert this.failure.code is Code.IDENTITY_NEW_SIM
    assert this.remembered.notice.code is Code.IDENTITY_ORDER_REFUSED
    assert world.orders == []
    own = with_order("release", replace(OTHER_SIM, operator="OP0000000000"), site="osaka")
    assert World(subscriber=own, equipment=NO_CARD).run(kitted()).remembered.card == OTHER_SIM.card


def test_what_is_refused_is_not_released_by_a_tag():
    world = World(subscriber=with_order("release", replace(OTHER_SIM, operator="OP0000000000")), equipment=NO_CARD)
    world.settings = identity(new_sim=Policy.REFUSE)
    assert world.run(kitted()).failure.code is Code.IDENTITY_NEW_SIM


@pytest.mark.parametrize("words", ["explode", "scrub", "h\u00f6ld"])
def test_an_order_that_is_not_allowed_or_not_known_is_said_and_no_more(words):
    this = World(subscriber=with_order(words)).run(kitted())
    assert (this.event, this.remembered.notice.code) == (Event.UNCHANGED, Code.IDENTITY_ORDER_REFUSED)
    assert this.remembered.last_order is None


def test_to_scrub_is_ordered_where_it_is_allowed_and_then_the_device_holds():
    world = World(subscriber=with_order("scrub now"), becomes=Result.COMMITTED)
    world.settings = identity(orders=(Instruction.SCRUB,))
    this = world.run(kitted())
    assert [type(order) for order in world.orders] == [Scrub]
    assert (this.remembered.held, this.remembered.in_force) == (True, None)
    assert world.sent[0]["kitting_obeyed"] == "scrub now"
    assert world.sent[0]["kitting_state"] == "blocked"


def test_a_scrub_that_failed_is_ordered_again():
    world = World(subscriber=with_order("scrub"), becomes=Result.NOT_APPLIED, failure=Failure(Code.APPLY_FAILED, "no"))
    world.settings = identity(orders=(Instruction.SCRUB,))
    before = kitted()
    this = world.run(before)
    assert (this.failure.code, this.remembered.last_order, this.remembered.state) == (
        Code.APPLY_FAILED,
        None,
        State.PROVISIONED,
    )


def test_a_document_that_failed_is_tried_again_when_the_devices_policy_changes():
    failed = World(becomes=Result.NOT_APPLIED, failure=Failure(Code.APPLY_FAILED, "no")).run().remembered
    assert World().run(failed).event is Event.STILL_BAD
    world = World(settings=replace(SETTINGS, apply=replace(SETTINGS.apply, paths=("/etc", "/opt"))))
    assert world.run(failed).event is Event.CONFIRMED


def test_a_document_that_failed_is_tried_again_when_only_its_signature_changes():
    failed = World(becomes=Result.NOT_APPLIED, failure=Failure(Code.USERDATA_UNSIGNED, "no")).run().remembered
    world = World(userdata=USERDATA + b"#---- kitting signature\n#x\n")
    assert world.run(failed).event is Event.CONFIRMED
    assert world.orders[0].userdata == world.userdata


def test_files_are_fetched_before_anything_is_ordered():
    world = World(unfetchable=Failure(Code.SOURCE_UNREACHABLE, "gone"))
    this = world.run()
    assert (this.failure.code, world.orders, this.remembered.state) == (Code.SOURCE_UNREACHABLE, [], State.NEW)


def test_nothing_is_fetched_for_a_configuration_that_is_in_force():
    first = World().run()
    world = World()
    world.run(first.remembered)
    assert world.fetched == []


def test_a_privileged_half_that_does_not_answer_leaves_the_device_as_it_is_and_is_asked_again():
    world = World(becomes=Failure(Code.APPLY_NOT_TAKEN, "no answer"))
    this = world.run()
    assert (this.failure.code, this.remembered.state) == (Code.APPLY_NOT_TAKEN, State.APPLYING)
    later = World(left_open=Outcome(this.remembered.order_id, world.orders[0].digest, Result.UNCONFIRMED))
    after = later.run(this.remembered)
    assert later.settled == this.remembered.order_id
    assert (after.remembered.state, after.remembered.order_id) == (State.PROVISIONED, None)


def test_an_order_left_open_that_went_back_or_scrubbed_leaves_no_configuration_in_force():
    first = World().run()
    world = World(left_open=Outcome("1", None, Result.COMMITTED))
    this = world.run(first.remembered)
    assert (len(world.orders), this.event) == (1, Event.CONFIRMED)


def quiet(**more):
    """The memory of a device that has nothing to do, as its first pass that found nothing to do leaves it."""
    first = World(subscriber=UNLOCKED)
    tags = first.run().tags
    calm = World(subscriber=replace(UNLOCKED, tags={**UNLOCKED.tags, **tags}, modified="1"), **more)
    return calm.run(first.run().remembered).remembered


def polled(remembered, **more):
    world = World(subscriber=Failure(Code.METADATA_TIMEOUT, "only the small question was expected"), **more)
    return world, world.run(remembered)


def test_a_device_that_has_nothing_to_do_asks_by_turns_for_the_text_and_for_one_number():
    remembered = quiet()
    for turn in range(4):
        world, this = polled(remembered)
        assert (this.event, this.failure, world.sent) == (Event.UNCHANGED, None, [])
        assert world.small == (["modified"] if turn % 2 else [])
        remembered = this.remembered


def test_a_changed_text_leads_to_a_whole_pass():
    world = World(subscriber=replace(UNLOCKED, modified="1"), userdata=b"hostname: other\n")
    assert world.run(quiet()).event is Event.CONFIRMED


def test_a_changed_record_leads_to_a_whole_pass():
    remembered = polled(quiet())[1].remembered
    world = World(subscriber=replace(UNLOCKED, tags={"site": "osaka"}, modified="2"), modified="2")
    assert world.run(remembered).event is Event.CONFIRMED
    assert world.small == ["modified"]


def test_a_service_that_names_its_versions_is_asked_whether_it_is_still_that_one():
    remembered = quiet(etag='"v1"')
    world, this = polled(remembered, etag='"v1"', userdata=Failure(Code.METADATA_TIMEOUT, "no text was expected"))
    assert (this.event, world.small) == (Event.UNCHANGED, ['"v1"'])


def test_a_service_that_does_not_know_the_small_question_is_asked_everything():
    remembered = polled(quiet())[1].remembered
    world = World(subscriber=UNLOCKED, modified=Failure(Code.METADATA_NOT_SORACOM, "404"))
    assert world.run(remembered).subscriber == UNLOCKED


def test_a_small_question_that_nobody_answers_is_a_pass_that_nobody_answered():
    remembered = polled(quiet())[1].remembered
    world = World(modified=Failure(Code.METADATA_UNREACHABLE, "gone"))
    this = world.run(remembered)
    assert (this.failure.code, this.remembered.state) == (Code.METADATA_UNREACHABLE, State.PROVISIONED)


def test_everything_is_looked_at_once_in_a_while():
    remembered = replace(quiet(), quiet_polls=MAX_QUIET_POLLS)
    world = World(subscriber=UNLOCKED)
    assert world.run(remembered).subscriber == UNLOCKED


@pytest.mark.parametrize(
    "unusual",
    [
        {"seen_record": None},
        {"seen_userdata": None},
        {"imei": None},
        {"state": State.ROLLED_BACK},
        {"notice": Failure(Code.REPORT_NOT_SENT, "x")},
        {"agent_version": "0.0.1"},
    ],
)
def test_whatever_is_unusual_leads_to_a_whole_pass(unusual):
    world = World(subscriber=UNLOCKED)
    assert world.run(replace(quiet(), **unusual)).subscriber == UNLOCKED


def test_a_pass_that_had_something_to_say_is_followed_by_a_whole_one():
    first = World(subscriber=replace(UNLOCKED, modified="1")).run()
    assert first.remembered.seen_record is None


def test_what_was_noticed_stays_said_while_the_device_asks_small_questions():
    remembered = replace(quiet(), notice=Failure(Code.MODEM_SILENT, "no answer"))
    assert polled(remembered)[1].remembered.notice.code is Code.MODEM_SILENT


def test_only_a_new_device_reads_its_userdata_ahead():
    world = World()
    new = world.run()
    assert world.ahead == 1
    world.run(new.remembered)
    world.run(replace(new.remembered, state=State.BLOCKED))
    assert world.ahead == 1


def test_a_quiet_poll_costs_the_disk_nothing():
    world, this = polled(quiet())
    assert (world.saved, len(world.noted)) == ([], 1)
    assert world.noted[0].quiet_polls == this.remembered.quiet_polls


def test_a_whole_pass_that_finds_everything_as_it_was_is_written_down_once():
    remembered = replace(quiet(), quiet_polls=MAX_QUIET_POLLS)
    world = World(
        subscriber=replace(UNLOCKED, tags={**UNLOCKED.tags, **World(subscriber=UNLOCKED).run().tags}, modified="1")
    )
    this = world.run(remembered)
    assert (this.event, this.is_quiet, this.remembered.quiet_polls) == (Event.UNCHANGED, False, 0)
    assert world.saved == [this.remembered]
