"""The root half as a process of its own: what it does with what lies in the network half's directory."""

import fcntl
import os

import pytest

from agent.apply.applying import apply_order
from agent.apply.context import apply_context
from agent.apply.order_service import BOOT_S, GRACE_S, ROOT_LOCK, ServiceContext, recover, serve
from agent.configuration.resolving import from_document
from agent.configuration.schema_file import userdata_schema
from agent.errors import Code, Failure
from agent.handover import files as handover
from agent.handover.files import SERVICE_LOCK
from agent.handover.order import Apply, Confirmation, Decision, Result, RollBack, Scrub
from agent.settings import ApplySettings, IdentitySettings, Instruction, PathSettings, Settings

CONFIGURATION = from_document({"hostname": "gw"}, userdata_schema())
ORDER = Apply("order-1", CONFIGURATION.digest, CONFIGURATION.document, "8981")
LOST = Failure(Code.APPLY_UNCONFIRMED, "no answer")


class Service:
    """A service with a clock that only goes on while it sleeps."""

    def __init__(self, place):
        self.root, self.now, self.confirms = place / "root", 0.0, None
        (self.root / "etc").mkdir(parents=True)
        (place / "state").mkdir()
        paths = PathSettings(place / "state", place / "state/apply")
        policy = ApplySettings(self.root, 30.0, allowed_signers=place / "signers")
        self.settings = Settings(apply=policy, paths=paths)
        self.context = apply_context(self.settings)

    @property
    def it(self):
        return ServiceContext(self.context, self.settings.identity, lambda: self.now, self._sleep)

    def _sleep(self, seconds):
        self.now += seconds
        if self.confirms:
            handover.place_confirmation(self.context.inbox, self.confirms)

    def gets(self, order):
        handover.place_order(self.context.inbox, order)
        return serve(self.it)

    @property
    def hostname(self):
        path = self.root / "etc/hostname"
        return path.read_text() if path.exists() else None

    @property
    def is_idle(self):
        """Whether neither an order nor a confirmation lies there."""
        names = {path.name for path in self.context.inbox.iterdir()}
        return not names & {handover.ORDER, handover.CONFIRMATION}


@pytest.fixture
def service(tmp_path):
    return Service(tmp_path)


def test_without_an_order_there_is_nothing_to_do(service):
    assert serve(service.it) is None


def test_an_order_that_is_confirmed_is_kept(service):
    service.confirms = Confirmation("order-1", Decision.KEEP)
    assert (service.gets(ORDER).result, service.hostname, service.is_idle) == (Result.COMMITTED, "gw\n", True)


def test_an_order_that_is_withdrawn_is_undone_for_its_reason(service):
    service.confirms = Confirmation("order-1", Decision.UNDO, LOST)
    outcome = service.gets(ORDER)
    assert (outcome.result, str(outcome.failure), service.hostname) == (Result.UNDONE, str(LOST), None)


def test_an_order_that_nothing_confirms_is_undone_after_its_time(service):
    outcome = service.gets(ORDER)
    assert (outcome.result, outcome.failure.code, service.hostname) == (Result.UNDONE, Code.APPLY_UNCONFIRMED, None)
    assert 30.0 + GRACE_S <= service.now < 30.0 + GRACE_S + 1


def test_a_confirmation_of_another_order_does_not_count(service):
    service.confirms = Confirmation("order-0", Decision.KEEP)
    assert service.gets(ORDER).result is Result.UNDONE


def test_a_confirmation_that_was_there_before_the_order_does_not_count(service):
    handover.place_confirmation(service.context.inbox, Confirmation("order-1", Decision.KEEP))
    assert service.gets(ORDER).result is Result.UNDONE


def test_after_a_restart_there_is_more_time(service):
    apply_order(ORDER, service.context)
    assert serve(service.it).result is Result.UNDONE
    assert service.now >= 30.0 + BOOT_S


def test_to_recover_waits_for_nothing(service):
    apply_order(ORDER, service.context)
    assert (recover(service.it).result, service.now) == (Result.UNCONFIRMED, 0.0)


def test_an_order_that_has_its_outcome_is_not_processed_twice(service):
    service.confirms = Confirmation("order-1", Decision.KEEP)
    service.gets(ORDER)
    (service.root / "etc/hostname").unlink()
    assert service.gets(ORDER).result is Result.COMMITTED
    assert (service.hostname, service.is_idle) == (None, True)


def test_an_order_that_cannot_be_read_is_answered_and_removed(service):
    (service.context.inbox / handover.ORDER).write_text("{")
    outcome = serve(service.it)
    assert (outcome.order_id, outcome.failure.code, service.is_idle) == (None, Code.ORDER_INVALID, True)


def test_only_an_allowed_author_is_accepted(service):
    service.context.policy.allowed_signers.write_text("")
    outcome = service.gets(ORDER)
    assert (outcome.result, outcome.failure.code, service.hostname) == (
        Result.NOT_APPLIED,
        Code.USERDATA_UNSIGNED,
        None,
    )


@pytest.mark.parametrize("orders", [(), (Instruction.SCRUB,)])
def test_a_scrub_is_carried_out_only_where_the_settings_allow_it(service, orders):
    handover.place_order(service.context.inbox, Scrub("order-2"))
    outcome = serve(ServiceContext(service.context, IdentitySettings(orders=orders)))
    expected = (Result.COMMITTED, None) if orders else (Result.NOT_APPLIED, Code.IDENTITY_ORDER_REFUSED)
    assert (outcome.result, outcome.failure and outcome.failure.code) == expected


def test_a_rollback_needs_no_confirmation(service):
    service.confirms = Confirmation("order-1", Decision.KEEP)
    service.gets(ORDER)
    service.confirms = None
    assert (service.gets(RollBack("order-2")).result, service.hostname) == (Result.COMMITTED, None)


@pytest.mark.parametrize("order", [RollBack("order-2"), Scrub("order-2")])
def test_a_device_with_signed_documents_takes_no_unsigned_task_of_the_network_half(service, order):
    service.confirms = Confirmation("order-1", Decision.KEEP)
    service.gets(ORDER)
    service.context.policy.allowed_signers.write_text("")
    handover.place_order(service.context.inbox, order)
    outcome = serve(ServiceContext(service.context, IdentitySettings(orders=(Instruction.SCRUB,))))
    refusal = (outcome.result, outcome.failure and outcome.failure.code, service.hostname)
    assert refusal == (Result.NOT_APPLIED, Code.USERDATA_UNSIGNED, "gw\n")


def hold(lock):
    """Holds the lock of a file as another process would."""
    descriptor = os.open(lock, os.O_RDONLY | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def test_a_second_service_gives_up(service):
    handover.make_place(service.context.own)
    lock = hold(service.context.own / ROOT_LOCK)
    with pytest.raises(Failure) as caught:
        serve(service.it)
    os.close(lock)
    assert caught.value.code is Code.PASS_UNDER_WAY


def test_the_network_half_may_look_at_the_sign_and_not_at_the_lock(service):
    serve(service.it)
    modes = [(service.context.own / name).stat().st_mode & 0o777 for name in (SERVICE_LOCK, ROOT_LOCK)]
    assert modes == [0o644, 0o600]


def test_who_keeps_the_sign_stops_nothing(service):
    serve(service.it)
    lock = hold(service.context.own / SERVICE_LOCK)
    service.confirms = Confirmation("order-1", Decision.KEEP)
    assert (service.gets(ORDER).result, service.hostname) == (Result.COMMITTED, "gw\n")
    os.close(lock)
