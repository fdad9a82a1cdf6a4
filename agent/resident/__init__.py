"""Entry point. The resident process: when passes start, what they may cost, and their start."""

__all__ = ["pauses", "quiet_poll", "schedule", "traffic_file", "traffic_record"]
