"""Every key of cloud-init that is none here is answered with its reason or its replacement."""

import pytest

from agent.configuration.hints import instead_of
from agent.configuration.resolving import check
from agent.configuration.schema_file import userdata_schema

SCHEMA = userdata_schema()
CLOUD_INIT = """
    ansible apk_repos apt apt_pipelining autoinstall bootcmd byobu_by_default chef chpasswd cloud_config_modules
    cloud_final_modules cloud_init_modules create_hostname_file device_aliases disable_ec2_metadata disable_root
    disable_root_opts disk_setup drivers fan final_message fqdn fs_setup groups growpart grub-dpkg grub_dpkg
    keyboard landscape launch-index locale_configfile lxd manage_etc_hosts manage_resolv_conf mcollective
    merge_how merge_type migrate mount_default_fields mounts no_ssh_fingerprints output
    package_reboot_if_required package_update package_upgrade packages password phone_home
    prefer_fqdn_over_hostname preserve_hostname puppet random_seed reporting resize_rootfs resolv_conf
    rh_subscription rpi rsyslog salt_minion snap spacewalk ssh ssh_deletekeys ssh_fp_console_blacklist
    ssh_genkeytypes ssh_import_id ssh_key_console_blacklist ssh_keys ssh_publish_hostkeys ssh_pwauth
    ssh_quiet_keygen swap syslog_fix_perms system_info ubuntu_advantage ubuntu_pro updates user vendor_data
    version wireguard yum_repo_dir yum_repos zypper enable_ssh
"""
"""The keys at the top of a document in cloud-init's reference of modules."""


@pytest.mark.parametrize("key", CLOUD_INIT.split())
def test_a_key_of_cloud_init_has_its_own_sentence(key):
    (problem,) = check(f"{key}: x\n".encode(), SCHEMA)
    assert problem.suggestion == instead_of((), key)
    assert not problem.suggestion.startswith(("known here", "did you mean"))


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("write_files: [{path: /etc/x, mode: '0644'}]", "permissions"),
        ("network: {modems: {cdc-wdm0: {pin: '1234'}}}", "no PIN"),
        ("network: {wifis: {wlan0: {mode: ap}}}", "NetworkManager"),
        ("users: [{name: op, ssh-authorized-keys: []}]", "ssh_authorized_keys"),
        ("rsyslog: {}", "/etc/rsyslog.d"),
    ],
)
def test_a_hint_fits_the_place_of_its_key(document, says):
    assert any(says in problem.suggestion for problem in check(document.encode(), SCHEMA))
