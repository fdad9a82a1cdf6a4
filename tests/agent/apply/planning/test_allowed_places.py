"""Where the files of a document may be, once the links on the gateway's image are followed.

The image has the links of each case; the document goes through the public steps of the root half.
"""

import os
from pathlib import Path

import pytest
from faulty_disk import FastDisk, tree

from agent.apply.applying import apply_order, confirm
from agent.apply.context import ApplyContext
from agent.apply.machine.actor import Recorder
from agent.apply.planning.allowed_places import check_places
from agent.apply.planning.observation import Observation
from agent.configuration.names import Names
from agent.configuration.policy import named_paths
from agent.configuration.resolving import from_document, resolve, wanted_effects
from agent.configuration.schema_file import userdata_schema
from agent.document_keys import DOCUMENT_KEYS
from agent.effects import FetchedFile, FileEffect, Link, MakeDirectory, RemoveFile, WantedEffect, WriteFile
from agent.errors import Code, Failure
from agent.handover.order import Apply, Result
from agent.reasons import DocumentKey
from agent.settings import ApplySettings

SCHEMA = userdata_schema()
SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f op"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMANhYmM=\n-----END CERTIFICATE-----\n"
FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
    "etc/group": "root:x:0:\n",
    "etc/motd": "welcome\n",
    "etc/ssh/ssh_host_ed25519_key": "secret\n",
    "etc/sudoers.d/README": "\n",
    "usr/share/zoneinfo/Asia/Tokyo": "TZif",
}


class Image:
    """A gateway with these links, and with settings that allow documents to write below `paths`."""

    def __init__(self, place, links=(), paths=("/etc/app",)):
        self.place, self.root = place, place / "root"
        for path, content in FILES.items():
            self._parent_of(path)
            (self.root / path).write_text(content)
        for path, target in dict(links).items():
            self._parent_of(path.lstrip("/"))
            (self.root / path.lstrip("/")).symlink_to(target)
        (place / "state").mkdir()
        self.number = 0
        self.may_write_below(*paths)

    def _parent_of(self, path):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)

    def may_write_below(self, *paths):
        policy = ApplySettings(root=self.root, paths=paths, allow=tuple(DOCUMENT_KEYS))
        state = self.place / "state"
        self.context = ApplyContext(state / "apply", state, policy, FastDisk(), Recorder())

    def becomes(self, document):
        self.number += 1
        configuration = from_document(document, SCHEMA)
        order = Apply(f"order-{self.number}", configuration.digest, configuration.document, "card")
        outcome = apply_order(order, self.context)
        return confirm(self.context) if outcome.result is Result.UNCONFIRMED else outcome


def is_refused(image, document, *named):
    """Asserts that the document is refused, with a failure that names these texts, and that nothing was touched."""
    before = tree(image.root)
    outcome = image.becomes(document)
    assert (outcome.result, outcome.failure.code) == (Result.NOT_APPLIED, Code.USERDATA_NOT_ALLOWED)
    assert all(text in str(outcome.failure) for text in named), outcome.failure
    assert tree(image.root) == before


UP = {"/etc/app/up": "/etc"}


@pytest.mark.parametrize("place", ["sudoers.d/x", "passwd", "ssh/ssh_host_ed25519_key", "motd", "cron.d/new"])
@pytest.mark.parametrize("key", ["write_files", "environment", "absent"])
def test_a_path_of_the_author_is_judged_where_its_links_lead(tmp_path, key, place):
    path = f"/etc/app/up/{place}"
    entry = path if key == "absent" else {"path": path}
    is_refused(Image(tmp_path, UP), {key: [entry]}, f"{key}[0]", f"/etc/{place}")


@pytest.mark.parametrize("key", ["write_files", "environment", "absent"])
def test_a_link_that_stays_below_the_allowed_paths_may_be_used(tmp_path, key):
    image = Image(tmp_path, {"/etc/app/current": "v2"})
    (image.root / "etc/app/v2").mkdir()
    (image.root / "etc/app/v2/old.conf").write_text("old\n")
    path = "/etc/app/current/old.conf"
    document = {"absent": [path]} if key == "absent" else {key: [{"path": path}]}
    assert image.becomes(document).result is Result.COMMITTED
    there = image.root / "etc/app/v2/old.conf"
    assert not there.exists() if key == "absent" else there.read_text() == ""


