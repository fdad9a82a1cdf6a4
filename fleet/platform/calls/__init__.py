"""Edge. The operations of the SORACOM API that the desk uses, one function each, named by the permission it needs."""

__all__ = ["event_handler_calls", "group_calls", "order_calls", "remote_access_calls", "sim_calls", "traffic_calls"]
