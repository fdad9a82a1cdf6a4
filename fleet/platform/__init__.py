"""Edge. The SORACOM API: signing in, requests, and the values in its responses.

profile, credentials, sign_in     with which key, at which endpoint
api, http, responses, failures    requests with repeated attempts, and what came back
calls/                            the operations, such as setting a group or an IMEI lock
batch_jobs, parallel              one operation for many SIMs
sim, group, event_handler, port_mapping, json_shapes    the values
permissions                       the least permission document of each role
"""

__all__ = [
    "api",
    "batch_jobs",
    "calls",
    "credentials",
    "event_handler",
    "group",
    "json_shapes",
    "parallel",
    "permissions",
    "profile",
    "sim",
]
