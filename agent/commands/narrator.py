"""Edge. The steps of a pass as they happen: for the person at the terminal, for systemd, and for the journal."""

from __future__ import annotations

from collections.abc import Callable

from agent.host.systemd import ENDED_MESSAGE_ID, log_to_journal, standard_error_is_journal, tell_manager
from agent.provision.edges import Stage
from agent.provision.pass_result import PassResult
from agent.provision.tags import short
from agent.upkeep import panel

Tell = Callable[[Stage, str], None]


_INFO, _WARNING = 6, 4
"""syslog's priorities."""


_UNDER_WAY = {Stage.SETTLE: panel.Shown.WORKING, Stage.APPLY: panel.Shown.WORKING}


class Narrator:
    """Tells what a pass does while it does it: to the person at the terminal, to systemd, and to the journal."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.journal = standard_error_is_journal()

    def tell(self, step: Stage, text: str) -> None:
        """One step."""
        tell_manager(f"STATUS={step.value}: {text}")
        if step in _UNDER_WAY:
            panel.show(_UNDER_WAY[step])
        if self.journal:
            log_to_journal(
                f"{step.value}: {text}", _INFO if step is not Stage.NOTICE else _WARNING, {"STEP": step.value}
            )
        elif not self.quiet:
            print(f"{step.value:<9} {text}", flush=True)

    def conclude(self, this: PassResult) -> None:
        """How it ended: the one line that monitoring reads, with its fields."""
        failure = this.failure
        text = f"{this.remembered.state.value}: {failure or 'nothing to do for anybody'}"
        tell_manager(f"STATUS={text}")
        state, imsi = this.remembered.state, this.subscriber.imsi.digits if this.subscriber else None
        panel.show(panel.shown_of(state))
        panel.show_issue(panel.issue_text(state, imsi, this.remembered.imei))
        if not self.journal:
            return
        values = {
            "MESSAGE_ID": ENDED_MESSAGE_ID,
            "STATE": this.remembered.state.value,
            "CONFIG": short(this.remembered.in_force or ""),
            "IMSI": this.subscriber.imsi.digits if this.subscriber else "",
            "IMEI": this.remembered.imei or "",
            "ERROR_CODE": failure.code.text if failure else "",
        }
        log_to_journal(text, _WARNING if failure else _INFO, {name: value for name, value in values.items() if value})
