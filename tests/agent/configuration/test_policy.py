"""What a document may not do to a device."""

from pathlib import Path

import pytest

from agent.configuration.protected_places import PROTECTED, forbidden_path
from agent.configuration.resolving import from_document, wanted_effects
from agent.configuration.schema_file import userdata_schema
from agent.errors import Code, Failure
from agent.settings import ApplySettings

SCHEMA = userdata_schema()


def refusal(document, **settings):
    with pytest.raises(Failure) as caught:
        wanted_effects(from_document(document, SCHEMA), ApplySettings(**settings))
    assert caught.value.code is Code.USERDATA_NOT_ALLOWED
    return str(caught.value)


def test_commands_are_not_allowed_unless_the_settings_allow_them():
    assert "runcmd: not in [apply] allow" in refusal({"runcmd": ["ls"]})
    assert wanted_effects(from_document({"runcmd": ["ls"]}, SCHEMA), ApplySettings(allow=("runcmd",)))


def test_all_violations_are_named():
    document = {
        "hostname": "gw",
        "runcmd": ["ls"],
        "write_files": [{"path": "/etc/x"}, {"path": "/opt/y"}, {"path": "/etc/x.d"}],
    }
    output = refusal(document, allow=("write_files",), paths=("/opt", "/etc/x.dd"))
    assert all(name in output for name in ("hostname", "runcmd", "write_files[0].path", "write_files[2].path"))
    assert "write_files[1]" not in output


@pytest.mark.parametrize(
    ("path", "prefix", "allowed"),
    [
        ("/opt/a/x", "/opt/a", True),
        ("/opt/a/x", "/opt/a/", True),
        ("/opt/a", "/opt/a", True),
        ("/opt/ab", "/opt/a", False),
        ("/opt", "/opt/a", False),
        ("/opt/a", "/", True),
    ],
)
def test_a_path_prefix_ends_where_a_name_ends(path, prefix, allowed):
    document = {"write_files": [{"path": path}]}
    if allowed:
        assert wanted_effects(from_document(document, SCHEMA), ApplySettings(paths=(prefix,)))
    else:
        assert path in refusal(document, paths=(prefix,))


def test_the_paths_are_about_files_of_the_document_only():
    assert wanted_effects(from_document({"hostname": "gw"}, SCHEMA), ApplySettings(paths=("/opt",)))


def test_a_home_is_below_home_or_below_the_allowed_paths():
    document = {"users": [{"name": "a"}, {"name": "b", "home": "/srv/b"}, {"name": "c", "home": "/home/x/c"}]}
    assert wanted_effects(from_document(document, SCHEMA), ApplySettings(paths=("/srv",)))
    assert "users[1].home" in refusal(document, paths=("/opt",))


