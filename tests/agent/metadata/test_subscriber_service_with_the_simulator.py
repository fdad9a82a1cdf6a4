"""The metadata service against the simulator, in every position of the simulator's switches and with its faults."""

from dataclasses import replace

import pytest
from clocks import LateAnswer
from waiting import PATIENCE_S

from agent.errors import Code, Failure, FailureKind
from agent.metadata.subscriber_service import MetadataService
from agent.settings import MetadataSettings
from simulator import faults
from simulator.faults import Faults
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim
from simulator.switches import Switches

IMSI, IMEI = "001010000000001", "490154203237518"


@pytest.fixture
def platform():
    groups = [Group("bench", userdata="hostname: gw\n"), Group("shipped", readonly=True), Group("off", enabled=False)]
    return Platform([Sim(IMSI, imei=IMEI, group_id="bench", tags={"site": "東京"})], groups)


@pytest.fixture
def server(platform):
    with MetadataServer(platform, faults=Faults()) as server:
        yield server


@pytest.fixture
def service(server):
    with asking(server) as service:
        yield service


def asking(server, imsi=IMSI, *, timeout=PATIENCE_S, patience=0.0, **more):
    settings = MetadataSettings(server.url, server.address_of(imsi), timeout=timeout, patience=patience)
    return MetadataService(settings, **more)


def in_time_for(server, fault, **more):
    """Asks with the limit and the clock on which a fault that takes long is over in time."""
    late = LateAnswer()
    timeout_s = 0.3 if isinstance(fault, SILENT) else PATIENCE_S
    service = asking(server, timeout=timeout_s, clock=late.clock, **more)
    late.service = service if isinstance(fault, SLOW) else None
    return service


def failure_of(ask, *arguments):
    with pytest.raises(Failure) as caught:
        ask(*arguments)
    return caught.value


def test_a_pass_asks_over_one_connection(platform, server, service):
    subscriber = service.subscriber()
    assert (subscriber.imsi.digits, subscriber.session_imei, subscriber.tags["site"]) == (IMSI, IMEI, "東京")
    assert service.userdata() == b"hostname: gw\n"
    service.put_tags({"kitting_state": "provisioned"})
    assert platform.sim(IMSI).tags == {"name": "", "site": "東京", "kitting_state": "provisioned"}
    service.answers_anew(PATIENCE_S)
    assert (server.connections, service.connections, service.requests) == (2, 2, 4)


@pytest.mark.parametrize(
    "switches",
    [
        Switches(),
        Switches(field_newline=True),
        Switches(session_imei="zeros"),
        Switches(session_imei="null"),
        Switches(session_imei="other"),
        Switches(session_imei="imeisv16"),
        Switches(session_imei="spare0"),
        Switches(record="2016"),
        Switches(nulls="left_out"),
        Switches(unknown_members=False),
        Switches(network_member="vplmn"),
        Switches(first_connection="testing"),
        Switches(date_header=False),
        Switches(null_leaf="null"),
        Switches(null_leaf="empty"),
    ],
    ids=lambda switches: "-".join(
        str(getattr(switches, name))
        for name in Switches.__slots__
        if getattr(switches, name) != getattr(Switches(), name)
    ),
)
def test_a_pass_works_in_every_position_of_the_switches(platform, service, switches):
    platform.switches = switches
    assert service.subscriber().imsi.digits == IMSI
    assert service.userdata() == b"hostname: gw\n"
    service.put_tags({"a": "b"})
    service.answers_anew(PATIENCE_S)
    assert (service.date is not None) == switches.date_header


def test_a_minimized_record_is_read(platform, service):
    platform.change_group("bench", minimize_response_body=True)
    assert service.subscriber().imsi.digits == IMSI


@pytest.mark.parametrize("position", ["404", "empty", "204"])
def test_userdata_that_is_not_set_is_missing_however_it_is_reported(platform, service, position):
    platform.switches = Switches(userdata_unset=position)
    platform.set_userdata("bench", None)
    assert failure_of(service.userdata).code is Code.USERDATA_MISSING


@pytest.mark.parametrize("position", [403, 405, 400])
def test_a_group_that_only_reads_is_recognised_however_it_is_reported(platform, service, position):
    platform.switches = Switches(read_only_status=position)
    platform.set_group(IMSI, "shipped")
    service.subscriber()
    assert failure_of(service.put_tags, {"a": "b"}).code is Code.REPORT_READ_ONLY


def test_a_service_that_is_switched_off_is_disabled(platform, service):
    platform.set_group(IMSI, "off")
    assert failure_of(service.subscriber).code is Code.METADATA_DISABLED


@pytest.mark.parametrize(("position", "code"), [("403", Code.METADATA_DISABLED), ("served", None)])
def test_a_sim_in_no_group_is_refused_or_known_to_have_none(platform, service, position, code):
    platform.switches = Switches(no_group=position)
    platform.set_group(IMSI, None)
    if code:
        assert failure_of(service.subscriber).code is code
    else:
        assert service.subscriber().group_id is None
        assert failure_of(service.userdata).code is Code.USERDATA_MISSING


