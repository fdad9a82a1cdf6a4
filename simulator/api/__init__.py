"""SORACOM's API, from the same state as the metadata service and the modems.

account.py      who the operator is: keys, users, orders, handlers, ways in, traffic
routes.py       method and path → operation and permission
sims.py, groups.py, orders.py, handlers.py, users.py, network.py, sandbox.py    what the operations do
permissions.py  what a SAM user may do
firing.py       event handlers that really fire
server.py       HTTP
"""

__all__ = ["account", "firing", "server", "users"]
