"""The desk: the program `kitting`, which prepares, watches, locks, ships and stops the SIMs of gateways.

    cli.py       the command line
    commands/    a module for each command
    plan/        the kitting plan: reading it, comparing it with the platform, making the changes
    bench/       the kitting bench: the stage of each SIM, the IMEI lock, the kitting record, shipping
    hook/        locks SIMs without a person, called by the platform
    field/       SIMs in the field: stopping, waking, remote access, abnormal SIMs
    board/       the page of the kitting bench in a browser
    platform/    the SORACOM API: sign-in, requests, operations, and their values
    signing/     signed userdata documents

A folder's `__all__` names the modules that other folders import.
"""

__all__ = ["bilingual_text", "desk_tags", "listen_address", "web_server"]
