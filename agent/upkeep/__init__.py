"""Edge. Care of a gateway: doctor, support bundle, disk image, LED and login prompt, closed endpoint."""

__all__ = ["cleaning", "collect", "doctor", "endpoint", "endpoint_table", "findings", "panel"]
