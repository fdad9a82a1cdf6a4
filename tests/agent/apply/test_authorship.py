"""A device that takes only signed documents, driven as a process: what it accepts, refuses, and never goes back to."""

import json
import os
import subprocess

import pytest

from agent.apply.authorship import authorised, is_signature_wanted
from agent.apply.context import apply_context
from agent.apply.in_process import InThisProcess
from agent.apply.serials import SERIALS, Serials, SignedAs, read_serials, write_serials
from agent.configuration.signed_text import joined
from agent.errors import Code, Failure
from agent.handover.order import Giver, Result, RollBack, Scrub
from agent.settings import ApplySettings, load
from simulator.gateways import Gateway
from simulator.server import MetadataServer
from simulator.soracom import Group, Platform, Sim

IMSI, IMEI, GROUP = "001010000000001", "490154203237518", "11111111-0000-4000-8000-000000000001"

REPORT = "report:\n  tags:\n    board: {file: /etc/hostname}\n"
"""A part of a document that asks nothing of the gateway."""


class Author:
    """Somebody with a key."""

    def __init__(self, place, name):
        self.key = place / name
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key)], check=True)

    def signs(self, text: str) -> str:
        done = subprocess.run(
            ["ssh-keygen", "-Y", "sign", "-q", "-n", "kitting", "-f", str(self.key)],
            input=text.encode(),
            capture_output=True,
            check=True,
        )
        return joined(text.encode(), done.stdout).decode()

    @property
    def line(self) -> str:
        return f"author@example.com {' '.join(self.key.with_suffix('.pub').read_text().split()[:2])}\n"


class Device:
    """A gateway that takes only what its author signed, and the platform of its SIM."""

    def __init__(self, place):
        self.author, self.stranger = Author(place, "author"), Author(place, "stranger")
        self.signers = place / "signers"
        self.signers.write_text(self.author.line)
        self.group = Group(GROUP)
        self.sim = Sim(IMSI, imei=IMEI, group_id=GROUP, tags={"site": "tokyo"})
        self.platform = Platform([self.sim], [self.group])
        self.server = MetadataServer(self.platform)
        self.server.start()
        self.gateway = Gateway("gw", self.sim, place / "gw", self.server, timeout="1s", patience="2s")
        self.gateway.modem.plug_in()
        text = self.gateway.settings.read_text().replace("[apply]", f'[apply]\nallowed_signers = "{self.signers}"')
        self.gateway.settings.write_text(text)

    def becomes(self, userdata: str) -> tuple[str, str | None]:
        """State and error after a pass with this userdata."""
        self.platform.set_userdata(GROUP, userdata)
        done = self.gateway.ask("provision", "--json")
        assert "Traceback" not in done.stderr + done.stdout
        result = json.loads(done.stdout)
        return result["state"], result["failure"] and result["failure"]["code"]

    @property
    def hostname(self) -> str:
        return (self.gateway.root / "etc/hostname").read_text()

    def close(self):
        self.gateway.switch_off()
        self.server.stop()


@pytest.fixture
def device(tmp_path):
    made = Device(tmp_path)
    yield made
    made.close()


def document(name: str, serial: int | None = 1) -> str:
    line = f"# kitting-serial: {serial}\n" if serial is not None else ""
    return f"{line}hostname: {name}-{{{{ tags.site }}}}\n"


def test_a_signed_document_is_applied_with_this_sims_values(device):
    assert device.becomes(device.author.signs(document("gw"))) == ("provisioned", None)
    assert device.hostname == "gw-tokyo\n"


def test_a_document_in_json_can_be_signed_as_well(device):
    assert device.becomes(device.author.signs('{"hostname": "gw"}\n')) == ("provisioned", None)


