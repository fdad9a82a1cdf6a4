"""Edge. The record of one apply that survives a power cut, and what stays managed after it."""
