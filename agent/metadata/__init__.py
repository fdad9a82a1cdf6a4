"""Edge. SORACOM's metadata service over HTTP, as the SIM that the request leaves by, and larger sources."""

__all__ = ["early_connection", "small_question", "sources", "subscriber_service", "tcp_transport"]
