"""Values. Keys that users of cloud-config try, and what to write here instead."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agent.key_path import KeyPath

_IN_IMAGE = "set it up in the image: nothing is installed over a SIM"
_USERS = "users takes a list; nobody has a password, ssh_authorized_keys has the keys"
_SSHD = "write a file below /etc/ssh/sshd_config.d with write_files"
_SOON = "use runcmd, where the device's settings allow it, or write a unit with write_files and enable it with services"
_NO_OTHER = "install it in the image, and write its settings with write_files"
_CLOUD_INIT = "this is about cloud-init itself, which does not run here; leave it out"
_HOST_KEYS = "a device makes its own host keys; leave it out"
_ACCOUNT = "a user has name, gecos, uid, groups, home, shell, ssh_authorized_keys; make other accounts in the image"
_NETWORK = "write the connection's file with write_files, and think of [apply] confirm_within"

_EVERYWHERE = MappingProxyType(
    {
        **dict.fromkeys(("packages", "package_update", "package_upgrade", "apt", "snap"), _IN_IMAGE),
        **dict.fromkeys(("package_reboot_if_required", "apt_pipelining", "apk_repos", "yum_repos"), _IN_IMAGE),
        **dict.fromkeys(("zypper", "yum_repo_dir", "lxd", "drivers", "fan", "grub_dpkg", "grub-dpkg"), _IN_IMAGE),
        **dict.fromkeys(("resize_rootfs", "device_aliases", "mount_default_fields", "random_seed", "rpi"), _IN_IMAGE),
        **dict.fromkeys(("updates", "keyboard", "byobu_by_default", "rh_subscription", "ubuntu_pro"), _IN_IMAGE),
        **dict.fromkeys(("ubuntu_advantage", "landscape", "spacewalk", "enable_ssh"), _IN_IMAGE),
        **dict.fromkeys(("ansible", "chef", "puppet", "salt_minion", "mcollective"), _NO_OTHER),
        **dict.fromkeys(("cloud_config_modules", "cloud_final_modules", "cloud_init_modules"), _CLOUD_INIT),
        **dict.fromkeys(("autoinstall", "datasource", "datasource_list", "system_info", "merge_how"), _CLOUD_INIT),
        **dict.fromkeys(("launch-index", "vendor_data", "disable_ec2_metadata", "reporting", "output"), _CLOUD_INIT),
        **dict.fromkeys(("merge_type", "migrate", "syslog_fix_perms", "no_ssh_fingerprints", "version"), _CLOUD_INIT),
        **dict.fromkeys(("ssh_deletekeys", "ssh_genkeytypes", "ssh_publish_hostkeys", "ssh_quiet_keygen"), _HOST_KEYS),
        **dict.fromkeys(("ssh_fp_console_blacklist", "ssh_key_console_blacklist"), _HOST_KEYS),
        **dict.fromkeys(("no_create_home", "no_user_group", "system", "expiredate", "inactive", "homedir"), _ACCOUNT),
        **dict.fromkeys(("selinux_user", "selinux-user", "snapuser", "ssh_redirect_user", "create_groups"), _ACCOUNT),
        **dict.fromkeys(("ssh-authorized-keys", "ssh_authorized_key"), "did you mean ssh_authorized_keys?"),
        **dict.fromkeys(("resolv_conf", "manage_resolv_conf"), "write nameservers under the connection in network"),
        "doas": "the image decides which users may become root",
        "disable_root_opts": _SSHD,
        "rsyslog": "write a file below /etc/rsyslog.d with write_files, and restart rsyslog.service",
        "prefer_fqdn_over_hostname": "write the whole name into hostname",
        "create_hostname_file": "leave hostname out",
        "locale_configfile": "the place is always /etc/default/locale",
        "pools": "write the names under servers",
        "peers": "write the names under servers",
        **dict.fromkeys(
            ("groups", "user", "password", "chpasswd", "passwd", "hashed_passwd", "plain_text_passwd", "lock_passwd"),
            _USERS,
        ),
        **dict.fromkeys(("ssh_pwauth", "disable_root", "ssh"), _SSHD),
        **dict.fromkeys(("bootcmd", "cc_ready_cmd", "scripts"), _SOON),
        **dict.fromkeys(("wireguard", "bonds", "bridges", "vlans", "tunnels"), _NETWORK),
        **dict.fromkeys(("mounts", "swap", "disk_setup", "fs_setup", "growpart"), _IN_IMAGE),
        "fqdn": "write the whole name into hostname",
        "manage_etc_hosts": "/etc/hosts is left alone; libnss-myhostname resolves the host name",
        "preserve_hostname": "leave hostname out",
        "ssh_keys": "a device makes its own host keys",
        "ssh_import_id": "write the keys into ssh_authorized_keys",
        "phone_home": "the agent reports by SIM tags; report adds more of them",
        "final_message": "the agent reports by SIM tags",
        "ca-certs": "did you mean ca_certs?",
        "remove_defaults": "the certificates that Debian trusts cannot be removed",
        "sudo": "the image decides which users may become root",
        "gateway4": "write a route: {to: default, via: …}",
        "gateway6": "write a route: {to: default, via: …}",
        "renderer": "only NetworkManager's connections are written",
        "append": "a file is always written as a whole; put its whole text into content",
        "defer": "files are always written before services and commands",
        "ntp_client": "only systemd-timesyncd is set up; write the file of another client with write_files",
        "user_data": "write its keys at the top of the document",
        "Content-Type": "multipart userdata is not read; write one document",
        "<<": "merge keys are not read; write the keys out",
    }
)
"""Keys of cloud-config and similar mistakes, with the key to use instead or the reason."""

_BELOW: Mapping[str, Mapping[str, str]] = {
    "write_files": {"mode": "did you mean permissions?", "group": "did you mean owner? It takes user:group"},
    "network": {
        "pin": "a SIM of SORACOM has no PIN; switch it off once with another device",
        "mode": "the mode of a radio or a bond is set by a file of NetworkManager, written with write_files",
        "match": "name the interface itself",
        "set-name": "name the interface itself",
        "wakeonlan": _NETWORK,
        "macaddress": _NETWORK,
        "gateway": "write a route: {to: default, via: …}",
    },
}
"""Top-level key → the hints for keys below it; they precede those of every place."""


def instead_of(path: KeyPath, key: str) -> str | None:
    """The hint for an unknown key at a place: the key to use, or the reason; None where no hint is known."""
    return _BELOW.get(str(path[0]) if path else "", {}).get(key) or _EVERYWHERE.get(key)