@pytest.mark.parametrize("key", ["write_files", "environment", "absent"])
def test_a_link_to_what_is_never_written_is_refused_whatever_the_settings_allow(tmp_path, key):
    path = "/etc/app/up/sudoers.d/README"
    document = {"absent": [path]} if key == "absent" else {key: [{"path": path}]}
    is_refused(Image(tmp_path, UP, paths=("/",)), document, "which users may become root")


OWN = {
    "ssh_authorized_keys": ({"ssh_authorized_keys": {"op": [SSH_KEY]}}, "/etc/ssh/authorized_keys.d"),
    "sshd": ({"ssh_authorized_keys": [SSH_KEY]}, "/etc/ssh/sshd_config.d"),
    "sysusers": ({"users": [{"name": "op"}]}, "/etc/sysusers.d"),
    "tmpfiles": ({"users": [{"name": "op"}]}, "/etc/tmpfiles.d"),
    "ca_certs": ({"ca_certs": {"trusted": [CERTIFICATE]}}, "/usr/local/share/ca-certificates"),
    "sysctl": ({"sysctl": {"vm.swappiness": 10}}, "/etc/sysctl.d"),
    "ntp": ({"ntp": {"servers": ["ntp.nict.jp"]}}, "/etc/systemd/timesyncd.conf.d"),
    "locale": ({"locale": "C.UTF-8"}, "/etc/default"),
    "network": (
        {"network": {"version": 2, "ethernets": {"eth0": {"dhcp4": True}}}},
        "/etc/NetworkManager/system-connections",
    ),
    "units": ({"units": [{"name": "app.service", "content": "[Service]\n"}]}, "/etc/systemd/system"),
    "dropins": (
        {"units": [{"name": "app.service", "dropins": [{"name": "x.conf", "content": "[Service]\n"}]}]},
        "/etc/systemd/system/app.service.d",
    ),
}
PLAIN = {
    "hostname": {"hostname": "gw"},
    "timezone": {"timezone": "Asia/Tokyo"},
    **{name: document for name, (document, _) in OWN.items()},
}


@pytest.mark.parametrize("target", ["/etc/sudoers.d", "/etc/app", "/srv/elsewhere"])
@pytest.mark.parametrize("name", OWN)
def test_a_key_with_places_of_its_own_writes_to_no_other_place(tmp_path, name, target):
    document, directory = OWN[name]
    image = Image(tmp_path, {directory: target})
    (image.root / target.lstrip("/")).mkdir(parents=True, exist_ok=True)
    is_refused(image, document, target, next(iter(document)))


def test_a_drop_in_for_another_unit_is_no_way_to_the_units_of_the_agent(tmp_path):
    document, directory = OWN["dropins"]
    image = Image(tmp_path, {directory: "kitting-agent.service.d"})
    (image.root / "etc/systemd/system/kitting-agent.service.d").mkdir()
    is_refused(image, document, "/etc/systemd/system/kitting-agent.service.d/x.conf")


@pytest.mark.parametrize("name", PLAIN)
def test_a_key_with_places_of_its_own_needs_no_allowed_paths(tmp_path, name):
    image = Image(tmp_path, paths=("/opt",))
    before = tree(image.root)
    assert image.becomes(PLAIN[name]).result is Result.COMMITTED
    assert tree(image.root) != before


def a_user(home=None):
    return {"users": [{"name": "op", **({"home": home} if home else {})}]}


@pytest.mark.parametrize(
    ("home", "named"),
    [
        ("/etc/app/up/sudoers.d", "/etc/sudoers.d"),
        ("/etc/app/up/op", "/etc/op"),
        ("/srv/op", "/srv/op"),
        pytest.param(
            "/etc/app/theirs",
            "belongs to root",
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="only root makes what belongs to root"),
        ),
    ],
)
def test_a_home_is_judged_where_its_links_lead_and_is_not_taken_from_root(tmp_path, home, named):
    image = Image(tmp_path, UP)
    (image.root / "etc/app/theirs").mkdir()
    is_refused(image, a_user(home), named, "users[0]")


@pytest.mark.parametrize("target", ["/etc/sudoers.d", "/run/op", "/var/lib/kitting-agent"])
def test_a_home_is_no_place_that_is_never_written_whatever_the_settings_allow(tmp_path, target):
    is_refused(Image(tmp_path, {"/srv/link": target}, paths=("/",)), a_user("/srv/link/op"), f"{target}/op")


