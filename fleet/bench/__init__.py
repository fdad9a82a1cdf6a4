"""Story. The kitting bench: stages of a SIM, the IMEI lock, shipping, watching."""
