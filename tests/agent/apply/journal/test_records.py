"""What the root half writes down is read back as it was; anything else is refused, whatever it is."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from faulty_disk import FastDisk
from hypothesis import given
from hypothesis import strategies as st
from some_reasons import REASONS, STEP_REASONS

from agent.apply.journal import journal as journals
from agent.apply.journal import store as stores
from agent.apply.journal.frames import framed, unframed
from agent.apply.journal.node_records import named_contents
from agent.apply.journal.ordered import Ordered, Purpose, contents_of
from agent.apply.journal.records import (
    happened_from_record,
    happened_to_record,
    managed_from_record,
    managed_to_record,
    ordered_from_record,
    ordered_to_record,
)
from agent.apply.journal.transaction import Event, Happened
from agent.apply.planning.nodes import Absent, Directory, File, Large, Lost, Symlink, sha256
from agent.apply.planning.steps import ActionStep, FileStep, Managed, ManagedPath
from agent.effects import ActivateConnections, OnError, Power, PowerState, RunCommand, ServiceVerb, Verb
from agent.errors import Code, Failure
from agent.handover.order import Change, Ran

texts = st.text(max_size=12)
paths = texts.map("/{}".format)
numbers = st.integers(0, 2**32 - 1)
modes = st.integers(0, 0o7777)
owners = (modes, numbers, numbers)
digests = st.binary(max_size=4).map(sha256)
files = st.builds(File, st.binary(max_size=40), *owners)
others = st.one_of(
    st.just(Absent()),
    st.builds(Large, digests, st.integers(0, 2**40), *owners),
    st.builds(Directory, *owners),
    st.builds(Symlink, texts, numbers, numbers),
)
nodes = files | others
kept = nodes | st.builds(Lost, digests)
seconds = st.floats(0, 1e6, allow_nan=False)
verbs = st.builds(ServiceVerb, texts, st.sampled_from(Verb))
actions = st.one_of(
    st.builds(RunCommand, st.lists(texts, max_size=3).map(tuple), seconds, st.sampled_from(OnError), st.booleans()),
    verbs,
    st.builds(ActivateConnections, st.lists(texts, max_size=3).map(tuple)),
    st.builds(PowerState, st.sampled_from(Power), seconds),
)
steps = st.one_of(
    st.builds(FileStep, paths, kept, nodes, STEP_REASONS, st.booleans()),
    st.builds(ActionStep, actions, STEP_REASONS, st.booleans(), st.booleans(), st.booleans()),
)
entries = st.builds(ManagedPath, digests, kept, STEP_REASONS, st.lists(actions, max_size=2).map(tuple), st.booleans())
managed = st.builds(Managed, st.dictionaries(paths, entries, max_size=3), st.frozensets(verbs, max_size=2), texts)
orders = st.builds(
    Ordered,
    texts,
    texts,
    st.booleans(),
    st.lists(steps, max_size=4).map(tuple),
    st.lists(st.builds(Change, texts, texts, REASONS), max_size=2).map(tuple),
    managed,
    managed,
    st.sampled_from(Purpose),
    st.dictionaries(paths, digests, max_size=2),
)
failures = st.builds(
    lambda code, detail, where: Failure(code, detail, where=where), st.sampled_from(Code), texts, texts
)
rans = st.builds(Ran, texts, st.integers(-64, 255), seconds, texts, STEP_REASONS)
events = st.builds(
    Happened, st.sampled_from(Event), st.none() | st.integers(0, 999), st.none() | failures, st.none() | rans
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=8,
)


def through_text(record):
    ((read,), length) = unframed(framed(record))
    assert length == len(framed(record))
    return read


def without_what_is_written(step):
    """What a step writes is not in the record."""
    if isinstance(step, FileStep) and isinstance(step.after, File):
        return replace(step, after=replace(step.after, content=b""))
    return step


@given(orders)
def test_an_order_is_read_back_as_it_was_written(ordered):
    contents = contents_of(ordered.steps, ordered.managed) | contents_of((), ordered.came_from)
    record = ordered_to_record(ordered)
    read = ordered_from_record(through_text(record), contents.get)
    assert read == replace(ordered, steps=tuple(map(without_what_is_written, ordered.steps)))
    assert set(contents) <= set(named_contents(record))


@given(managed)
def test_what_is_managed_is_read_back_as_it_was_written(present):
    contents = contents_of((), present)
    assert managed_from_record(through_text(managed_to_record(present)), contents.get) == present


@given(managed)
def test_of_a_content_that_is_lost_it_is_known_which_it_was(present):
    read = managed_from_record(through_text(managed_to_record(present)), lambda _: None)
    for path, entry in present.paths.items():
        if isinstance(entry.before, File):
            assert read.paths[path].before == Lost(sha256(entry.before.content))


@given(events)
def test_an_event_is_read_back_as_it_was_written(happened):
    read = happened_from_record(through_text(happened_to_record(happened)))
    told = [
        (item.failure and (item.failure.code, item.failure.detail, item.failure.where)) for item in (read, happened)
    ]
    assert told[0] == told[1]
    assert replace(read, failure=None) == replace(happened, failure=None)


def paths_into(record, here=()):
    """Every place in a record."""
    yield here
    if isinstance(record, dict | list):
        for key in record if isinstance(record, dict) else range(len(record)):
            yield from paths_into(record[key], (*here, key))


def with_junk_at(record, place, value):
    if not place:
        return value
    copy = record.copy()
    copy[place[0]] = with_junk_at(record[place[0]], place[1:], value)
    return copy


READERS = {
    "order": (orders.map(ordered_to_record), lambda record: ordered_from_record(record, lambda _: b"")),
    "managed": (managed.map(managed_to_record), lambda record: managed_from_record(record, lambda _: b"")),
    "event": (events.map(happened_to_record), happened_from_record),
}


@pytest.mark.parametrize("kind", READERS)
@given(data=st.data())
def test_one_wrong_value_anywhere_is_read_or_refused(kind, data):
    records, read = READERS[kind]
    record = json.loads(json.dumps(data.draw(records)))
    place = data.draw(st.sampled_from(list(paths_into(record))))
    wrong = with_junk_at(record, place, data.draw(junk))
    try:
        read(wrong)
    except ValueError:
        return


@given(st.binary(max_size=80), st.lists(junk, max_size=3))
def test_of_any_bytes_only_whole_records_are_read(tail, records):
    data = b"".join(framed(record) for record in records)
    found, length = unframed(data + tail)
    assert found[: len(records)] == json.loads(json.dumps(records))
    assert length >= len(data)


@given(st.lists(junk, max_size=4), st.sampled_from(["journal", *stores.MANAGED, stores.PREVIOUS]))
def test_whole_records_of_something_else_are_set_aside_or_refused(records, name):
    with tempfile.TemporaryDirectory() as place:
        own = Path(place) / "own"
        with stores.opened(own, FastDisk()) as store:
            (own / stores.NAME / name).write_bytes(b"".join(map(framed, records)))
            assert store.read_previous() is None
            assert store.read_managed()[0] == Managed()
            try:
                assert journals.found(store) is None
            except ValueError:
                assert name == journals.NAME


@given(st.lists(events, max_size=5), orders)
def test_events_that_cannot_follow_each_other_are_a_damaged_journal(happened, ordered):
    with tempfile.TemporaryDirectory() as place:
        own = Path(place) / "own"
        with stores.opened(own, FastDisk()) as store:
            journals.begun(store, ordered)
            with (own / stores.NAME / "journal").open("ab") as journal:
                journal.write(b"".join(framed(happened_to_record(item)) for item in happened))
            damage = "cannot follow"
            try:
                assert journals.found(store) is not None
            except ValueError as error:
                damage = str(error)
            assert "cannot follow" in damage
