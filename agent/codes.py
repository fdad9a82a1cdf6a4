"""Words. The table of failures: one stable code each, for the log, the tag, the documentation and a test.

Adding a code: one row here, one test; `docs/errors.md` is generated from this file (`make docs`).
"""

from __future__ import annotations

import os
from enum import Enum, unique


@unique
class Kind(Enum):
    """The reaction of a pass to a failure."""

    NO_ANSWER = "no_answer"
    """Nothing changes; the next pass asks again."""
    NO_USERDATA = "no_userdata"
    """The service answers, but the group has no userdata yet."""
    REFUSED = "refused"
    """The SIM and the device do not belong together, or the device's own settings forbid it."""
    REJECTED = "rejected"
    """The document is wrong; nothing was touched."""
    NOT_APPLIED = "not_applied"
    """The document is right, the gateway could not follow it; everything was undone."""
    UNDONE = "undone"
    """Applied, then taken back by the device itself."""
    NOTICE = "notice"
    """Reported and remembered; the pass goes on."""
    LOCAL = "local"
    """The person or the installation has to mend something first."""


@unique
class Code(Enum):
    """Every failure there is: its stable name, what the pass does, the exit code, a summary, and what to do."""

    USAGE = ("usage", Kind.LOCAL, os.EX_USAGE, "The command line is wrong", "See kitting-agent --help.")
    SETTINGS_UNREADABLE = (
        "settings.unreadable",
        Kind.LOCAL,
        os.EX_NOINPUT,
        "The settings file cannot be read",
        "Check that the file exists and that this user may read it.",
    )
    SETTINGS_INVALID = (
        "settings.invalid",
        Kind.LOCAL,
        os.EX_CONFIG,
        "The settings file has a wrong key or value",
        "Correct the key that is named; config/agent.toml explains every key.",
    )
    METADATA_NO_NAME = (
        "metadata.no_name",
        Kind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The name of the metadata service does not resolve",
        "Check that the SIM's connection is up and that its DNS servers are used.",
    )
    METADATA_UNREACHABLE = (
        "metadata.unreachable",
        Kind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The metadata service cannot be reached",
        "Check the SIM's connection, and that 100.127.0.0/16 is routed through it.",
    )
    METADATA_TIMEOUT = (
        "metadata.timeout",
        Kind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The metadata service did not answer in time",
        "Check the signal; a weak link may need a larger [metadata] timeout.",
    )
    METADATA_UNAVAILABLE = (
        "metadata.unavailable",
        Kind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The metadata service answers with an error of its own",
        "Wait; the next pass asks again.",
    )
    METADATA_TRUNCATED = (
        "metadata.truncated",
        Kind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The answer of the metadata service ended in the middle",
        "Wait; the next pass asks again.",
    )
    METADATA_NOT_SORACOM = (
        "metadata.not_soracom",
        Kind.NO_ANSWER,
        os.EX_PROTOCOL,
        "Something answered that is not SORACOM's metadata service",
        "Set [metadata] interface to the cellular interface, so that no other network can answer.",
    )
    METADATA_DISABLED = (
        "metadata.disabled",
        Kind.NO_ANSWER,
        os.EX_NOPERM,
        "The metadata service is switched off for this SIM, or the SIM is in no group",
        "Put the SIM into its group, and enable the metadata service in the group's SORACOM Air settings.",
    )
    METADATA_NO_GROUP = (
        "metadata.no_group",
        Kind.NO_USERDATA,
        os.EX_UNAVAILABLE,
        "The SIM is in no group",
        "Put the SIM into its group; the userdata is the group's.",
    )
    USERDATA_MISSING = (
        "userdata.missing",
        Kind.NO_USERDATA,
        os.EX_UNAVAILABLE,
        "The SIM's group has no userdata",
        "Write the configuration into the group's userdata.",
    )
    USERDATA_TOO_LARGE = (
        "userdata.too_large",
        Kind.REJECTED,
        os.EX_DATAERR,
        "The userdata is too large, or becomes so when unpacked",
        "Make it smaller; big files belong behind a `source`.",
    )
    USERDATA_NOT_TEXT = (
        "userdata.not_text",
        Kind.REJECTED,
        os.EX_DATAERR,
        "The userdata is not UTF-8 text, or its packing is damaged",
        "Save the document as UTF-8 and upload it again.",
    )
    USERDATA_SYNTAX = (
        "userdata.syntax",
        Kind.REJECTED,
        os.EX_DATAERR,
        "The userdata is neither YAML nor JSON",
        "Correct the line that is named; try it with kitting-agent check FILE.",
    )
    USERDATA_UNKNOWN_KEY = (
        "userdata.unknown_key",
        Kind.REJECTED,
        os.EX_DATAERR,
        "The userdata has a key that nobody knows",
        "Correct or remove the key; docs/userdata.md lists them all.",
    )
    USERDATA_INVALID = (
        "userdata.invalid",
        Kind.REJECTED,
        os.EX_DATAERR,
        "A value in the userdata is not what its key takes",
        "Correct the value that is named; docs/userdata.md tells what each key takes.",
    )
    USERDATA_UNDEFINED = (
        "userdata.undefined",
        Kind.REJECTED,
        os.EX_DATAERR,
        "The userdata uses a name in {{ }} that this SIM does not have",
        "Set the tag on the SIM, or give a default: {{ tags.site | default('…') }}.",
    )
    USERDATA_NOT_ALLOWED = (
        "userdata.not_allowed",
        Kind.REJECTED,
        os.EX_NOPERM,
        "The device's own settings do not allow this key or path",
        "Leave it out, or allow it in [apply] allow of the device's settings.",
    )
    USERDATA_UNSIGNED = (
        "userdata.unsigned",
        Kind.REJECTED,
        os.EX_NOPERM,
        "This device takes only signed userdata, and this is not signed",
        "Sign it: kitting sign FILE, or ssh-keygen -Y sign -n kitting.",
    )
    USERDATA_BAD_SIGNATURE = (
        "userdata.bad_signature",
        Kind.REJECTED,
        os.EX_NOPERM,
        "The signature of the userdata does not hold, or nobody whom this device trusts made it",
        "Sign the document again, as it is, with a key that the device lists in allowed_signers.",
    )
    USERDATA_OLDER = (
        "userdata.older",
        Kind.REJECTED,
        os.EX_NOPERM,
        "The signed userdata is older than what this device accepted before",
        "Sign the document anew; its serial must not go back.",
    )
    SOURCE_UNREACHABLE = (
        "source.unreachable",
        Kind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "A file that the userdata names by its source could not be fetched",
        "Wait; the next pass goes on where this one stopped. Check the address and the SIM group's permission for it.",
    )
    SOURCE_REFUSED = (
        "source.refused",
        Kind.REJECTED,
        os.EX_UNAVAILABLE,
        "The source of a file answers that it is not there, or not for this SIM",
        "Upload the file, or correct its url in the userdata.",
    )
    SOURCE_DAMAGED = (
        "source.damaged",
        Kind.REJECTED,
        os.EX_DATAERR,
        "A file that was fetched is not the one that the userdata names",
        "Correct sha256 and size in the userdata, or upload the right file.",
    )
    MODEM_NO_PORT = (
        "modem.no_port",
        Kind.NOTICE,
        os.EX_UNAVAILABLE,
        "No modem port was found",
        "Plug the modem in, or name its port in [modem] port.",
    )
    MODEM_BUSY = (
        "modem.busy",
        Kind.NOTICE,
        os.EX_TEMPFAIL,
        "Another program holds the modem's port",
        "Stop that program, or let ModemManager manage the modem.",
    )
    MODEM_DENIED = (
        "modem.denied",
        Kind.NOTICE,
        os.EX_NOPERM,
        "This user may not open the modem's port",
        "Run as a member of the group that owns the port (dialout).",
    )
    MODEM_SILENT = (
        "modem.silent",
        Kind.NOTICE,
        os.EX_UNAVAILABLE,
        "The modem does not answer AT commands",
        "Check [modem] port and baudrate; another of the modem's ports may be the one for AT commands.",
    )
    MODEM_GONE = (
        "modem.gone",
        Kind.NOTICE,
        os.EX_IOERR,
        "The modem went away in the middle",
        "Check its cable and power supply.",
    )
    MODEM_REFUSED = (
        "modem.refused",
        Kind.NOTICE,
        os.EX_UNAVAILABLE,
        "The modem answers this question with an error",
        "Check that the SIM is inserted and needs no PIN.",
    )
    MODEM_UNVERIFIED = (
        "modem.unverified",
        Kind.NOTICE,
        os.EX_DATAERR,
        "The modem's answer is not a number that can be verified",
        "Run kitting-agent modem --trace modem.toml --mask, and send the file to whoever maintains this agent.",
    )
    BINDING_SIM = (
        "binding.sim",
        Kind.REFUSED,
        os.EX_NOPERM,
        "The SIM in the modem is not the SIM that the metadata service answers for",
        "Read the metadata through the modem's own interface ([metadata] interface), or swap the SIM back.",
    )
    BINDING_LOCK = (
        "binding.lock",
        Kind.REFUSED,
        os.EX_NOPERM,
        "The SIM's IMEI lock names another device",
        "Put the SIM into the device it is locked to, or have the lock changed.",
    )
    BINDING_NETWORK = (
        "binding.network",
        Kind.REFUSED,
        os.EX_NOPERM,
        "The network sees this SIM in another device than the modem that was read",
        "Check that the modem which was read is the one that carries the SIM's connection.",
    )
    IDENTITY_NEW_SIM = (
        "identity.new_sim",
        Kind.REFUSED,
        os.EX_NOPERM,
        "The SIM is another than the one that this device was provisioned with",
        "Put the SIM back, or tag it with kitting_order=release, or run kitting-agent reprovision --adopt.",
    )
    IDENTITY_NEW_MODEM = (
        "identity.new_modem",
        Kind.REFUSED,
        os.EX_NOPERM,
        "The modem is another than the one that this device was provisioned with",
        "Put the modem back, or tag the SIM with kitting_order=release, or run kitting-agent reprovision --adopt.",
    )
    IDENTITY_BOTH = (
        "identity.both",
        Kind.REFUSED,
        os.EX_NOPERM,
        "SIM and modem are others than those that this device was provisioned with",
        "Put them back, or tag the SIM with kitting_order=release, or run kitting-agent reprovision --adopt.",
    )
    IDENTITY_FIRST_BOOT = (
        "identity.first_boot",
        Kind.REFUSED,
        os.EX_NOPERM,
        "This device waits to be told that it may take its first identity",
        "Tag the SIM with kitting_order=release, or run kitting-agent reprovision --adopt.",
    )
    IDENTITY_UNKNOWN = (
        "identity.unknown",
        Kind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "Whether the modem is still the same cannot be told, so nothing new is applied",
        "Make the modem readable: kitting-agent doctor says what stands in the way.",
    )
    IDENTITY_UNCLEAR = (
        "identity.unclear",
        Kind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The service named another SIM, and then did not say so again",
        "Wait; the next pass asks again.",
    )
    IDENTITY_HELD = (
        "identity.held",
        Kind.REFUSED,
        os.EX_NOPERM,
        "The operator ordered this device to hold",
        "Tag the SIM with kitting_order=release, or run kitting-agent reprovision --adopt.",
    )
    IDENTITY_ORDER_REFUSED = (
        "identity.order_refused",
        Kind.NOTICE,
        os.EX_NOPERM,
        "What the tag kitting_order says is nothing that this device obeys",
        "Use hold, scrub or release, as [identity] orders of the device's settings allows.",
    )
    APPLY_FAILED = (
        "apply.failed",
        Kind.NOT_APPLIED,
        os.EX_CANTCREAT,
        "A step of the configuration failed; everything was undone",
        "Correct what is named, then change the userdata or run kitting-agent reprovision.",
    )
    APPLY_NO_SPACE = (
        "apply.no_space",
        Kind.NOT_APPLIED,
        os.EX_CANTCREAT,
        "There is not enough room on the disk",
        "Free some space; nothing was changed.",
    )
    APPLY_INTERRUPTED = (
        "apply.interrupted",
        Kind.UNDONE,
        os.EX_TEMPFAIL,
        "Applying was cut off; everything was undone",
        "Nothing; the next pass tries again.",
    )
    APPLY_UNCONFIRMED = (
        "apply.unconfirmed",
        Kind.UNDONE,
        os.EX_TEMPFAIL,
        "The metadata service was out of reach after applying; everything was undone",
        "Correct what cut the device off, then change the userdata or run kitting-agent reprovision.",
    )
    APPLY_ROLLED_BACK = (
        "apply.rolled_back",
        Kind.UNDONE,
        os.EX_TEMPFAIL,
        "Somebody at the device went back to the configuration before",
        "Change the userdata, or run kitting-agent reprovision to apply it again.",
    )
    APPLY_UNSETTLED = (
        "apply.unsettled",
        Kind.NOT_APPLIED,
        os.EX_IOERR,
        "Something could not be undone",
        "Look at the paths that are named; the agent tries again at the next pass.",
    )
    APPLY_NOT_TAKEN = (
        "apply.not_taken",
        Kind.NOT_APPLIED,
        os.EX_UNAVAILABLE,
        "The privileged half did not take the order, or did not answer",
        "See systemctl status kitting-apply.path kitting-apply.service; the next pass orders again.",
    )
    ORDER_INVALID = (
        "order.invalid",
        Kind.NOT_APPLIED,
        os.EX_DATAERR,
        "The order to the privileged half is damaged",
        "Run kitting-agent reprovision; if it comes back, check the disk.",
    )
    STATE_CORRUPT = (
        "state.corrupt",
        Kind.NOTICE,
        os.EX_DATAERR,
        "What the device remembered was damaged and has been set aside",
        "Nothing; the agent starts from what it finds. If it comes back, check the disk.",
    )
    STATE_UNWRITABLE = (
        "state.unwritable",
        Kind.LOCAL,
        os.EX_CANTCREAT,
        "The agent cannot write its state",
        "Check that [paths] state exists, is writable for this user, and that the disk is not full.",
    )
    REPORT_READ_ONLY = (
        "report.read_only",
        Kind.NOTICE,
        os.EX_NOPERM,
        "The SIM's group lets devices only read; the report is kept",
        "Switch off read-only in the group's metadata settings if this device shall report.",
    )
    REPORT_NOT_SENT = (
        "report.not_sent",
        Kind.NOTICE,
        os.EX_TEMPFAIL,
        "The report could not be sent; it is kept",
        "Wait; the next pass sends it.",
    )
    REPORT_UNREADABLE = (
        "report.unreadable",
        Kind.NOTICE,
        os.EX_NOINPUT,
        "A file that the report shall quote cannot be read",
        "Name a regular file that everybody may read, or leave the tag out.",
    )
    PASS_UNDER_WAY = (
        "pass.under_way",
        Kind.LOCAL,
        os.EX_TEMPFAIL,
        "Another pass is under way",
        "Wait until it has ended; kitting-agent status shows it.",
    )
    RESIDENT_ABSENT = (
        "resident.absent",
        Kind.LOCAL,
        os.EX_UNAVAILABLE,
        "No resident is running",
        "Start it: systemctl start kitting-agent; or make one pass: kitting-agent provision.",
    )
    PLAN_INVALID = (
        "plan.invalid",
        Kind.LOCAL,
        os.EX_DATAERR,
        "The kitting plan is wrong; nothing was sent",
        "Correct the line and key that are named; config/plan.schema.json lets an editor help.",
    )
    PREPARE_INCOMPLETE = (
        "prepare.incomplete",
        Kind.LOCAL,
        os.EX_TEMPFAIL,
        "Not everything of the plan could be done",
        "Look at what is named, and run it again: what was done is not done twice.",
    )
    LOCK_REFUSED = (
        "lock.refused",
        Kind.LOCAL,
        os.EX_NOPERM,
        "The SIM is not locked to the device, since it is not sure which one it is",
        "Look at what is named; kitting watch shows all of it.",
    )
    LOCK_TAKEN_OFF = (
        "lock.taken_off",
        Kind.LOCAL,
        os.EX_TEMPFAIL,
        "The device did not come back with the lock on, so the lock was taken off again",
        "Its carrier may tell no IMEI; try once more where the device may have been out of reach.",
    )
    SHIP_REFUSED = (
        "ship.refused",
        Kind.LOCAL,
        os.EX_NOPERM,
        "Not every SIM is ready to be shipped",
        "Finish those that are named, or ship them with --force and a reason, which is recorded.",
    )
    PROFILE_MISSING = (
        "profile.missing",
        Kind.LOCAL,
        os.EX_NOINPUT,
        "There is no such profile of the SORACOM API",
        "Name one with --profile, or make one: soracom configure, or kitting sandbox init.",
    )
    PROFILE_WRONG = (
        "profile.wrong",
        Kind.LOCAL,
        os.EX_CONFIG,
        "The profile of the SORACOM API cannot be used",
        "Correct what is named; the members are those of soracom-cli.",
    )
    PLATFORM_UNREACHABLE = (
        "platform.unreachable",
        Kind.LOCAL,
        os.EX_UNAVAILABLE,
        "The SORACOM API does not answer",
        "Check the network and --endpoint, and try again: what was done is not done twice.",
    )
    PLATFORM_BUSY = (
        "platform.busy",
        Kind.LOCAL,
        os.EX_TEMPFAIL,
        "The SORACOM API asks to wait for longer than was waited",
        "Try again in some minutes; --at-once lowers how many requests are sent side by side.",
    )
    PLATFORM_NOT_SIGNED_IN = (
        "platform.not_signed_in",
        Kind.LOCAL,
        os.EX_NOPERM,
        "The SORACOM API does not know who asks",
        "Check the key or the password of the profile, and the code of --mfa.",
    )
    PLATFORM_FORBIDDEN = (
        "platform.forbidden",
        Kind.LOCAL,
        os.EX_NOPERM,
        "The SORACOM API does not let this user do that",
        "Give the user what kitting permissions prints for this command.",
    )
    PLATFORM_NO_SUCH = (
        "platform.no_such",
        Kind.LOCAL,
        os.EX_DATAERR,
        "The SORACOM API knows no such thing",
        "Check the id, and whether the profile is of the right operator and coverage.",
    )
    PLATFORM_REFUSED = (
        "platform.refused",
        Kind.LOCAL,
        os.EX_DATAERR,
        "The SORACOM API refuses the request",
        "Correct what its message names.",
    )
    PLATFORM_NOT_UNDERSTOOD = (
        "platform.not_understood",
        Kind.LOCAL,
        os.EX_PROTOCOL,
        "The SORACOM API answered something that this version does not understand",
        "Check --endpoint, and whether something in between answers in its place; then look for a newer version.",
    )
    FILE_UNREADABLE = (
        "file.unreadable",
        Kind.LOCAL,
        os.EX_NOINPUT,
        "A file that was named cannot be read",
        "Check that it exists and that you may read it.",
    )
    FILE_UNWRITABLE = (
        "file.unwritable",
        Kind.LOCAL,
        os.EX_CANTCREAT,
        "A file that was named cannot be written",
        "Check that its directory exists and that you may write there.",
    )
    HOOK_NOT_SERVED = (
        "hook.not_served",
        Kind.LOCAL,
        os.EX_UNAVAILABLE,
        "The hook cannot be served",
        "Name an address of this machine and a free port: --listen HOST:PORT.",
    )
    BOARD_NOT_SERVED = (
        "board.not_served",
        Kind.LOCAL,
        os.EX_UNAVAILABLE,
        "The page for the bench cannot be served",
        "Name an address of this machine and a free port: --listen HOST:PORT.",
    )
    SIGN_FAILED = (
        "sign.failed",
        Kind.LOCAL,
        os.EX_NOPERM,
        "The document could not be signed",
        "Check the key; ssh-keygen -Y sign needs OpenSSH 8.2 or newer.",
    )
    INSTALLATION_INCOMPLETE = (
        "installation.incomplete",
        Kind.LOCAL,
        os.EX_UNAVAILABLE,
        "Something that the program itself needs is missing",
        "Install the program again.",
    )
    BUG = (
        "internal.bug",
        Kind.LOCAL,
        os.EX_SOFTWARE,
        "The agent itself is at fault",
        "Report it with the journal of this pass: journalctl -u kitting-agent.",
    )

    def __init__(self, name: str, kind: Kind, exit_code: int, summary: str, advice: str) -> None:
        self.text = name
        self.kind = kind
        self.exit_code = exit_code
        self.summary = summary
        self.advice = advice
