"""Story. The kitting bench: how far each SIM is, what is wrong with it, its IMEI lock, its record, its shipment.

stage, finding_rules, findings    the stage of a SIM and everything that can be wrong with it
device_report                     the tags that the device writes
lock_rules, locking               whether a SIM may be locked to its device, and locking it with proof
kitting_record                    which SIM is in which device, as tags and as the ledger
shipping, returning, swapping     moves SIMs to the group after shipment, takes them back, replaces a part of a box
plan_status, table                the SIMs of a plan as rows, and the table on a terminal
"""

__all__ = [
    "finding_rules",
    "findings",
    "kitting_record",
    "lock_rules",
    "locking",
    "plan_status",
    "returning",
    "shipping",
    "stage",
    "swapping",
    "table",
    "time_limits",
]
