"""Edge. This computer: durable files, locks, systemd, processes, the clock."""
