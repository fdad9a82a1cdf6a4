"""Edge. The board: a page in a browser that shows the SIMs of a plan, for the kitting bench.

view, texts, label    the content of the pages
web, server           the pages over HTTP
access_rules, logins  who may see them
latest_board          the SIMs, read from the platform in the background
sample                thirty invented SIMs
"""

__all__ = ["access_rules", "sample", "server", "view"]
