"""Values. The keys of the userdata document: the one list that settings, schema, effects and documentation follow.

A new key is a name here, a member of `config/userdata.schema.json` at the same place, and a module of the same name in
`agent/configuration/keys/` with a function `render`. A key whose effects have fixed places names these in `PLACES`.
"""

DOCUMENT_KEYS = (
    "hostname",
    "timezone",
    "locale",
    "ntp",
    "write_files",
    "ssh_authorized_keys",
    "services",
    "users",
    "ca_certs",
    "sysctl",
    "network",
    "environment",
    "units",
    "absent",
    "runcmd",
    "power_state",
    "enforce",
    "report",
)
"""In the order in which their effects are wanted, whatever their order in a document."""

SAFE_KEYS = ("hostname", "timezone", "locale", "ntp", "network", "power_state", "enforce", "report")
"""The keys of `[apply] allow = "safe"`: no text of a document under it is executed as root, or decides who is root."""
