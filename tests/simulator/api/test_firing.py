"""The thread that carries out event handlers, when a person ends the program."""

import sys
import threading
from contextlib import suppress

import pytest
from waiting import joined

from simulator.api.account import Account
from simulator.api.firing import Firing
from simulator.soracom import Platform, Sim


class Interrupting:
    """Raises KeyboardInterrupt at the n-th line that this thread runs in the standard library's queue and locks."""

    def __init__(self, nth):
        self.left = nth

    def __enter__(self):
        sys.settrace(self._called)
        return self

    def __exit__(self, *_):
        sys.settrace(None)

    def _called(self, frame, _event, _value):
        name = frame.f_code.co_filename
        return self._line if name.endswith(("queue.py", "threading.py")) else None

    def _line(self, _frame, event, _value):
        if event == "line":
            self.left -= 1
            if self.left == 0:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self._line


@pytest.mark.parametrize("nth", range(1, 40))
def test_ctrl_c_while_an_event_is_added_does_not_keep_the_thread(nth):
    account = Account(Platform([Sim("440100000000001")]))
    firing = Firing(account)
    firing.__enter__()
    firing.settle()
    with suppress(KeyboardInterrupt), Interrupting(nth):
        firing.carried("440100000000001", 1)
    ending = threading.Thread(target=firing.__exit__, args=(None, None, None), daemon=True)
    ending.start()
    joined(ending)
