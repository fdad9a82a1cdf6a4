"""Two generations with every kind of step, and a gateway that has the first: the crash matrix cuts the second off."""

import hashlib
import shutil

from faulty_disk import FAULTS, FastDisk, FaultyDisk, copy_tree

from agent.apply.applying import apply_effects, apply_order, confirm
from agent.apply.context import ApplyContext
from agent.apply.machine.actor import Recorder
from agent.configuration.resolving import from_document
from agent.configuration.schema_file import userdata_schema
from agent.effects import (
    ActivateConnections,
    FetchedFile,
    Link,
    MakeDirectory,
    Power,
    PowerState,
    RemoveFile,
    RunCommand,
    ServiceVerb,
    Verb,
    WantedEffect,
    WriteFile,
)
from agent.handover.order import Apply, Result
from agent.reasons import DocumentKey
from agent.settings import ApplySettings

SCHEMA = userdata_schema()
LARGE = 256
"""Bytes; more are too large for memory in these tests."""
FIRMWARE, MODEL = b"firmware\n", b"M" * 5000
KEY = DocumentKey(("write_files", 0))


def file(path, content="x\n", mode=0o644, owner="root:root", **more):
    return WantedEffect(WriteFile(path, content.encode(), mode, owner), KEY, **more)


def fetched(path, content, mode=0o644):
    effect = FetchedFile(path, hashlib.sha256(content).hexdigest(), len(content), mode, "root:root")
    return WantedEffect(effect, KEY)


def link(path, target):
    return WantedEffect(Link(path, target, must_exist=False), KEY)


def act(action):
    return WantedEffect(action, KEY)


BEFORE = [
    file("/etc/hostname", "gw-before\n"),
    link("/etc/localtime", "../usr/share/zoneinfo/Etc/UTC"),
    link("/etc/gone-link", "hostname"),
    file("/etc/app/kept.conf", "kept\n"),
    file("/etc/app/changed.conf", "one\n"),
    file("/etc/app/mode.conf", "mode\n"),
    file("/etc/app/owner.conf", "owner\n"),
    file("/etc/app/gone.conf", "gone\n"),
    file("/etc/app/becomes-link", "file\n"),
    file("/etc/gone/deep/file.conf", "deep\n"),
    file("/etc/was/there.conf", "ours\n"),
    file("/opt/was-large", "small now\n"),
    act(ServiceVerb("old.service", Verb.ENABLE)),
]
AFTER = [
    file("/etc/hostname", "gw-after\n"),
    file("/etc/default/locale", "LANG=C.UTF-8\n"),
    link("/etc/localtime", "../usr/share/zoneinfo/Asia/Tokyo"),
    link("/etc/new/link", "nowhere"),
    link("/etc/app/becomes-link", "kept.conf"),
    file("/etc/app/kept.conf", "kept\n"),
    file("/etc/app/changed.conf", "two\n", then=(ServiceVerb("app.service", Verb.RESTART),)),
    file("/etc/app/mode.conf", "mode\n", 0o600),
    file("/etc/app/owner.conf", "owner\n", owner="1000:7"),
    file("/etc/app/secret.conf", "s3cr3t-canary\n", 0o600, sensitive=True),
    file("/etc/new/a/b/c.conf", "new\n"),
    file("/etc/theirs.conf", "ours now\n", 0o4755),
    WantedEffect(RemoveFile("/etc/unwanted.conf"), KEY),
    WantedEffect(RemoveFile("/etc/unwanted-link"), KEY),
    WantedEffect(MakeDirectory("/var/lib/app/data", 0o750, "1000:7"), KEY),
    file("/etc/systemd/system/app.service", "[Service]\nExecStart=true\n"),
    file("/etc/systemd/system/old.service.d/limits.conf", "[Service]\nTasksMax=9\n"),
    file("/etc/systemd/timesyncd.conf.d/kitting.conf", "[Time]\nNTP=ntp.soracom.io\n"),
    file("/etc/NetworkManager/system-connections/wan.nmconnection", "[connection]\nid=wan\n", 0o600),
    fetched("/opt/app/firmware.bin", FIRMWARE, 0o755),
    fetched("/opt/app/model.bin", MODEL),
    fetched("/opt/large", MODEL, 0o600),
    act(ServiceVerb("app.service", Verb.ENABLE)),
    act(ServiceVerb("noise.service", Verb.MASK)),
    act(ActivateConnections(("wan",))),
    act(RunCommand(("true",), 5.0)),
    act(RunCommand(("false",), 5.0, own_scope=True)),
    act(PowerState(Power.REBOOT, 60.0)),
]
SMALL = [file("/etc/hostname", "gw-small\n"), *BEFORE[1:], file("/etc/n/one")]
GENERATIONS = {"before": BEFORE, "after": AFTER, "small": SMALL}


def applied(generation, name, it):
    """The outcome of an order that has a generation's effects."""
    return apply_effects(Apply(name, generation, {}, "8981"), lambda: GENERATIONS[generation], it)


def document_applied(document, name, it):
    """The outcome of an order that has a document's effects."""
    return apply_order(document_order(document, name), it)


def document_order(document, name):
    configuration = from_document(document, SCHEMA)
    return Apply(name, configuration.digest, configuration.document, "8981")


def context(place, disk=None):
    policy = ApplySettings(root=place / "root")
    return ApplyContext(place / "state/apply", place / "state", policy, disk or FastDisk(), Recorder(), LARGE)


def prepared(place):
    """A gateway that came with files of its own and has been given the first configuration."""
    root = place / "root"
    for path, content in {
        "etc/hostname": "raspberrypi\n",
        "etc/passwd": "root:x:0:0:root:/root:/bin/sh\n",
        "etc/group": "root:x:0:\n",
        "etc/was/there.conf": "theirs\n",
        "etc/theirs.conf": "theirs\n",
        "etc/unwanted.conf": "unwanted\n",
        "opt/was-large": "W" * 3000,
        "opt/large": "L" * 3000,
        "usr/share/zoneinfo/Etc/UTC": "TZif",
        "usr/share/zoneinfo/Asia/Tokyo": "TZif",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    (root / "etc/was/there.conf").chmod(0o600)
    (root / "etc/unwanted-link").symlink_to("passwd")
    (place / "state/fetched").mkdir(parents=True, mode=0o700)
    for content in (FIRMWARE, MODEL):
        (place / "state/fetched" / hashlib.sha256(content).hexdigest()).write_bytes(content)
    assert applied("before", "first", context(place)).result is Result.UNCONFIRMED
    assert confirm(context(place)).result is Result.COMMITTED
    return place


def copied(ready, place):
    shutil.rmtree(place)
    copy_tree(ready, place)
    return place


def changes_of(ready, place, act):
    """How many operations change the disk while `act` is done to a copy."""
    disk = FaultyDisk()
    act(context(copied(ready, place), disk))
    return len(disk.changes)


def apply_after(it):
    return applied("after", "second", it)


def matrix(ready, place, act, faults=FAULTS):
    count = changes_of(ready, place, act)
    return [(number, fault) for number in range(count) for fault in faults]


def unconfirmed(ready, place):
    shutil.rmtree(place)
    copy_tree(ready, place)
    apply_after(context(place))
    return place
