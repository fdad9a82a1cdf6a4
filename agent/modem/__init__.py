"""Edge. The equipment: ModemManager, serial ports, AT commands, and the wake-up by SMS."""
