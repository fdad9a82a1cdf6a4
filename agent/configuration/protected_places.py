"""Pure. The places that no document may write to, whatever the device's settings say, each with its reason.

docs/trust.md has the same table. The root half asks again for the place to which a path leads by the links on the
device. Four kinds of place are in it:

- what the agent needs in order to take the next configuration: its own files, its interpreter, the libraries of both,
  and the programs by which it works;
- what decides how the device boots: a fault there keeps it from reaching the configuration that would undo it;
- who may become whom: accounts, passwords, sudoers, PAM, ssh host keys;
- places where files do not stay.
"""

from __future__ import annotations

import re

from agent.frozen import frozen


@frozen
class Protected:
    """A row of the table."""

    shown: str
    """The places as the pages name them."""
    pattern: re.Pattern[str]
    """Matches a whole path, absolute and normalised."""
    reason: str


def _row(shown: str, pattern: str, reason: str) -> Protected:
    return Protected(shown, re.compile(pattern), reason)


_BOOTS = "decides whether the device boots, and a fault there could not be undone"
_ACCOUNTS = "holds the device's accounts"
_OURS = "belongs to the agent"
_NEEDED = "is needed by the agent itself"
_PROGRAMS = (
    r"python3[^/]*|sh|dash|bash|env|systemctl|systemd-[^/]*|busctl|hostname|ssh-keygen|nmcli|mmcli|nft|init|mount"
    r"|dpkg[^/]*|apt[^/]*"
)

PROTECTED = (
    _row(
        "/proc, /sys, /dev, /run", r"/(proc|sys|dev|run|var/run|var/lock)(/.*)?", "is not a place for files that stay"
    ),
    _row("/boot", r"/boot(/.*)?", _BOOTS),
    _row("/etc/fstab, /etc/crypttab", r"/etc/(fstab|crypttab)(/.*)?", _BOOTS),
    _row(
        "/etc/initramfs-tools, dracut", r"/(etc|usr/(local/)?(share|lib))/(initramfs-tools|dracut[^/]*)(/.*)?", _BOOTS
    ),
    _row("/etc/modprobe.d, /etc/modules", r"/((usr/(local/)?)?lib|etc)/modprobe\.d(/.*)?|/etc/modules", _BOOTS),
    _row("/sbin/init, /etc/inittab", r"/((usr/)?sbin/init|etc/inittab|init)", _BOOTS),
    _row("/etc/systemd/system.conf.d", r"/(etc|usr/lib|lib)/systemd/system\.conf(\.d)?(/.*)?", _BOOTS),
    _row(
        "/etc/ld.so.preload, ld.so.conf.d",
        r"/etc/ld\.so\.(preload|conf|conf\.d(/.*)?|cache)",
        "decides whether programs start",
    ),
    _row("/etc/nsswitch.conf", r"/etc/nsswitch\.conf", "decides how users and names are found"),
    _row("/etc/pam.d, /etc/pam.conf", r"/etc/(pam\.d|pam\.conf|security)(/.*)?", "decides who may log in"),
    _row("/etc/passwd, shadow, group", r"/etc/(passwd|shadow|group|gshadow|subuid|subgid)(-|\.lock)?(/.*)?", _ACCOUNTS),
    _row("/etc/.pwd.lock", r"/etc/\.pwd\.lock", _ACCOUNTS),
    _row("/etc/sudoers, /etc/sudoers.d", r"/etc/sudoers.*", "decides which users may become root"),
    _row("/etc/ssh/ssh_host_*", r"/etc/ssh/ssh_host_.*", "is the device's own key"),
    _row("kitting-agent, kitting-apply", r"/(.*/)?kitting-(agent|apply).*", _OURS),
    _row("kitting-*.service", r"/(.*/)?kitting-[^/]*\.(service|socket|timer|path|target|slice).*", _OURS),
    _row(
        "service.d, path.d, target.d",
        r"/(.*/)?systemd/system/(service|socket|path|timer|target|slice)\.d(/.*)?",
        "is read for every unit, for the agent's too",
    ),
    _row("/usr/bin/python3, systemctl, sh", rf"/(usr/)?s?bin/({_PROGRAMS})", _NEEDED),
    _row(
        "/usr/lib/python3, dist-packages",
        r"/(usr/(local/)?lib/(python3[^/]*|sitecustomize)|etc/python3[^/]*)(/.*)?",
        _NEEDED,
    ),
    _row("/usr/lib/arm-linux-gnueabihf", r"/(usr/)?lib(32|64)?/([^/]+-linux-[^/]+|ld-linux[^/]*)(/.*)?", _NEEDED),
    _row("/usr/lib/systemd/systemd", r"/(usr/)?lib/systemd/(systemd[^/]*|libsystemd[^/]*)", _NEEDED),
    _row("/usr, /etc, /var", r"/(bin|sbin|lib|usr|etc|var|home|root)?|/(usr|var)/(bin|sbin|lib)", _NEEDED),
)


def forbidden_path(path: str) -> str:
    """Why no document may write to this path; empty where a document may."""
    return next((row.reason for row in PROTECTED if row.pattern.fullmatch(path)), "")
