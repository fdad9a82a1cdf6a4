"""Story. SIMs in the field: which SIMs a command means, stopping and waking them, remote access, abnormal SIMs."""

__all__ = ["abnormal", "named_sims", "remote_access", "sim_selection", "stopping", "waking"]
