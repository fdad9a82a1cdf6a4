"""Clocks for the agent's edges that move only where a test wants time to pass."""

from waiting import PATIENCE_S, until


class Paused:
    """A clock that stands still but for the pauses that the code under test makes; they take no time."""

    def __init__(self):
        self.now, self.pauses = 0.0, []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds


class LateAnswer:
    """A clock on which the time of a request is over as soon as a part of its answer has come: once, for `service`."""

    JUMP_S = PATIENCE_S + 1.0

    def __init__(self):
        self.now, self.service = 0.0, None

    def clock(self):
        if self.service and self.service.bytes_received:
            self.now, self.service = self.now + self.JUMP_S, None
        return self.now


class UntilFile:
    """A clock whose second look is at the moment when a file appears; every time that began before is over then.

    Takes the place of the module `time`.
    """

    def __init__(self, file):
        self.file, self.has_begun = file, False

    def monotonic(self):
        if self.has_begun:
            until(f"the file {self.file}", self.file.exists)
            return 1e9
        self.has_begun = True
        return 0.0
