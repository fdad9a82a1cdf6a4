"""Whatever stands in a file of the agent, the process that reads it ends with a failure that it knows, or goes on.

Order, confirmation, outcome, state, traffic record, serials and settings: right ones in which something was replaced,
cut, or put in.
"""

import json
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent.apply.context import apply_context
from agent.apply.order_service import ServiceContext, serve
from agent.apply.serials import SERIALS, Serials, read_serials, write_serials
from agent.configuration.resolving import from_document
from agent.configuration.schema_file import userdata_schema
from agent.errors import Code, Failure
from agent.handover.files import ORDER, read_confirmation, read_order, read_outcome
from agent.handover.order import Apply, Change, Confirmation, Decision, Outcome, Ran, Result
from agent.handover.order_json import confirmation_to_json, order_to_json, outcome_to_json
from agent.provision.remembered import Remembered, to_json
from agent.provision.state_file import STATE, load
from agent.reasons import Cause
from agent.resident.traffic_file import TRAFFIC, read_record
from agent.resident.traffic_record import TrafficRecord, record_values
from agent.settings import ApplySettings, PathSettings, Settings, parse

DOCUMENT = {
    "hostname": "gw",
    "write_files": [{"path": "/etc/x", "content": "y", "permissions": "0600", "restart": ["x.service"]}],
    "users": [{"name": "ops", "uid": 1500}],
    "sysctl": {"net.ipv4.ip_forward": 1},
    "network": {"version": 2, "ethernets": {"eth0": {"dhcp4": True, "mtu": 1400}}},
    "runcmd": [{"command": "true", "timeout": "5s"}],
    "power_state": {"mode": "reboot", "delay": "+1"},
}
CONFIGURATION = from_document(DOCUMENT, userdata_schema())
ORDER_TEXT = order_to_json(Apply("1", CONFIGURATION.digest, CONFIGURATION.document, "card", b"x", {"tags": {"a": "b"}}))
FAILURE = Failure(Code.APPLY_FAILED, "no", where="/etc/x")
RAN = Ran("true", 0, 0.5, "said", Cause.NO_LONGER_NAMED)
CHANGE = Change("changed", "/etc/x", Cause.NO_LONGER_NAMED)
OUTCOME_TEXT = outcome_to_json(Outcome("1", "d", Result.UNCONFIRMED, (CHANGE,), failure=FAILURE, ran=(RAN,)))
CONFIRMATION_TEXT = confirmation_to_json(Confirmation("1", Decision.UNDO, FAILURE))
STATE_TEXT = to_json(Remembered(failure=FAILURE, card="1", in_force="d", failures_in_a_row=3)).decode()
TRAFFIC_TEXT = json.dumps(record_values(TrafficRecord(None, 3, 4000)))
EXAMPLE = (Path(__file__).parents[3] / "config/agent.toml").read_text()
SETTINGS_LINES = re.sub(r"(?m)^#(?=[a-z_]+ = | {9}\")", "", EXAMPLE).splitlines()
"""The example settings, with every key in force."""

DEPTHS = st.sampled_from([3, 90, 900, 990, 5000])
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 1 << 63, -1, 0, 1e308, float("inf"), float("nan")]),
    st.text(max_size=9),
    st.sampled_from(["\ud800", "\0", "x" * 70000, "/", "..", "9" * 5000, "\x1b[2J", "0001-01-01T00:00:00+14:00"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
    DEPTHS.map(lambda depth: json.loads("[" * min(depth, 500) + "]" * min(depth, 500))),
)


def places(value, path=()):
    """The paths of all values in a JSON value."""
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from places(member, (*path, key))


def replaced(value, path, new):
    """The value with something else at a path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def damaged(text):
    """Texts that are near this JSON text."""
    value = json.loads(text)
    one = st.builds(lambda path, new: json.dumps(replaced(value, path, new)), st.sampled_from([*places(value)]), ODD)
    cut = st.integers(0, len(text)).map(lambda length: text[:length])
    put = st.builds(
        lambda at, more: text[:at] + more + text[at:], st.integers(0, len(text)), st.sampled_from('0"{}[],:\\\0-.eé')
    )
    deep = st.builds(lambda at, depth: text[:at] + "[" * depth + text[at:], st.integers(0, len(text)), DEPTHS)
    return one | cut | put | deep


def in_a_directory(name, text, read):
    """Writes a file into a directory, and reads it there; the failure where it is one that the reader knows."""
    with TemporaryDirectory() as made:
        (Path(made) / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            return read(Path(made))
        except Failure as failure:
            return failure


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        (ORDER, ORDER_TEXT, read_order),
        ("confirmation.json", CONFIRMATION_TEXT, read_confirmation),
        ("outcome.json", OUTCOME_TEXT, read_outcome),
        (STATE, STATE_TEXT, load),
        (TRAFFIC, TRAFFIC_TEXT, read_record),
        (SERIALS, '{"accepted": 3, "order_id": "1", "in_force": [3, "d"], "pending": [0, ""]}', read_serials),
    ],
    ids=["order", "confirmation", "outcome", "state", "traffic", "serials"],
)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(name, text, read, data):
    in_a_directory(name, data.draw(damaged(text)), read)


def test_what_is_damaged_here_is_right_otherwise():
    for text, read in ((ORDER_TEXT, read_order), (CONFIRMATION_TEXT, read_confirmation), (OUTCOME_TEXT, read_outcome)):
        name = {read_order: ORDER, read_confirmation: "confirmation.json", read_outcome: "outcome.json"}[read]
        assert not isinstance(in_a_directory(name, text, read), Failure)
    assert in_a_directory(STATE, STATE_TEXT, load)[1] is None
    assert parse("\n".join(SETTINGS_LINES)) == Settings()
    with TemporaryDirectory() as made:
        write_serials(Path(made), Serials(accepted=3))
        assert read_serials(Path(made)).accepted == 3


@given(damaged(ORDER_TEXT))
@example(ORDER_TEXT)
def test_the_root_half_ends_with_any_order_and_takes_it_away(text):
    with TemporaryDirectory() as made:
        place = Path(made)
        (place / "state").mkdir()
        (place / "root").mkdir()
        (place / "state" / ORDER).write_bytes(text.encode("utf-8", "surrogatepass"))
        policy = ApplySettings(root=place / "root", confirm_within=0.1, allow=("hostname", *DOCUMENT))
        settings = Settings(apply=policy, paths=PathSettings(state=place / "state", apply=place / "apply"))
        now = iter(range(0, 10**9, 1000))
        service = ServiceContext(apply_context(settings), settings.identity, lambda: next(now), lambda _: None)
        outcome = serve(service)
        assert outcome.result in {Result.NOT_APPLIED, Result.UNDONE, Result.COMMITTED}
        assert list((place / "state").iterdir()) == []


WRONG = (
    "1e400",
    "9" * 5000,
    "-1",
    f'"{"9" * 300}s"',
    "[[]]",
    "[" * 5000,
    "{}",
    "nan",
    '"../x"',
    "2020-01-01",
    "",
    "[9]",
)


@given(st.sampled_from([line for line in SETTINGS_LINES if re.match(r"[a-z_]+ = [^\[]", line)]), st.sampled_from(WRONG))
def test_a_wrong_value_in_the_settings_is_named_or_taken(line, value):
    text = "\n".join(f"{line.split()[0]} = {value}" if each == line else each for each in SETTINGS_LINES)
    try:
        parse(text)
    except Failure as failure:
        code = failure.code
    else:
        code = Code.SETTINGS_INVALID
    assert code is Code.SETTINGS_INVALID
