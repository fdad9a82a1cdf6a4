"""Edge. This computer: durable files, locks, systemd, processes, the clock."""

__all__ = [
    "clock",
    "durable",
    "foreign_files",
    "jitter",
    "leaving_root",
    "locks",
    "process_entry",
    "program_files",
    "programs",
    "systemd",
    "visible_output",
]
