"""Edge. This computer: durable files, locks, systemd, processes, the clock."""

__all__ = [
    "clock",
    "disk_room",
    "durable",
    "end_of_process",
    "foreign_files",
    "jitter",
    "leaving_root",
    "locks",
    "process_entry",
    "program_files",
    "programs",
    "runtime_directory",
    "systemd",
    "visible_output",
]