@pytest.mark.parametrize(
    "path",
    [
        *("/proc/sys/kernel/x", "/sys/x", "/dev/sda", "/run/x", "/var/run/x", "/boot/cmdline.txt", "/boot"),
        *("/etc/passwd", "/etc/passwd-", "/etc/shadow", "/etc/shadow-", "/etc/group", "/etc/gshadow", "/etc/.pwd.lock"),
        *("/etc/sudoers", "/etc/sudoers.d/x", "/etc/ssh/ssh_host_ed25519_key", "/etc/ssh/ssh_host_rsa_key.pub"),
        *("/etc/kitting-agent/agent.toml", "/var/lib/kitting-agent/state.json", "/usr/lib/kitting-agent/agent/cli.py"),
        *("/etc/systemd/system/kitting-agent.service", "/usr/lib/systemd/system/kitting-apply.path"),
        *(
            "/etc/systemd/system/kitting-agent.service.d/x.conf",
            "/etc/systemd/system/multi-user.target.wants/kitting-x.path",
        ),
        *("/usr/bin/kitting-agent", "/etc/systemd/system/kitting-apply.service"),
        *("/etc/fstab", "/etc/crypttab", "/etc/ld.so.preload", "/etc/ld.so.conf.d/x.conf", "/etc/nsswitch.conf"),
        *(
            "/etc/pam.d/sshd",
            "/etc/security/access.conf",
            "/sbin/init",
            "/usr/sbin/init",
            "/etc/initramfs-tools/hooks/x",
        ),
        *("/etc/modprobe.d/blacklist.conf", "/lib/modprobe.d/x.conf", "/etc/systemd/system.conf.d/x.conf"),
        *("/etc/systemd/system/service.d/x.conf", "/usr/lib/systemd/system/path.d/x.conf", "/usr/bin/python3"),
        *("/usr/bin/python3.11", "/usr/lib/python3/dist-packages/requests/__init__.py", "/bin/sh", "/bin/systemctl"),
        *("/usr/local/lib/python3.13/dist-packages/sitecustomize.py", "/etc/python3.11/sitecustomize.py"),
        *("/usr/lib/arm-linux-gnueabihf/libc.so.6", "/lib/ld-linux-armhf.so.3", "/usr/lib/systemd/systemd"),
        *("/usr", "/etc", "/lib", "/usr/lib", "/usr/bin"),
        *("/etc/systemd/system.control/service.d/x.conf", "/etc/systemd/system/kitting-agent.service.d/x.conf"),
        *("/etc/systemd/system/default.target", "/lib/systemd/system/sysinit.target.d/x.conf"),
        *("/etc/systemd/system/system.slice.d/x.conf", "/etc/systemd/system-generators/x", "/etc/nologin"),
        *("/lib/systemd/system-shutdown/x", "/etc/kernel/postinst.d/x", "/etc/default/grub", "/etc/login.defs"),
    ],
)
def test_some_paths_are_never_written(path):
    assert forbidden_path(path)
    with pytest.raises(Failure) as caught:
        from_document({"write_files": [{"path": path}]}, SCHEMA)
    assert caught.value.code is Code.USERDATA_NOT_ALLOWED


@pytest.mark.parametrize(
    "path",
    [
        "/etc/ssh/sshd_config.d/x.conf",
        "/opt/boot/x",
        "/etc/group.d",
        "/home/pi/x",
        "/opt/kitting/x",
        *("/srv/run/x", "/etc/fstab.d", "/usr/bin/telemetry", "/usr/local/bin/python-app", "/opt/python3/x"),
        *("/etc/systemd/system/multi-user.target.wants/a.service", "/etc/default/telemetry"),
        *("/usr/lib/telemetry/x.so", "/etc/systemd/system/a.service", "/etc/systemd/system/a.service.d/x.conf"),
        *(
            "/etc/systemd/timesyncd.conf.d/x.conf",
            "/etc/modules-load.d/x.conf",
            "/etc/cron.d/x",
            "/usr/local/lib/app.py",
        ),
    ],
)
def test_others_are_the_authors_business(path):
    assert not forbidden_path(path)


def test_no_settings_file_of_ours_is_writable_through_its_default_place():
    assert forbidden_path(str(Path("/etc/kitting-agent/agent.toml")))
    assert forbidden_path(str(ApplySettings().root / "var/lib/kitting-agent"))


@pytest.mark.parametrize("page", ["trust.md", "trust.ja.md"])
def test_the_page_has_every_protected_place(page):
    text = (Path(__file__).parents[3] / "docs" / page).read_text()
    assert [row.shown for row in PROTECTED if "`, `".join(row.shown.split(", ")) not in text] == []


def test_the_page_has_the_reason_of_every_protected_place_and_no_other_place():
    text = (Path(__file__).parents[3] / "docs/trust.md").read_text()
    table = text.partition("| places | because such a file |\n| --- | --- |\n")[2].partition("\n\n")[0]
    assert table.splitlines() == [f"| `{'`, `'.join(row.shown.split(', '))}` | {row.reason} |" for row in PROTECTED]
