"""Words. What can be wrong with a SIM on its way, in both languages, and what to do about it."""

from __future__ import annotations

from enum import Enum, unique

from agent.frozen import frozen


@unique
class Weight(Enum):
    """How much a finding means."""

    SUSPICIOUS = "suspicious"
    """Somebody may have done something: nothing is locked or shipped before a person has looked."""
    HAND = "hand"
    """It does not go on by itself."""
    NOTE = "note"
    """Good to know."""


@frozen
class Said:
    """One text in both languages."""

    en: str
    ja: str

    def in_language(self, language: str) -> str:
        """Japanese for `ja`, English for every other."""
        return self.ja if language == "ja" else self.en


@unique
class Finding(Enum):
    """Each has a stable name, a weight, what is wrong, and what to do."""

    OTHER_DEVICE = (
        "other_device",
        Weight.SUSPICIOUS,
        Said("the network sees another device than the locked one", "ロックした機器とは別の機器が接続しています"),
        Said("Stop the SIM, and find out where it is: kitting stop", "SIM を停止し、所在を確認: kitting stop"),
    )
    CLAIM_DIFFERS = (
        "claim_differs",
        Weight.SUSPICIOUS,
        Said("the device names another IMEI than the network sees", "機器の申告と網側の IMEI が一致しません"),
        Said("Look at the modem's label; make the device report again", "モデムのラベルを確認し、再報告させる"),
    )
    NOT_EXPECTED = (
        "not_expected",
        Weight.SUSPICIOUS,
        Said("this SIM is in another device than the plan says", "計画とは別の機器に SIM が入っています"),
        Said("Swap the SIMs, or correct the plan's list", "SIM を入れ替えるか、計画の一覧を直す"),
    )
    NO_IMEI = (
        "no_imei",
        Weight.SUSPICIOUS,
        Said("kitting_imei is not an IMEI: its check digit is wrong", "kitting_imei のチェックディジットが不正です"),
        Said("Do not lock; read it at the modem: kitting-agent identify", "ロックせず、機器で kitting-agent identify"),
    )
    LOCK_DIFFERS = (
        "lock_differs",
        Weight.SUSPICIOUS,
        Said("the IMEI lock names another device than this one", "IMEI ロックが別の機器を指しています"),
        Said("Find out who set it; then take it off: kitting lock --off", "設定者を確認し解除: kitting lock --off"),
    )
    LOCK_LOST = (
        "lock_lost",
        Weight.SUSPICIOUS,
        Said("was locked by the desk, and has no lock now", "デスクでロックした記録がありますが、ロックがありません"),
        Said("Find out who took it off; lock again: kitting lock", "解除した人を確認し再ロック: kitting lock"),
    )
    CLAIM_WITHOUT_SESSION = (
        "claim_without_session",
        Weight.SUSPICIOUS,
        Said("reports something although it was never online", "一度も接続していないのに報告があります"),
        Said("Somebody wrote these tags by hand: clear them", "タグが手で書かれています。消してください"),
    )
    SHIPPED_WITHOUT_LOCK = (
        "shipped_without_lock",
        Weight.HAND,
        Said("shipped without an IMEI lock", "IMEI ロックなしで出荷されています"),
        Said("Lock it while it is online: kitting lock", "接続中にロック: kitting lock"),
    )
    BLOCKED = (
        "blocked",
        Weight.HAND,
        Said("the device refuses: SIM and device do not belong together", "SIM と機器の組み合わせが違うため停止中"),
        Said("Read kitting_error; put the right SIM in", "kitting_error を確認し、正しい SIM を入れる"),
    )
    FAILED = (
        "failed",
        Weight.HAND,
        Said("the configuration was not applied; all was undone", "設定を適用できず、元に戻しました"),
        Said("Read kitting_error; correct the userdata", "kitting_error を確認し、ユーザーデータを直す"),
    )
    NO_REPORT = (
        "no_report",
        Weight.HAND,
        Said("online, and has reported nothing", "接続していますが、報告がありません"),
        Said("At the device: sudo kitting-agent doctor", "機器で sudo kitting-agent doctor"),
    )
    WENT_SILENT = (
        "went_silent",
        Weight.HAND,
        Said("was not seen for long", "長い間接続がありません"),
        Said("Ask who has it for power and antenna", "設置先に電源とアンテナを確認"),
    )
    STOPPED = (
        "stopped",
        Weight.NOTE,
        Said("may not connect", "接続できない状態です"),
        Said("To let it: kitting resume", "接続を許可: kitting resume"),
    )
    NETWORK_TELLS_NO_IMEI = (
        "network_tells_no_imei",
        Weight.NOTE,
        Said(
            "the carrier tells no IMEI: a lock would shut this SIM out",
            "網が IMEI を通知しません。ロックすると接続不能に",
        ),
        Said("It is not locked", "ロックしません"),
    )

    def __init__(self, code: str, weight: Weight, what: Said, advice: Said) -> None:
        self.code = code
        self.weight = weight
        self.what = what
        self.advice = advice
