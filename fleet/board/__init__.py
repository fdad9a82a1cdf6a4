"""Edge. The board: a page in a browser that shows the SIMs of a plan, for the kitting bench."""
