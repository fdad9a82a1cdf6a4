"""Story. What a pass does, shown while it goes on: at the terminal, to systemd, in the journal, and on the gateway."""

from __future__ import annotations

from agent.host.systemd import log_end, log_to_journal, standard_error_is_journal, tell_manager
from agent.provision.edges import PassStage
from agent.provision.pass_result import PassResult
from agent.provision.tags import short
from agent.upkeep import panel

_INFO, _WARNING = 6, 4
"""syslog's priorities."""

_CHANGES_THE_DEVICE = frozenset({PassStage.SETTLE, PassStage.APPLY})


class Progress:
    """Shows the stages of a pass and its end: with `quiet` not at the terminal."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.journal = standard_error_is_journal()

    def show(self, stage: PassStage, text: str) -> None:
        """Shows one act of a stage."""
        tell_manager(f"STATUS={stage.value}: {text}")
        if stage in _CHANGES_THE_DEVICE:
            panel.show(panel.Shown.WORKING)
        if self.journal:
            priority = _WARNING if stage is PassStage.NOTICE else _INFO
            log_to_journal(f"{stage.value}: {text}", priority, {"STEP": stage.value})
        elif not self.quiet:
            print(f"{stage.value:<9} {text}", flush=True)

    def conclude(self, result: PassResult) -> None:
        """Shows the end of a pass; in the journal one line with its fields, for monitoring."""
        remembered, failure = result.remembered, result.failure
        state, imsi = remembered.state, result.subscriber.imsi.digits if result.subscriber else None
        text = f"{state.value}: {failure or 'nothing to do'}"
        tell_manager(f"STATUS={text}")
        panel.show(panel.shown_of(state))
        panel.show_issue(panel.issue_text(state, imsi, remembered.imei))
        if not self.journal:
            return
        values = {
            "STATE": state.value,
            "CONFIG": short(remembered.in_force or ""),
            "IMSI": imsi or "",
            "IMEI": remembered.imei or "",
            "ERROR_CODE": failure.code.text if failure else "",
        }
        log_end(text, _WARNING if failure else _INFO, values)
