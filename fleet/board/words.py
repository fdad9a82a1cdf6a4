"""Words. What the page for the bench says, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, unique

from fleet.bench.findings import Said
from fleet.bench.stage import Stage

LANGUAGES = ("en", "ja")

STAGES: Mapping[Stage, Said] = {
    Stage.ORDERED: Said("ordered", "発注済み"),
    Stage.IN_STOCK: Said("in stock", "在庫"),
    Stage.TESTING: Said("testing", "試験中"),
    Stage.POWERED_ON: Said("powered on", "起動"),
    Stage.IDENTIFIED: Said("identified", "識別済み"),
    Stage.PROVISIONED: Said("provisioned", "設定済み"),
    Stage.LOCKED: Said("locked", "ロック済み"),
    Stage.SHIPPED: Said("shipped", "出荷済み"),
    Stage.STOPPED: Said("stopped", "停止"),
    Stage.SILENT: Said("silent", "応答なし"),
    Stage.BLOCKED: Said("blocked", "ブロック"),
    Stage.FAILED: Said("failed", "失敗"),
    Stage.SUSPICIOUS: Said("suspicious", "要確認"),
}


@unique
class Group(Enum):
    """What a stage means for the person at the bench; the page shows them in this order."""

    HAND = ("hand", Said("Needs a hand", "対応が必要"))
    WAY = ("way", Said("On the way", "進行中"))
    DONE = ("done", Said("Done", "完了"))
    STOPPED = ("stopped", Said("Stopped", "停止中"))

    def __init__(self, key: str, said: Said) -> None:
        self.key = key
        self.said = said


@unique
class Word(Enum):
    """Everything else that stands on a page; the name is what a template asks for."""

    ADVICE = Said("Do", "対処")
    ALL = Said("All", "すべて")
    AS_OF = Said("as of", "時点")
    AWAY_PLATFORM = Said("SORACOM cannot be asked", "SORACOM に問い合わせできません")
    AWAY_SERVER = Said("The board's server does not answer", "ボードのサーバーが応答しません")
    BACK = Said("Back to the board", "ボードに戻る")
    CLEAR = Said("Clear", "クリア")
    CONFIGURATION = Said("Config", "設定")
    DONE_OF = Said("done of", "完了 /")
    FILTER = Said("Filter by stage", "段階で絞り込む")
    IMEI = Said("IMEI", "IMEI")
    IMSI = Said("IMSI", "IMSI")
    LABEL = Said("Label", "ラベル")
    LABELS = Said("Labels of all that are done", "完了分のラベル")
    LOG_IN = Said("Log in", "ログイン")
    LOG_OUT = Said("Log out", "ログアウト")
    LOOKING = Said("Asking for the SIMs …", "SIM を問い合わせています…")
    MEANT_FOR = Said("meant for", "予定の機器")
    NEEDS_SCRIPT = Said("This page needs JavaScript.", "このページには JavaScript が必要です。")
    NO_LABELS = Said("No SIM is done yet.", "完了した SIM はまだありません。")
    NO_MATCH = Said("No SIM fits.", "該当する SIM がありません。")
    NO_ROWS = Said("There are no SIMs in this order.", "この注文に SIM はありません。")
    NO_SUCH_PAGE = Said("There is no such page", "ページが見つかりません")
    NO_SUCH_SIM = Said("There is no such SIM on the board", "この SIM はボードにありません")
    NOT_FROM_HERE = Said("This request does not come from the board", "ボードからの要求ではありません")
    OFFLINE = Said("offline", "オフライン")
    ONLINE = Said("online", "オンライン")
    PASSWORD = Said("Password", "パスワード")
    PASSWORD_WRONG = Said("That is not the password.", "パスワードが違います。")
    PRINT = Said("Print", "印刷")
    PROGRESS = Said("Progress of the order", "注文の進み具合")
    SEARCH = Said("Find a box", "箱を探す")
    SEARCH_HINT = Said("last digits of IMSI, IMEI, serial; or name", "IMSI・IMEI・シリアルの下桁、または名前")
    SERIAL = Said("Serial", "シリアル")
    SIM = Said("SIM", "SIM")
    SIMS = Said("SIMs", "SIM 一覧")
    SINCE = Said("since", "最終取得")
    SOUND = Said("Sound", "音")
    TIME = Said("Time", "時刻")
    TITLE = Said("Kitting board", "キッティングボード")
    TOO_MANY = Said("Too many attempts. Seconds to wait:", "試行回数が多すぎます。待ち時間 (秒):")
    WRONG_HOST = Said("The board is not reached by this name", "この名前ではボードに接続できません")


def words_in(language: str) -> Mapping[str, str]:
    """Every word's name in small letters → its text."""
    return {word.name.lower(): word.value.in_language(language) for word in Word}
