"""What the root half writes down is read back as it was; anything else is refused, whatever it is."""

import json
from dataclasses import replace

import pytest
from any_records import events, junk, managed, orders
from hypothesis import given
from hypothesis import strategies as st

from agent.apply.journal.frames import framed, unframed
from agent.apply.journal.node_records import named_contents
from agent.apply.journal.ordered import contents_of
from agent.apply.journal.records import (
    happened_from_record,
    happened_to_record,
    managed_from_record,
    managed_to_record,
    ordered_from_record,
    ordered_to_record,
)
from agent.apply.planning.nodes import File, Lost, sha256
from agent.apply.planning.steps import FileStep


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
    text = [
        (item.failure and (item.failure.code, item.failure.detail, item.failure.where)) for item in (read, happened)
    ]
    assert text[0] == text[1]
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
