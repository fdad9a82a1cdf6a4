"""Pure. From wanted effects and what is there to ordered steps, each with its reason."""