@pytest.mark.parametrize("change", ["unsigned", "stranger", "altered", "cut"])
def test_any_other_document_is_refused_and_nothing_is_touched(device, change):
    text = document("gw")
    signed = device.author.signs(text)
    userdata, code = {
        "unsigned": (text, "userdata.unsigned"),
        "stranger": (device.stranger.signs(text), "userdata.bad_signature"),
        "altered": (signed.replace("hostname: gw", "hostname: xx"), "userdata.bad_signature"),
        "cut": (signed[: len(signed) // 2], "userdata.unsigned"),
    }[change]
    assert device.becomes(userdata) == ("failed", code)
    assert device.hostname == "gateway\n"
    assert device.platform.sim(IMSI).tags["kitting_error"].startswith(code)


def test_the_same_document_signed_is_taken_after_it_was_refused_unsigned(device):
    assert device.becomes(document("gw"))[0] == "failed"
    assert device.becomes(device.author.signs(document("gw"))) == ("provisioned", None)


def test_an_older_document_is_refused_once_a_newer_one_was_in_force(device):
    assert device.becomes(device.author.signs(document("old", 1)))[0] == "provisioned"
    assert device.becomes(device.author.signs(document("new", 2)))[0] == "provisioned"
    assert device.becomes(device.author.signs(document("old", 1))) == ("failed", "userdata.older")
    assert device.becomes(device.author.signs(document("none", None))) == ("failed", "userdata.older")
    assert device.hostname == "new-tokyo\n"


def test_a_document_that_was_not_kept_does_not_make_others_old(device):
    assert device.becomes(device.author.signs(document("one", 1)))[0] == "provisioned"
    broken = device.author.signs(document("two", 5) + "write_files: [{path: /etc/hostname/x, content: a}]\n")
    assert device.becomes(broken)[0] == "failed"
    assert device.becomes(device.author.signs(document("three", 2))) == ("provisioned", None)


def test_a_damaged_memory_of_serials_refuses_everything_with_advice(device):
    assert device.becomes(device.author.signs(document("one", 1)))[0] == "provisioned"
    (device.gateway.state / "apply" / SERIALS).write_text("{")
    assert device.becomes(device.author.signs(document("two", 2))) == ("failed", "userdata.older")


def test_what_is_in_force_stays_when_signatures_become_mandatory(device):
    device.signers.unlink()
    assert device.becomes(document("gw"))[0] == "provisioned"
    device.signers.write_text(device.author.line)
    assert device.becomes(document("gw")) == ("provisioned", None)
    assert device.becomes(document("other")) == ("failed", "userdata.unsigned")


def test_a_signed_file_can_be_checked_at_the_desk(device, tmp_path):
    file = tmp_path / "userdata.yaml"
    file.write_text(device.author.signs(document("gw")))
    assert device.gateway.ask("check", str(file)).returncode == os.EX_OK


def test_a_link_that_leads_nowhere_still_wants_signatures(tmp_path):
    (tmp_path / "signers").symlink_to("/nowhere")
    assert is_signature_wanted(tmp_path / "signers")
    assert not is_signature_wanted(tmp_path / "absent")


def judged(order, giver, device, own):
    """The code of the refusal of an order on this device; None where it is accepted."""
    try:
        authorised(order, giver, ApplySettings(allowed_signers=device.signers), own)
    except Failure as failure:
        return failure.code
    return None


def test_root_goes_back_and_scrubs_and_the_network_half_scrubs_only_by_a_signed_line(device, tmp_path):
    allowed = device.author.signs("# kitting-serial: 5\n# kitting-order: scrub\nhostname: gw\n").encode()
    forged = device.stranger.signs("# kitting-order: scrub\nhostname: gw\n").encode()
    other = device.author.signs("# kitting-serial: 5\nhostname: gw\n").encode()
    orders = {
        (Giver.ROOT, RollBack("o")): None,
        (Giver.ROOT, Scrub("o")): None,
        (Giver.NETWORK_HALF, RollBack("o")): Code.USERDATA_UNSIGNED,
        (Giver.NETWORK_HALF, Scrub("o")): Code.USERDATA_UNSIGNED,
        (Giver.NETWORK_HALF, Scrub("o", other)): Code.USERDATA_UNSIGNED,
        (Giver.NETWORK_HALF, Scrub("o", forged)): Code.USERDATA_BAD_SIGNATURE,
        (Giver.NETWORK_HALF, Scrub("o", allowed)): None,
    }
    assert {pair: judged(pair[1], pair[0], device, tmp_path) for pair in orders} == orders


def test_an_old_instruction_to_scrub_is_refused(device, tmp_path):
    write_serials(tmp_path, Serials(6))
    recorded = device.author.signs("# kitting-serial: 5\n# kitting-order: scrub\nhostname: gw\n").encode()
    assert judged(Scrub("o", recorded), Giver.NETWORK_HALF, device, tmp_path) is Code.USERDATA_OLDER


def test_a_document_without_a_serial_replaces_no_other_signed_document(device):
    assert device.becomes(device.author.signs(document("one", None)))[0] == "provisioned"
    assert device.becomes(device.author.signs(document("two", None))) == ("failed", "userdata.older")
    assert device.becomes(device.author.signs(document("three", 1)))[0] == "provisioned"


def root_orders(device, order):
    settings = load(device.gateway.settings)
    return InThisProcess(apply_context(settings), settings.identity, Giver.ROOT).order(order)


def test_after_root_went_back_the_older_document_is_in_force_and_accepted_and_none_else(device):
    own = device.gateway.state / "apply"
    one, two = (device.author.signs(document(name, serial)) for name, serial in (("one", 1), ("two", 2)))
    assert [device.becomes(text)[0] for text in (one, two)] == ["provisioned"] * 2
    older = read_serials(own).before
    assert (older.serial, read_serials(own).in_force.serial) == (1, 2)
    assert root_orders(device, RollBack("back")).result is Result.COMMITTED
    assert (device.hostname, read_serials(own)) == ("one-tokyo\n", Serials(2, older))
    assert device.becomes(device.author.signs(document("other", 1))) == ("failed", "userdata.older")
    assert device.becomes(one) == ("provisioned", None)
    assert device.becomes(device.author.signs(document("three", 3))) == ("provisioned", None)


def test_a_document_that_changes_nothing_makes_no_generation_to_go_back_to(device):
    own = device.gateway.state / "apply"
    for text in (document("one", 1), document("two", 2), document("two", 3) + REPORT):
        assert device.becomes(device.author.signs(text)) == ("provisioned", None)
    assert (read_serials(own).before.serial, read_serials(own).in_force.serial) == (1, 3)


def test_root_goes_back_only_once_and_then_no_older_text_is_known(device):
    for text in (document("one", 1), document("two", 2)):
        device.becomes(device.author.signs(text))
    results = [root_orders(device, RollBack(name)).result for name in ("first", "second")]
    assert results == [Result.COMMITTED, Result.NOT_APPLIED]
    assert read_serials(device.gateway.state / "apply").before == SignedAs()


def test_the_serials_of_the_version_before_are_read(tmp_path):
    (tmp_path / SERIALS).write_text('{"accepted": 4, "pending": 5, "order_id": "o"}')
    assert read_serials(tmp_path) == Serials(4, pending=SignedAs(5), order_id="o")


@pytest.mark.parametrize(
    "members", ["[]", "{}", '{"accepted": true, "order_id": "o"}', '{"accepted": 1, "order_id": "o", "before": {}}']
)
def test_serials_of_another_form_are_damaged(tmp_path, members):
    (tmp_path / SERIALS).write_text(members)
    with pytest.raises(Failure):
        read_serials(tmp_path)
