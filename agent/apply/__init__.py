"""Story. The root half of the device: takes an order, carries it out, and takes it back.

planning   what has to be done, as values (pure)
machine    the only code that changes the gateway
journal    the record of an apply that survives a power cut
"""

__all__ = ["applying", "authorship", "context", "in_process", "order_service", "planning", "serials", "settling"]
