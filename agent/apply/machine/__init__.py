"""Edge. The only code that changes the gateway: files, units, programs, connections."""
