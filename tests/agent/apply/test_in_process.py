"""The root half within the process of a pass: the same orders, outcomes and serials as by the service."""

import pytest

from agent.apply.context import apply_context
from agent.apply.in_process import InThisProcess
from agent.apply.serials import SERIALS
from agent.configuration.resolving import from_document
from agent.configuration.schema_file import userdata_schema
from agent.errors import Code, Failure
from agent.handover import files as handover
from agent.handover.order import Apply, Result, Scrub
from agent.settings import ApplySettings, IdentitySettings, PathSettings, Settings

CONFIGURATION = from_document({"hostname": "gw"}, userdata_schema())
ORDER = Apply("order-1", CONFIGURATION.digest, CONFIGURATION.document, "8981")


@pytest.fixture
def half(tmp_path):
    (tmp_path / "root/etc").mkdir(parents=True)
    (tmp_path / "state").mkdir()
    policy = ApplySettings(tmp_path / "root", allowed_signers=tmp_path / "signers")
    settings = Settings(apply=policy, paths=PathSettings(tmp_path / "state", tmp_path / "state/apply"))
    return InThisProcess(apply_context(settings), IdentitySettings())


def test_an_order_waits_for_its_confirmation_and_is_kept(half):
    assert half.order(ORDER).result is Result.UNCONFIRMED
    assert half.settle("order-1").result is Result.UNCONFIRMED
    assert half.confirm().result is Result.COMMITTED
    assert not (half.context.inbox / handover.ORDER).exists()


def test_an_order_is_undone(half):
    half.order(ORDER)
    assert half.undo(Failure(Code.APPLY_UNCONFIRMED, "no answer")).result is Result.UNDONE
    assert not (half.context.policy.root / "etc/hostname").exists()


def test_the_outcome_of_an_order_is_known_until_the_next(half):
    half.order(ORDER)
    half.confirm()
    assert half.settle("order-1").result is Result.COMMITTED
    assert (half.settle("order-0"), half.settle(None)) == (None, None)


def test_an_order_that_is_refused_has_an_outcome(half):
    outcome = half.order(Scrub("order-2"))
    assert (outcome.result, outcome.failure.code) == (Result.NOT_APPLIED, Code.IDENTITY_ORDER_REFUSED)
    assert handover.read_outcome(half.context.own).order_id == "order-2"


def test_a_directory_that_cannot_be_used_is_raised(half):
    handover.make_place(half.context.own)
    (half.context.own / "transaction").mkdir(mode=0o755)
    with pytest.raises(Failure) as caught:
        half.order(ORDER)
    assert caught.value.code is Code.STATE_UNWRITABLE
    assert not (half.context.inbox / handover.ORDER).exists()


def test_a_serial_is_accepted_with_its_order(half):
    handover.make_place(half.context.own)
    (half.context.own / SERIALS).write_text('{"accepted": 1, "pending": 5, "order_id": "order-1"}')
    half.order(ORDER)
    assert '"accepted": 1' in (half.context.own / SERIALS).read_text()
    half.confirm()
    assert '"accepted": 5' in (half.context.own / SERIALS).read_text()
