"""Pure. What the commands show: the same facts as lines for people and as values for programs (`--json`)."""
