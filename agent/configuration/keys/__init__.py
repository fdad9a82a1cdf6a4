"""Pure. One file for each key of the document: its value, valid by the schema, → wanted effects.

A key may find faults that a schema cannot express (damaged base64, a truncated key); it yields them among the effects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from agent.configuration.keys import (
    absent,
    ca_certs,
    enforce,
    environment,
    hostname,
    locale,
    network,
    ntp,
    power_state,
    report,
    runcmd,
    services,
    ssh_authorized_keys,
    sysctl,
    timezone,
    units,
    users,
    write_files,
)
from agent.configuration.problems import Fault
from agent.effects import WantedEffect

Render = Callable[[Any], Iterable[WantedEffect | Fault]]

RENDERERS: Mapping[str, Render] = MappingProxyType(
    {
        "hostname": hostname.render,
        "timezone": timezone.render,
        "locale": locale.render,
        "ntp": ntp.render,
        "write_files": write_files.render,
        "ssh_authorized_keys": ssh_authorized_keys.render,
        "services": services.render,
        "users": users.render,
        "ca_certs": ca_certs.render,
        "sysctl": sysctl.render,
        "network": network.render,
        "environment": environment.render,
        "units": units.render,
        "absent": absent.render,
        "runcmd": runcmd.render,
        "power_state": power_state.render,
        "enforce": enforce.render,
        "report": report.render,
    }
)
"""In the order in which effects are wanted, whatever the order in the document."""

OWN_PLACES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "hostname": hostname.PLACES,
        "timezone": timezone.PLACES,
        "locale": locale.PLACES,
        "ntp": ntp.PLACES,
        "ssh_authorized_keys": ssh_authorized_keys.PLACES,
        "users": users.PLACES,
        "ca_certs": ca_certs.PLACES,
        "sysctl": sysctl.PLACES,
        "network": network.PLACES,
        "units": units.PLACES,
    }
)
"""Keys that choose their paths themselves → where they write: a path, or a directory that ends with a slash.

With any other key the author of the document chooses the paths.
"""
