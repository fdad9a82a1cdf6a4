"""Edge. Reads the equipment: ModemManager, serial ports, AT commands, and the wake-up by SMS."""

__all__ = ["dialogue_file", "reading", "survey"]
