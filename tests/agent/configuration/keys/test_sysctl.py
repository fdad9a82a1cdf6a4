"""`sysctl` → one file, read again at once."""

from agent.configuration.keys.sysctl import render
from agent.effects import ServiceVerb, Verb, WantedEffect, WriteFile
from agent.reasons import DocumentKey


def test_parameters_are_one_file_in_a_fixed_order():
    content = b"net.ipv4.ip_forward = 0\nvm.swappiness = 10\n"
    assert list(render({"vm.swappiness": 10, "net.ipv4.ip_forward": "0"})) == [
        WantedEffect(
            WriteFile("/etc/sysctl.d/90-kitting.conf", content, 0o644, "root:root"),
            DocumentKey(("sysctl",)),
            then=(ServiceVerb("systemd-sysctl.service", Verb.RESTART),),
        )
    ]
