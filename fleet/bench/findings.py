"""Values. Everything that can be wrong with a SIM, with what to do, in both languages.

Adding a finding: a member here, the rule that finds it in `finding_rules`, and a test.
"""

from __future__ import annotations

from enum import Enum, unique

from fleet.bilingual_text import BilingualText


@unique
class Weight(Enum):
    """How serious a finding is."""

    SUSPICIOUS = "suspicious"
    """The SIM may have been misused: it is neither locked nor shipped before a person has checked it."""
    ATTENTION = "attention"
    """A person has to do something."""
    NOTE = "note"
    """Information; nothing has to be done."""


@unique
class Finding(Enum):
    """A finding: its stable code, its weight, what is wrong, and what to do."""

    OTHER_DEVICE = (
        "other_device",
        Weight.SUSPICIOUS,
        BilingualText(
            "the network reports a device other than the locked one", "ロックした機器とは別の機器が接続しています"
        ),
        BilingualText(
            "Stop the SIM, and find out where it is: kitting stop", "SIM を停止し、所在を確認してください: kitting stop"
        ),
    )
    CLAIM_DIFFERS = (
        "claim_differs",
        Weight.SUSPICIOUS,
        BilingualText(
            "the device reports another IMEI than the network", "機器が申告した IMEI と網側の IMEI が一致しません"
        ),
        BilingualText(
            "Check the label of the modem, then let the device report again",
            "モデムのラベルを確認し、機器に再報告させてください",
        ),
    )
    NOT_EXPECTED = (
        "not_expected",
        Weight.SUSPICIOUS,
        BilingualText("the SIM is in another device than the plan says", "計画とは別の機器に SIM が入っています"),
        BilingualText(
            "Swap the SIMs, or correct the list of the plan", "SIM を入れ替えるか、計画の一覧を修正してください"
        ),
    )
    NO_IMEI = (
        "no_imei",
        Weight.SUSPICIOUS,
        BilingualText(
            "the tag kitting_imei is not an IMEI: its check digit is wrong",
            "タグ kitting_imei のチェックディジットが不正です",
        ),
        BilingualText(
            "Do not lock the SIM; read the IMEI on the device: kitting-agent identify",
            "ロックせずに、機器で IMEI を確認してください: kitting-agent identify",
        ),
    )
    LOCK_DIFFERS = (
        "lock_differs",
        Weight.SUSPICIOUS,
        BilingualText("the IMEI lock names another device than this one", "IMEI ロックが別の機器を指しています"),
        BilingualText(
            "Find out who set the lock, then remove it: kitting lock --off",
            "設定者を確認してから解除してください: kitting lock --off",
        ),
    )
    LOCK_LOST = (
        "lock_lost",
        Weight.SUSPICIOUS,
        BilingualText(
            "the desk locked the SIM, and now it has no lock", "デスクがロックした SIM ですが、現在ロックがありません"
        ),
        BilingualText(
            "Find out who removed the lock, then lock the SIM again: kitting lock",
            "解除した人を確認してから、再度ロックしてください: kitting lock",
        ),
    )
    CLAIM_WITHOUT_SESSION = (
        "claim_without_session",
        Weight.SUSPICIOUS,
        BilingualText(
            "the SIM has the tags of a report and was never online", "一度も接続していないのに報告のタグがあります"
        ),
        BilingualText("A person wrote these tags; delete them", "手作業で書かれたタグです。削除してください"),
    )
    SHIPPED_WITHOUT_LOCK = (
        "shipped_without_lock",
        Weight.ATTENTION,
        BilingualText("the SIM was shipped without an IMEI lock", "IMEI ロックなしで出荷されています"),
        BilingualText("Lock it while it is online: kitting lock", "接続中にロックしてください: kitting lock"),
    )
    LOCK_NOT_PROVED = (
        "lock_not_proved",
        Weight.ATTENTION,
        BilingualText(
            "the SIM has an IMEI lock that nobody has proved",
            "IMEI ロックがありますが、接続できることが確認されていません",
        ),
        BilingualText(
            "Prove it, or have it removed: kitting lock --all-ready",
            "確認するか、解除してください: kitting lock --all-ready",
        ),
    )
    BLOCKED = (
        "blocked",
        Weight.ATTENTION,
        BilingualText(
            "the device has stopped: SIM and device do not belong together",
            "SIM と機器の組み合わせが違うため、機器が停止しています",
        ),
        BilingualText(
            "Read the tag kitting_error, then insert the right SIM",
            "タグ kitting_error を確認し、正しい SIM を入れてください",
        ),
    )
    FAILED = (
        "failed",
        Weight.ATTENTION,
        BilingualText("the configuration was not applied, and was undone", "設定を適用できず、元に戻しました"),
        BilingualText(
            "Read the tag kitting_error, then correct the userdata",
            "タグ kitting_error を確認し、ユーザーデータを修正してください",
        ),
    )
    NO_REPORT = (
        "no_report",
        Weight.ATTENTION,
        BilingualText("the device is online and has not reported", "接続していますが、報告がありません"),
        BilingualText(
            "Run this command on the device: sudo kitting-agent doctor",
            "機器で実行してください: sudo kitting-agent doctor",
        ),
    )
    WENT_SILENT = (
        "went_silent",
        Weight.ATTENTION,
        BilingualText("the device has been offline for a long time", "長い間接続がありません"),
        BilingualText(
            "Ask the site to check the power and the antenna", "設置先に電源とアンテナの確認を依頼してください"
        ),
    )
    RETURN_NOT_FINISHED = (
        "return_not_finished",
        Weight.ATTENTION,
        BilingualText("its return or swap was begun and not finished", "返却または交換の処理が途中で止まっています"),
        BilingualText(
            "Type the same command again with the SIM id: kitting return or kitting swap",
            "SIM ID を指定して同じコマンドをもう一度実行してください: kitting return または kitting swap",
        ),
    )
    SHIPMENT_NOT_FINISHED = (
        "shipment_not_finished",
        Weight.NOTE,
        BilingualText(
            "its shipment was recorded, and it is not in the group after shipment",
            "出荷の記録がありますが、出荷後のグループに入っていません",
        ),
        BilingualText("Finish the shipment: kitting ship", "出荷を完了してください: kitting ship"),
    )
    STOPPED = (
        "stopped",
        Weight.NOTE,
        BilingualText("the SIM may not connect", "接続が許可されていません"),
        BilingualText("To let it connect: kitting resume", "接続を許可するには: kitting resume"),
    )
    NETWORK_REPORTS_NO_IMEI = (
        "network_tells_no_imei",
        Weight.NOTE,
        BilingualText(
            "the network reports no IMEI, so a lock would cut the SIM off",
            "網が IMEI を通知しないため、ロックすると接続できなくなります",
        ),
        BilingualText("The SIM is not locked", "この SIM はロックしません"),
    )

    def __init__(self, code: str, weight: Weight, what: BilingualText, advice: BilingualText) -> None:
        self.code = code
        self.weight = weight
        self.what = what
        self.advice = advice
