"""Pure. The plan of an order: its file, what differs from the platform, and how it is prepared."""
