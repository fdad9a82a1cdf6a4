"""Values. How long the desk waits for a device."""

BACK_WITHIN_S = 300.0
"""How long a device may take to connect again: a modem that lost its session may try for some minutes."""
