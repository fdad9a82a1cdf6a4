"""The device's side of kitting: identifies the gateway, applies the configuration of its SIM's group, reports it.

cli, apply_cli     the two command lines
identity, effects, settings, setting_values, errors, codes, visible_text    values that every folder uses
commands/          what each command does, and how its result is shown
provision/         one pass of the network half: identify, bind, orders, continuity, fetch, resolve, report, memory
metadata/          the SIM's service over HTTP, and larger sources
modem/             the equipment: ModemManager, AT commands, ports, wake by SMS
configuration/     userdata text to a validated document to wanted effects; one file for each key
handover/          the contract between the halves: order, confirmation and outcome, as files
apply/             the root half: service and authorship; planning/ (pure), machine/ (the only writer), journal/
resident/          the daemon: schedule, budget, traffic record, start of passes
upkeep/            doctor, support bundle, disk image, LED and login prompt, closed endpoint
host/              files that survive a power cut, systemd, processes, locks, the clock
"""

__version__ = "0.1.0"
