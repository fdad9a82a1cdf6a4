"""Entry point. The resident process: when passes start, what they may cost, and their start."""

__all__ = ["pauses", "schedule", "traffic_record"]
