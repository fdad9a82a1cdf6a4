"""A stand-in for SORACOM's metadata service and for modems: for the demo, for tests, for development without a SIM.

It imports nothing from `agent`, so that it can be wrong only about SORACOM, and never in the same way as the code that
it stands opposite to. The check digit therefore stands here a second time, on purpose.
"""
