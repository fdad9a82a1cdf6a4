"""Edge. The contract between the two halves of the device: order, confirmation and outcome, each one file."""

__all__ = ["by_service", "files", "json_members", "order", "order_json", "reason_json"]
