"""The device's side of kitting: who am I, what should I be, become it, say so.

entry points  cli (what a person types)  daemon (the resident)  apply_cli (the privileged half's own process)
stories       provisioning (a pass, without privileges)  applying, serving_orders, authorship (an order, as root)
edges         metadata  modem.serial_line  apply.gateway (the only writer)  apply.journal  handover  state  signature
pure          configuration (document → effects)  binding  continuity  report  order  lifecycle  schedule  apply.plan
words         one_pass  identity  effects  settings  errors  codes
"""

__version__ = "0.1.0"

RESIDENT_LOCK = "resident.lock"
"""File in the state directory that the resident holds locked, with its process number in it."""

SERVICE_LOCK = "service.lock"
"""File in the privileged half's directory that its process holds locked as long as it is at work."""
