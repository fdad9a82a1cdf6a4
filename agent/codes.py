"""Values. The table of failures: each has a stable code, used by the log, the tag, the documentation and the tests.

Adding a code: one row here, one test; `docs/errors.md` is generated from this file (`make docs`).
"""

from __future__ import annotations

import os
from enum import Enum, unique


@unique
class FailureKind(Enum):
    """The reaction of a pass to a failure."""

    NO_ANSWER = "no_answer"
    """The device stays as it is; the next pass asks again."""
    NO_USERDATA = "no_userdata"
    """The service answers, but the group has no userdata yet."""
    REFUSED = "refused"
    """The SIM and the device do not belong together, or the device's own settings forbid it."""
    REJECTED = "rejected"
    """The document is wrong; nothing was touched."""
    NOT_APPLIED = "not_applied"
    """The document is right, but a step on the gateway failed; everything was undone."""
    UNDONE = "undone"
    """The configuration was applied, and then undone by the device."""
    NOTICE = "notice"
    """The failure is reported and remembered; the pass continues."""
    LOCAL = "local"
    """Only this command fails; the user or the installation has to be corrected first."""


@unique
class Code(Enum):
    """Every failure: its stable name, the reaction of a pass, the exit code, a summary, and the advice."""

    USAGE = ("usage", FailureKind.LOCAL, os.EX_USAGE, "The command line is wrong", "Read kitting-agent --help.")
    SETTINGS_UNREADABLE = (
        "settings.unreadable",
        FailureKind.LOCAL,
        os.EX_NOINPUT,
        "The settings file cannot be read",
        "Check that the file exists and that this user may read it.",
    )
    SETTINGS_INVALID = (
        "settings.invalid",
        FailureKind.LOCAL,
        os.EX_CONFIG,
        "The settings file has a wrong key or value",
        "Correct the named key; config/agent.toml explains every key.",
    )
    METADATA_NO_NAME = (
        "metadata.no_name",
        FailureKind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The name of the metadata service does not resolve",
        "Check that the SIM's connection is up, and that its DNS servers are used.",
    )
    METADATA_UNREACHABLE = (
        "metadata.unreachable",
        FailureKind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The metadata service cannot be reached",
        "Check the SIM's connection, and that 100.127.0.0/16 is routed through it.",
    )
    METADATA_TIMEOUT = (
        "metadata.timeout",
        FailureKind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The metadata service did not answer in time",
        "Check the signal; a weak link may need a larger [metadata] timeout.",
    )
    METADATA_UNAVAILABLE = (
        "metadata.unavailable",
        FailureKind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The metadata service answered with a server error",
        "Wait; the next pass asks again.",
    )
    METADATA_TRUNCATED = (
        "metadata.truncated",
        FailureKind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The answer of the metadata service was cut off",
        "Wait; the next pass asks again.",
    )
    METADATA_NOT_SORACOM = (
        "metadata.not_soracom",
        FailureKind.NO_ANSWER,
        os.EX_PROTOCOL,
        "The answer is not from SORACOM's metadata service",
        "Set [metadata] interface to the cellular interface, so that no other network can answer.",
    )
    METADATA_DISABLED = (
        "metadata.disabled",
        FailureKind.NO_ANSWER,
        os.EX_NOPERM,
        "The metadata service is switched off for this SIM, or the SIM is in no group",
        "Put the SIM into its group, and enable the metadata service in the group's SORACOM Air settings.",
    )
    METADATA_NO_GROUP = (
        "metadata.no_group",
        FailureKind.NO_USERDATA,
        os.EX_UNAVAILABLE,
        "The SIM is in no group",
        "Put the SIM into its group; the userdata belongs to the group.",
    )
    USERDATA_MISSING = (
        "userdata.missing",
        FailureKind.NO_USERDATA,
        os.EX_UNAVAILABLE,
        "The SIM's group has no userdata",
        "Write the configuration into the userdata of the group.",
    )
    USERDATA_TOO_LARGE = (
        "userdata.too_large",
        FailureKind.REJECTED,
        os.EX_DATAERR,
        "The userdata is too large, before or after unpacking",
        "Make the userdata smaller; refer to large files with `source`.",
    )
    USERDATA_NOT_TEXT = (
        "userdata.not_text",
        FailureKind.REJECTED,
        os.EX_DATAERR,
        "The userdata is not UTF-8 text, or its compressed data is damaged",
        "Save the document as UTF-8 and upload it again.",
    )
    USERDATA_SYNTAX = (
        "userdata.syntax",
        FailureKind.REJECTED,
        os.EX_DATAERR,
        "The userdata is neither YAML nor JSON",
        "Correct the named line; check the file with kitting-agent check FILE.",
    )
    USERDATA_UNKNOWN_KEY = (
        "userdata.unknown_key",
        FailureKind.REJECTED,
        os.EX_DATAERR,
        "The userdata has an unknown key",
        "Correct or remove the key; docs/userdata.md lists all keys.",
    )
    USERDATA_INVALID = (
        "userdata.invalid",
        FailureKind.REJECTED,
        os.EX_DATAERR,
        "A value in the userdata is not valid for its key",
        "Correct the named value; docs/userdata.md lists the values of each key.",
    )
    USERDATA_UNDEFINED = (
        "userdata.undefined",
        FailureKind.REJECTED,
        os.EX_DATAERR,
        "The userdata uses a name in {{ }} that this SIM does not have",
        "Set the tag on the SIM, or write a default: {{ tags.site | default('…') }}.",
    )
    USERDATA_NOT_ALLOWED = (
        "userdata.not_allowed",
        FailureKind.REJECTED,
        os.EX_NOPERM,
        "The device's own settings do not allow this key or path",
        "Remove it from the userdata, or allow it in [apply] allow of the device's settings.",
    )
    USERDATA_UNSIGNED = (
        "userdata.unsigned",
        FailureKind.REJECTED,
        os.EX_NOPERM,
        "This device accepts only signed userdata, and this userdata is not signed",
        "Sign the document: kitting sign FILE, or ssh-keygen -Y sign -n kitting.",
    )
    USERDATA_BAD_SIGNATURE = (
        "userdata.bad_signature",
        FailureKind.REJECTED,
        os.EX_NOPERM,
        "The signature of the userdata is wrong, or its key is not trusted by this device",
        "Sign the unchanged document again, with a key from the device's allowed_signers.",
    )
    USERDATA_OLDER = (
        "userdata.older",
        FailureKind.REJECTED,
        os.EX_NOPERM,
        "The signed userdata is older than the userdata that this device accepted before",
        "Sign the document again; its serial must not become smaller.",
    )
    SOURCE_UNREACHABLE = (
        "source.unreachable",
        FailureKind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "A file that the userdata names with `source` could not be fetched",
        "Wait; the next pass continues the transfer. Check the address, and the access of the SIM's group to it.",
    )
    SOURCE_REFUSED = (
        "source.refused",
        FailureKind.REJECTED,
        os.EX_UNAVAILABLE,
        "The server of a `source` answered that the file does not exist, or is not available to this SIM",
        "Upload the file, or correct its URL in the userdata.",
    )
    SOURCE_DAMAGED = (
        "source.damaged",
        FailureKind.REJECTED,
        os.EX_DATAERR,
        "A fetched file differs from the file that the userdata names",
        "Correct sha256 and size in the userdata, or upload the right file.",
    )
    MODEM_NO_PORT = (
        "modem.no_port",
        FailureKind.NOTICE,
        os.EX_UNAVAILABLE,
        "No modem port was found",
        "Connect the modem, or name its port in [modem] port.",
    )
    MODEM_BUSY = (
        "modem.busy",
        FailureKind.NOTICE,
        os.EX_TEMPFAIL,
        "Another program uses the modem's port",
        "Stop that program, or let ModemManager manage the modem.",
    )
    MODEM_DENIED = (
        "modem.denied",
        FailureKind.NOTICE,
        os.EX_NOPERM,
        "This user may not open the modem's port",
        "Run as a member of the group that owns the port (dialout).",
    )
    MODEM_SILENT = (
        "modem.silent",
        FailureKind.NOTICE,
        os.EX_UNAVAILABLE,
        "The modem does not answer AT commands",
        "Check [modem] port and baudrate; the modem may have another port for AT commands.",
    )
    MODEM_GONE = (
        "modem.gone",
        FailureKind.NOTICE,
        os.EX_IOERR,
        "The modem disappeared while it was read",
        "Check its cable and power supply.",
    )
    MODEM_REFUSED = (
        "modem.refused",
        FailureKind.NOTICE,
        os.EX_UNAVAILABLE,
        "The modem answered a command with an error",
        "Check that the SIM is inserted and needs no PIN.",
    )
    MODEM_UNVERIFIED = (
        "modem.unverified",
        FailureKind.NOTICE,
        os.EX_DATAERR,
        "The modem's answer is not a number that can be verified",
        "Run kitting-agent modem --trace modem.toml --mask, and send the file to the maintainer of this agent.",
    )
    BINDING_SIM = (
        "binding.sim",
        FailureKind.REFUSED,
        os.EX_NOPERM,
        "The SIM in the modem is not the SIM for which the metadata service answers",
        "Read the metadata through the modem's own interface ([metadata] interface), or swap the SIM back.",
    )
    BINDING_LOCK = (
        "binding.lock",
        FailureKind.REFUSED,
        os.EX_NOPERM,
        "The SIM's IMEI lock names another device",
        "Put the SIM into the device that the lock names, or have the lock changed.",
    )
    BINDING_NETWORK = (
        "binding.network",
        FailureKind.REFUSED,
        os.EX_NOPERM,
        "The network reports another device for this SIM than the modem that was read",
        "Check that the modem that was read carries the SIM's connection.",
    )
    IDENTITY_NEW_SIM = (
        "identity.new_sim",
        FailureKind.REFUSED,
        os.EX_NOPERM,
        "The SIM is not the one with which this device was provisioned",
        "Put the SIM back, or tag it with kitting_order=release, or run kitting-agent reprovision --adopt.",
    )
    IDENTITY_NEW_MODEM = (
        "identity.new_modem",
        FailureKind.REFUSED,
        os.EX_NOPERM,
        "The modem is not the one with which this device was provisioned",
        "Put the modem back, or tag the SIM with kitting_order=release, or run kitting-agent reprovision --adopt.",
    )
    IDENTITY_BOTH = (
        "identity.both",
        FailureKind.REFUSED,
        os.EX_NOPERM,
        "The SIM and the modem are not those with which this device was provisioned",
        "Put both back, or tag the SIM with kitting_order=release, or run kitting-agent reprovision --adopt.",
    )
    IDENTITY_FIRST_BOOT = (
        "identity.first_boot",
        FailureKind.REFUSED,
        os.EX_NOPERM,
        "This device waits for the permission to accept its first SIM and modem",
        "Tag the SIM with kitting_order=release, or run kitting-agent reprovision --adopt.",
    )
    IDENTITY_UNKNOWN = (
        "identity.unknown",
        FailureKind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The agent cannot find out whether the modem is still the same, so it applies nothing new",
        "Make the modem readable (kitting-agent doctor shows why it is not), or tag the SIM kitting_order=release.",
    )
    IDENTITY_UNCLEAR = (
        "identity.unclear",
        FailureKind.NO_ANSWER,
        os.EX_TEMPFAIL,
        "The metadata service named another SIM once, and did not confirm it",
        "Wait; the next pass asks again.",
    )
    IDENTITY_HELD = (
        "identity.held",
        FailureKind.REFUSED,
        os.EX_NOPERM,
        "The operator ordered this device to hold",
        "Tag the SIM with kitting_order=release, or run kitting-agent reprovision --adopt.",
    )
    IDENTITY_ORDER_REFUSED = (
        "identity.order_refused",
        FailureKind.NOTICE,
        os.EX_NOPERM,
        "The tag kitting_order has a value that this device does not accept",
        "Use hold, scrub or release; [identity] orders of the device's settings must allow it.",
    )
    APPLY_FAILED = (
        "apply.failed",
        FailureKind.NOT_APPLIED,
        os.EX_CANTCREAT,
        "A step of the configuration failed; all steps were undone",
        "Correct the named fault, then change the userdata or run kitting-agent reprovision.",
    )
    APPLY_NO_SPACE = (
        "apply.no_space",
        FailureKind.NOT_APPLIED,
        os.EX_CANTCREAT,
        "There is not enough free space on the disk",
        "Free some space. Nothing was changed.",
    )
    APPLY_DISTURBED = (
        "apply.disturbed",
        FailureKind.NOT_APPLIED,
        os.EX_IOERR,
        "The disk or the system refused a step that the document could not prevent; all steps were undone",
        "Wait; the next pass tries again. If this happens again, check the disk and the memory: journalctl -k.",
    )
    APPLY_INTERRUPTED = (
        "apply.interrupted",
        FailureKind.UNDONE,
        os.EX_TEMPFAIL,
        "Applying was interrupted; all steps were undone",
        "Wait: it is tried up to three times in a row. Then change the userdata, or run kitting-agent reprovision.",
    )
    APPLY_UNCONFIRMED = (
        "apply.unconfirmed",
        FailureKind.UNDONE,
        os.EX_TEMPFAIL,
        "The metadata service could not be reached after applying; all steps were undone",
        "Wait: it is tried up to three times in a row. Then change the userdata, or run kitting-agent reprovision.",
    )
    APPLY_ROLLED_BACK = (
        "apply.rolled_back",
        FailureKind.UNDONE,
        os.EX_TEMPFAIL,
        "A person at the device restored the previous configuration",
        "Change the userdata, or run kitting-agent reprovision to apply it again.",
    )
    APPLY_UNSETTLED = (
        "apply.unsettled",
        FailureKind.NOT_APPLIED,
        os.EX_IOERR,
        "Some changes could not be undone",
        "Check the named paths; the next pass tries again.",
    )
    APPLY_NOT_TAKEN = (
        "apply.not_taken",
        FailureKind.NOT_APPLIED,
        os.EX_UNAVAILABLE,
        "The root half did not accept the order, or did not answer",
        "Check systemctl status kitting-apply.path kitting-apply.service; the next pass sends the order again.",
    )
    ORDER_INVALID = (
        "order.invalid",
        FailureKind.NOT_APPLIED,
        os.EX_DATAERR,
        "The order to the root half is damaged",
        "Wait; the next pass sends the order again. If this happens again, check the disk.",
    )
    STATE_CORRUPT = (
        "state.corrupt",
        FailureKind.NOTICE,
        os.EX_DATAERR,
        "The state file of the device was damaged and has been moved aside",
        "Do nothing; the agent starts from the present state. If this happens again, check the disk.",
    )
    STATE_UNWRITABLE = (
        "state.unwritable",
        FailureKind.LOCAL,
        os.EX_CANTCREAT,
        "The agent cannot write its state",
        "Check that [paths] state exists and is writable for this user, and that the disk is not full.",
    )
    REPORT_READ_ONLY = (
        "report.read_only",
        FailureKind.NOTICE,
        os.EX_NOPERM,
        "The SIM's group allows devices only to read; the report is kept on the device",
        "To let this device report, switch off read-only in the group's metadata settings.",
    )
    REPORT_NOT_SENT = (
        "report.not_sent",
        FailureKind.NOTICE,
        os.EX_TEMPFAIL,
        "The report could not be sent; it is kept on the device",
        "Wait; the next pass sends it.",
    )
    REPORT_UNREADABLE = (
        "report.unreadable",
        FailureKind.NOTICE,
        os.EX_NOINPUT,
        "A file that the report quotes cannot be read",
        "Name a regular file that every user may read, or remove the tag.",
    )
    PASS_UNDER_WAY = (
        "pass.under_way",
        FailureKind.LOCAL,
        os.EX_TEMPFAIL,
        "Another pass is under way",
        "Wait until that pass has ended; kitting-agent status shows it.",
    )
    RESIDENT_ABSENT = (
        "resident.absent",
        FailureKind.LOCAL,
        os.EX_UNAVAILABLE,
        "The resident is not running",
        "Start the resident: systemctl start kitting-agent; or run one pass: kitting-agent provision.",
    )
    PLAN_INVALID = (
        "plan.invalid",
        FailureKind.LOCAL,
        os.EX_DATAERR,
        "The kitting plan is wrong; nothing was sent",
        "Correct the named line and key; with config/plan.schema.json an editor helps.",
    )
    PREPARE_INCOMPLETE = (
        "prepare.incomplete",
        FailureKind.LOCAL,
        os.EX_TEMPFAIL,
        "A part of the plan could not be done",
        "Check the named parts and run the command again; finished parts are not repeated.",
    )
    LOCK_REFUSED = (
        "lock.refused",
        FailureKind.LOCAL,
        os.EX_NOPERM,
        "The SIM is not locked, because the device with the SIM is not certain",
        "Check the named facts; kitting watch shows all of them.",
    )
    LOCK_TAKEN_OFF = (
        "lock.taken_off",
        FailureKind.LOCAL,
        os.EX_TEMPFAIL,
        "The device did not come back after the IMEI lock was set, so the lock was removed",
        "The carrier may not report the IMEI. If the device was out of coverage for a while, try again.",
    )
    SHIP_REFUSED = (
        "ship.refused",
        FailureKind.LOCAL,
        os.EX_NOPERM,
        "Not every SIM is ready to be shipped",
        "Finish the named SIMs, or ship them with --force and a reason, which is recorded.",
    )
    PROFILE_MISSING = (
        "profile.missing",
        FailureKind.LOCAL,
        os.EX_NOINPUT,
        "The profile of the SORACOM API does not exist",
        "Name a profile with --profile, or create one: soracom configure, or kitting sandbox init.",
    )
    PROFILE_WRONG = (
        "profile.wrong",
        FailureKind.LOCAL,
        os.EX_CONFIG,
        "The profile of the SORACOM API cannot be used",
        "Correct the named member; the members are those of soracom-cli.",
    )
    PLATFORM_UNREACHABLE = (
        "platform.unreachable",
        FailureKind.LOCAL,
        os.EX_UNAVAILABLE,
        "The SORACOM API does not answer",
        "Check the network and --endpoint, and try again; finished parts are not repeated.",
    )
    PLATFORM_BUSY = (
        "platform.busy",
        FailureKind.LOCAL,
        os.EX_TEMPFAIL,
        "The SORACOM API limits the rate of requests for longer than the command waits",
        "Try again in some minutes; with --at-once fewer requests are sent at the same time.",
    )
    PLATFORM_NOT_SIGNED_IN = (
        "platform.not_signed_in",
        FailureKind.LOCAL,
        os.EX_NOPERM,
        "The SORACOM API did not accept the credentials",
        "Check the key or the password of the profile, and the code of --mfa.",
    )
    PLATFORM_FORBIDDEN = (
        "platform.forbidden",
        FailureKind.LOCAL,
        os.EX_NOPERM,
        "This user has no permission for the request to the SORACOM API",
        "Give the user the permissions that kitting permissions prints for this command.",
    )
    PLATFORM_NO_SUCH = (
        "platform.no_such",
        FailureKind.LOCAL,
        os.EX_DATAERR,
        "The SORACOM API does not know the named object",
        "Check the id, and the operator and coverage of the profile.",
    )
    PLATFORM_REFUSED = (
        "platform.refused",
        FailureKind.LOCAL,
        os.EX_DATAERR,
        "The SORACOM API refused the request",
        "Correct the fault that its message names.",
    )
    PLATFORM_NOT_UNDERSTOOD = (
        "platform.not_understood",
        FailureKind.LOCAL,
        os.EX_PROTOCOL,
        "The SORACOM API gave an answer that this version does not understand",
        "Check --endpoint, and whether a proxy answers instead of the API; then look for a newer version.",
    )
    FILE_UNREADABLE = (
        "file.unreadable",
        FailureKind.LOCAL,
        os.EX_NOINPUT,
        "A named file cannot be read",
        "Check that the file exists and that you may read it.",
    )
    FILE_UNWRITABLE = (
        "file.unwritable",
        FailureKind.LOCAL,
        os.EX_CANTCREAT,
        "A named file cannot be written",
        "Check that its directory exists and that you may write there.",
    )
    HOOK_NOT_SERVED = (
        "hook.not_served",
        FailureKind.LOCAL,
        os.EX_UNAVAILABLE,
        "The hook cannot be started",
        "Name an address of this machine and a free port: --listen HOST:PORT.",
    )
    BOARD_NOT_SERVED = (
        "board.not_served",
        FailureKind.LOCAL,
        os.EX_UNAVAILABLE,
        "The page for the kitting bench cannot be started",
        "Name an address of this machine and a free port: --listen HOST:PORT.",
    )
    SIGN_FAILED = (
        "sign.failed",
        FailureKind.LOCAL,
        os.EX_NOPERM,
        "The document could not be signed",
        "Check the key; ssh-keygen -Y sign needs OpenSSH 8.2 or newer.",
    )
    INSTALLATION_INCOMPLETE = (
        "installation.incomplete",
        FailureKind.LOCAL,
        os.EX_UNAVAILABLE,
        "A part that the program needs is missing",
        "Install the program again.",
    )
    BUG = (
        "internal.bug",
        FailureKind.LOCAL,
        os.EX_SOFTWARE,
        "The program has a fault of its own",
        "Report the fault with the journal of this pass: journalctl -u kitting-agent.",
    )

    def __init__(self, name: str, kind: FailureKind, exit_code: int, summary: str, advice: str) -> None:
        self.text = name
        self.kind = kind
        self.exit_code = exit_code
        self.summary = summary
        self.advice = advice
