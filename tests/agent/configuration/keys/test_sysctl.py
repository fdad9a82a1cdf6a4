"""`sysctl` → one file for the next boot, and values from now on."""

from agent.configuration.keys.sysctl import render
from agent.effects import KernelValues, WantedEffect, WriteFile
from agent.reasons import DocumentKey


def test_parameters_are_one_file_in_a_fixed_order():
    content = b"net.ipv4.ip_forward = 0\nvm.swappiness = 10\n"
    assert list(render({"vm.swappiness": 10, "net.ipv4.ip_forward": "0"})) == [
        WantedEffect(WriteFile("/etc/sysctl.d/90-kitting.conf", content, 0o644, "root:root"), DocumentKey(("sysctl",))),
        WantedEffect(KernelValues((("net.ipv4.ip_forward", "0"), ("vm.swappiness", "10"))), DocumentKey(("sysctl",))),
    ]
