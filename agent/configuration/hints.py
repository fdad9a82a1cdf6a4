"""Values. Keys that users of cloud-config try, and what to write here instead."""

from __future__ import annotations

from types import MappingProxyType

_IN_IMAGE = "set it up in the image: nothing is installed over a SIM"
_USERS = "users takes a list; nobody has a password, ssh_authorized_keys has the keys"
_SSHD = "write a file below /etc/ssh/sshd_config.d with write_files"
_SOON = "use runcmd, where the device's settings allow it, or write a unit with write_files and enable it with services"
_NETWORK = "write the connection's file with write_files, and think of [apply] confirm_within"

INSTEAD = MappingProxyType(
    {
        **dict.fromkeys(("packages", "package_update", "package_upgrade", "apt", "snap"), _IN_IMAGE),
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
        "mode": "did you mean permissions?",
        "group": "did you mean owner? It takes user:group",
        "user_data": "write its keys at the top of the document",
        "Content-Type": "multipart userdata is not read; write one document",
        "<<": "merge keys are not read; write the keys out",
    }
)
"""Keys of cloud-config and similar mistakes, with the key to use instead or the reason."""
