"""Entry point. What each command does, put together from the settings, and how its result is shown."""
