"""Edge. The SORACOM API: access, requests, and the values of its answers."""
