"""Story. SIMs in the field: which SIMs a command means, stopping and waking them, remote access, abnormal SIMs."""