def test_home_directories_may_not_be_a_link_to_elsewhere(tmp_path):
    is_refused(Image(tmp_path, {"/home": "/etc"}), a_user(), "/etc/op")


@pytest.mark.parametrize(
    ("links", "paths", "home"),
    [
        ({}, ("/opt",), None),
        ({}, ("/opt",), "/home/field/op"),
        ({}, ("/srv",), "/srv/op"),
        ({"/home": "/data/home"}, ("/data/home",), None),
    ],
)
def test_a_home_may_be_below_home_and_below_the_allowed_paths(tmp_path, links, paths, home):
    image = Image(tmp_path, links, paths)
    (image.root / "data/home").mkdir(parents=True)
    assert image.becomes(a_user(home)).result is Result.COMMITTED


def test_what_an_earlier_generation_wrote_is_taken_back_although_the_settings_do_not_allow_its_place_any_more(tmp_path):
    image = Image(tmp_path, {"/etc/app/current": "/srv/v2"}, paths=("/etc/app", "/srv"))
    (image.root / "srv/v2").mkdir(parents=True)
    before = tree(image.root)
    written = {"write_files": [{"path": "/etc/app/current/a"}], "absent": ["/etc/app/current/none"], **PLAIN["units"]}
    assert image.becomes(written).result is Result.COMMITTED
    assert (image.root / "srv/v2/a").exists()
    image.may_write_below("/opt")
    assert image.becomes({}).result is Result.COMMITTED
    assert tree(image.root) == before


KEY = DocumentKey(("write_files", 0))


@pytest.mark.parametrize(
    "effect",
    [
        WriteFile("/etc/app/up/x", b"", 0o644, "root:root"),
        FetchedFile("/etc/app/up/x", "0" * 64, 1, 0o644, "root:root"),
        RemoveFile("/etc/app/up/x"),
        MakeDirectory("/etc/app/up/x", 0o755, "root:root"),
        Link("/etc/app/up/x", "/etc/shadow", must_exist=False),
    ],
    ids=lambda effect: type(effect).__name__,
)
def test_every_kind_of_file_effect_is_judged(effect):
    seen = Observation({effect.path: "/etc/x"}, {}, {}, {})
    with pytest.raises(Failure) as caught:
        check_places([WantedEffect(effect, KEY)], seen, ApplySettings(paths=("/etc/app",)))
    assert caught.value.code is Code.USERDATA_NOT_ALLOWED
    check_places([WantedEffect(effect, KEY)], seen, ApplySettings(paths=("/etc",)))


def test_a_key_without_places_of_its_own_is_limited_to_the_allowed_paths():
    wanted = [WantedEffect(WriteFile("/etc/motd", b"", 0o644, "root:root"), DocumentKey(("motd",)))]
    with pytest.raises(Failure, match="not below"):
        check_places(wanted, Observation({"/etc/motd": "/etc/motd"}, {}, {}, {}), ApplySettings(paths=("/opt",)))


def test_a_key_writes_to_no_place_of_another_key():
    wanted = [WantedEffect(WriteFile("/etc/hostname", b"", 0o644, "root:root"), DocumentKey(("sysctl",)))]
    with pytest.raises(Failure, match="no place of sysctl"):
        check_places(wanted, Observation({"/etc/hostname": "/etc/hostname"}, {}, {}, {}), ApplySettings())


def test_every_path_is_of_the_author_or_of_the_key(tmp_path):
    """The document has every key: a path that is neither would be refused on a device with narrow settings."""
    text = (Path(__file__).parents[3] / "documents/accepted/every_key.yaml").read_bytes()
    names = Names({"site": "osaka"}, {"imsi": "001010000000001", "sim_id": "", "iccid": ""}, {"imei": ""})
    document = resolve(text, names, SCHEMA).document
    chosen = [path for _, path in named_paths(document)]
    image = Image(tmp_path, paths=(*chosen, "/srv"))
    wanted = wanted_effects(from_document(document, SCHEMA), image.context.policy)
    files = [item.effect.path for item in wanted if isinstance(item.effect, FileEffect)]
    places = {path: path for path in (*files, "/srv/operator")}
    check_places(wanted, Observation(places, {}, {}, {}), image.context.policy)
    assert len(files) > len(chosen) > 3
