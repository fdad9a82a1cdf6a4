"""The root half's directory: whose it is, who has it, what is kept in it."""

import os
import tempfile
from pathlib import Path

import pytest
from any_records import junk
from faulty_disk import FastDisk
from hypothesis import given
from hypothesis import strategies as st

from agent.apply.journal import journal as journals
from agent.apply.journal import store as stores
from agent.apply.journal.frames import framed
from agent.apply.journal.ordered import Ordered, Purpose
from agent.apply.planning.nodes import Absent, File, Large, sha256
from agent.apply.planning.steps import FileStep, Managed, ManagedPath
from agent.errors import Code, Failure
from agent.reasons import DocumentKey

KEY = DocumentKey(("write_files", 0))


@pytest.fixture
def own(tmp_path):
    return tmp_path / "own"


@pytest.fixture
def store(own):
    with stores.opened_store(own, FastDisk()) as store:
        yield store


def managing(before, path="/etc/a"):
    return Managed({path: ManagedPath("wrote", before, KEY)})


def ordered(**more):
    steps = (FileStep("/etc/a", File(b"earlier", 0o644, 0, 0), Absent(), KEY),)
    return Ordered("o", "d", False, steps, (), Managed(), **more)


@pytest.mark.usefixtures("store")
def test_no_other_user_may_enter(own):
    assert {path.stat().st_mode & 0o777 for path in (own / stores.NAME, own / stores.NAME / stores.KEPT)} == {0o700}


@pytest.mark.parametrize("name", [stores.NAME, f"{stores.NAME}/{stores.KEPT}"])
def test_a_directory_that_others_may_enter_is_refused(own, name):
    (own / stores.NAME / stores.KEPT).mkdir(parents=True, mode=0o700)
    (own / stores.NAME).chmod(0o700)
    (own / stores.NAME / stores.KEPT).chmod(0o700)
    (own / name).chmod(0o750)
    with pytest.raises(Failure) as caught, stores.opened_store(own, FastDisk()):
        pass
    assert caught.value.code is Code.STATE_UNWRITABLE


def test_a_link_in_place_of_the_directory_is_refused(own, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    own.mkdir()
    (own / stores.NAME).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Failure) as caught, stores.opened_store(own, FastDisk()):
        pass
    assert caught.value.code is Code.STATE_UNWRITABLE


@pytest.mark.usefixtures("store")
def test_one_process_has_it_at_a_time(own):
    with pytest.raises(Failure) as caught, stores.opened_store(own, FastDisk()):
        pass
    assert caught.value.code is Code.PASS_UNDER_WAY


def test_the_lock_ends_with_the_store_whatever_happened_inside(own):
    with pytest.raises(BlockingIOError), stores.opened_store(own, FastDisk()):
        raise BlockingIOError
    with stores.opened_store(own, FastDisk()):
        pass


def test_a_kept_content_is_only_given_back_whole(own, store):
    digest = sha256(b"content")
    store.keep({digest: b"content"})
    assert (store.content(digest), store.has_kept(digest)) == (b"content", True)
    (own / stores.NAME / stores.KEPT / digest).write_bytes(b"damaged")
    assert (store.content(digest), store.has_kept(digest)) == (None, False)
    store.keep({digest: b"content"})
    assert store.content(digest) == b"content"
    assert store.has_kept(sha256(b"never kept")) is False


def test_contents_that_no_record_names_are_dropped(store):
    for content in (b"managed", b"earlier", b"unused"):
        store.keep({sha256(content): content})
    managed = managing(File(b"managed", 0o644, 0, 0))
    store.remember_previous(ordered())
    store.drop_unused(managed)
    assert store.disk.names(store.kept_at) == {sha256(b"managed"), sha256(b"earlier")}
    store.remember_previous(ordered(purpose=Purpose.SCRUB))
    store.drop_unused(managed)
    assert store.disk.names(store.kept_at) == {sha256(b"managed")}


def test_a_large_content_that_a_record_names_is_not_dropped(store):
    store.keep({sha256(b"large"): b"large"})
    store.drop_unused(managing(Large(sha256(b"large"), 5, 0o644, 0, 0)))
    assert store.has_kept(sha256(b"large"))


def test_of_what_is_managed_the_second_copy_is_read_where_the_first_is_damaged(own, store):
    store.remember(managing(Absent()))
    (own / stores.NAME / stores.MANAGED[0]).write_bytes(b"{")
    assert store.read_managed() == (managing(Absent()), (stores.MANAGED[0],))
    store.set_aside(stores.MANAGED[0])
    assert store.read_managed() == (managing(Absent()), ())
    assert (own / stores.NAME / f"{stores.MANAGED[0]}{stores.DAMAGED}").read_bytes() == b"{"


def test_an_order_that_leads_back_cannot_be_gone_back_from(store):
    store.remember_previous(ordered())
    assert store.read_previous().order_id == "o"
    store.remember_previous(ordered(purpose=Purpose.ROLL_BACK))
    assert store.read_previous() is None


def test_to_look_makes_nothing(own):
    assert stores.peek_managed(own, FastDisk()) == Managed()
    assert not own.exists()
    with stores.opened_store(own, FastDisk()) as store:
        store.remember(managing(Absent()))
        assert stores.peek_managed(own, FastDisk()) == managing(Absent())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_cannot_be_made_is_a_failure(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(Failure) as caught, stores.opened_store(tmp_path / "own", FastDisk()):
        pass
    assert caught.value.code is Code.STATE_UNWRITABLE


@given(st.lists(junk, max_size=4), st.sampled_from(["journal", *stores.MANAGED, stores.PREVIOUS]))
def test_whole_records_of_something_else_are_set_aside_or_refused(records, name):
    with tempfile.TemporaryDirectory() as place:
        own = Path(place) / "own"
        with stores.opened_store(own, FastDisk()) as store:
            (own / stores.NAME / name).write_bytes(b"".join(map(framed, records)))
            assert store.read_previous() is None
            assert store.read_managed()[0] == Managed()
            try:
                assert journals.found(store) is None
            except ValueError:
                assert name == journals.NAME