def test_who_is_not_on_a_soracom_line_gets_no_answer(server):
    with MetadataService(MetadataSettings(server.url, "127.0.0.99", PATIENCE_S, 0.0)) as stranger:
        assert failure_of(stranger.subscriber).code is Code.METADATA_UNREACHABLE


SILENT = faults.Hang | faults.Latency
"""Nothing of an answer comes within the time."""
SLOW = faults.SlowHeaders | faults.SlowBody
"""The time is over in the middle of an answer."""
FAULTS = [
    (faults.Hang(), Code.METADATA_TIMEOUT),
    (faults.SlowHeaders(), Code.METADATA_TIMEOUT),
    (faults.SlowBody(5), Code.METADATA_TIMEOUT),
    (faults.Latency(PATIENCE_S), Code.METADATA_TIMEOUT),
    (faults.Refuse(), Code.METADATA_UNREACHABLE),
    (faults.ConnectionReset(), Code.METADATA_UNREACHABLE),
    (faults.LostAnswer(), Code.METADATA_UNREACHABLE),
    (faults.CutAnswer(), Code.METADATA_TRUNCATED),
    (faults.CutAnswer(0), Code.METADATA_TRUNCATED),
    (faults.WrongLength(5), Code.METADATA_TRUNCATED),
    (faults.Chunked(broken=True), Code.METADATA_TRUNCATED),
    (faults.ServerError(), Code.METADATA_UNAVAILABLE),
    (faults.ServerError(502, "html"), Code.METADATA_UNAVAILABLE),
    (faults.ServerError(500, "json"), Code.METADATA_UNAVAILABLE),
    (faults.TooManyRequests(), Code.METADATA_UNAVAILABLE),
    (faults.HtmlPage(), Code.METADATA_NOT_SORACOM),
    (faults.Redirect(), Code.METADATA_NOT_SORACOM),
    (faults.CaptivePortal(), Code.METADATA_NOT_SORACOM),
]
ONLY_SUBSCRIBER = [
    (faults.EmptyBody(), Code.METADATA_NOT_SORACOM),
    (faults.HugeBody(), Code.METADATA_NOT_SORACOM),
    (faults.WrongEncoding(), Code.METADATA_NOT_SORACOM),
    (faults.BrokenJson(), Code.METADATA_NOT_SORACOM),
    (faults.WrongType(), Code.METADATA_NOT_SORACOM),
    (faults.WrongLength(-5), Code.METADATA_NOT_SORACOM),
]


@pytest.mark.parametrize(("fault", "code"), [*FAULTS, *ONLY_SUBSCRIBER], ids=str)
def test_every_fault_of_the_record_is_distinguished_and_changes_nothing(server, fault, code):
    server.faults.add(fault)
    with in_time_for(server, fault) as service:
        failure = failure_of(service.subscriber)
    assert failure.code is code
    assert failure.code.kind is FailureKind.NO_ANSWER


@pytest.mark.parametrize(
    ("fault", "code"),
    [*FAULTS, (faults.EmptyBody(), Code.USERDATA_MISSING), (faults.HugeBody(), Code.USERDATA_TOO_LARGE)],
    ids=str,
)
def test_every_fault_of_the_userdata_is_distinguished(server, fault, code):
    server.faults.add(fault)
    with in_time_for(server, fault) as service:
        assert failure_of(service.userdata).code is code


@pytest.mark.parametrize(
    "fault", [fault for fault, _ in FAULTS if not isinstance(fault, faults.CaptivePortal)], ids=str
)
def test_a_service_that_recovers_within_the_patience_is_not_noticed(server, fault):
    server.faults.add(fault, times=1)
    with in_time_for(server, fault, patience=10 * PATIENCE_S, sleep=lambda _: None) as service:
        assert service.subscriber().imsi.digits == IMSI
        assert service.userdata() == b"hostname: gw\n"


def test_a_report_whose_answer_was_lost_is_sent_again_and_is_there_once(platform, server, service):
    service.subscriber()
    server.faults.add(faults.LostAnswer(), method="PUT", times=1)
    service.put_tags({"kitting_state": "provisioned"})
    assert platform.sim(IMSI).tags["kitting_state"] == "provisioned"
    assert [asked.method for asked in platform.requests] == ["GET", "PUT", "PUT"]


def test_a_refused_connection_is_unreachable_until_a_server_listens(server, service):
    server.refuse_connections()
    assert failure_of(service.subscriber).code is Code.METADATA_UNREACHABLE
    server.accept_connections()
    assert service.subscriber().imsi.digits == IMSI


def test_another_sim_in_the_same_device_is_another_subscriber(platform, server, service):
    other = replace(platform.sim(IMSI), imsi="001010000000002", iccid="", sim_id="")
    platform.add_sim(other)
    with asking(server, other.imsi) as swapped:
        assert swapped.subscriber().card != service.subscriber().card
