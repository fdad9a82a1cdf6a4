"""Edge. The record of one apply that survives a power cut, and the record of what stays managed after it."""
