"""Pure. The texts of the board, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, unique

from fleet.bench.stage import Stage
from fleet.bilingual_text import BilingualText

STAGES: Mapping[Stage, BilingualText] = {
    Stage.ORDERED: BilingualText("ordered", "発注済み"),
    Stage.IN_STOCK: BilingualText("in stock", "在庫"),
    Stage.TESTING: BilingualText("testing", "試験中"),
    Stage.POWERED_ON: BilingualText("powered on", "電源投入"),
    Stage.IDENTIFIED: BilingualText("identified", "識別済み"),
    Stage.PROVISIONED: BilingualText("provisioned", "設定済み"),
    Stage.LOCK_NOT_PROVED: BilingualText("lock not proved", "ロック未確認"),
    Stage.LOCKED: BilingualText("locked", "ロック済み"),
    Stage.SHIPPED: BilingualText("shipped", "出荷済み"),
    Stage.STOPPED: BilingualText("stopped", "停止"),
    Stage.SILENT: BilingualText("silent", "応答なし"),
    Stage.BLOCKED: BilingualText("blocked", "ブロック"),
    Stage.FAILED: BilingualText("failed", "失敗"),
    Stage.SUSPICIOUS: BilingualText("suspicious", "要確認"),
}


@unique
class TileGroup(Enum):
    """The groups of tiles on the page, in their order."""

    ATTENTION = ("attention", BilingualText("Needs attention", "対応が必要"))
    IN_PROGRESS = ("in_progress", BilingualText("In progress", "進行中"))
    DONE = ("done", BilingualText("Done", "完了"))
    STOPPED = ("stopped", BilingualText("Stopped", "停止中"))

    def __init__(self, key: str, text: BilingualText) -> None:
        self.key = key
        self.text = text


@unique
class PageText(Enum):
    """Every other text of the pages; a template uses its name in small letters."""

    ADVICE = BilingualText("To do", "対処")
    ALL = BilingualText("All", "すべて")
    AWAY_PLATFORM = BilingualText("SORACOM does not answer", "SORACOM に問い合わせできません")
    AWAY_SERVER = BilingualText("The server of the board does not answer", "ボードのサーバーが応答しません")
    BACK = BilingualText("Back to the board", "ボードに戻る")
    CONFIGURATION = BilingualText("Config", "設定")
    DONE_OF = BilingualText("done of", "完了 /")
    FILTER = BilingualText("Filter by stage", "段階で絞り込む")
    IMEI = BilingualText("IMEI", "IMEI")
    IMSI = BilingualText("IMSI", "IMSI")
    LABEL = BilingualText("Label", "ラベル")
    LABELS = BilingualText("Labels of all SIMs that are done", "完了分のラベル")
    LOG_IN = BilingualText("Log in", "ログイン")
    LOG_OUT = BilingualText("Log out", "ログアウト")
    LOOKING = BilingualText("Loading the SIMs …", "SIM を読み込んでいます…")
    MEANT_FOR = BilingualText("meant for", "予定の機器")
    NEEDS_SCRIPT = BilingualText("This page needs JavaScript.", "このページには JavaScript が必要です。")
    NO_LABELS = BilingualText("No SIM is done yet.", "完了した SIM はまだありません。")
    NO_MATCH = BilingualText("No SIM matches.", "該当する SIM がありません。")
    NO_ROWS = BilingualText("There are no SIMs in this order.", "この注文に SIM はありません。")
    NO_SUCH_PAGE = BilingualText("There is no such page", "ページが見つかりません")
    NO_SUCH_SIM = BilingualText("There is no such SIM on the board", "この SIM はボードにありません")
    NOT_FROM_HERE = BilingualText("This request was not sent by the board", "ボードから送信された要求ではありません")
    OFFLINE = BilingualText("offline", "オフライン")
    ONLINE = BilingualText("online", "オンライン")
    PASSWORD = BilingualText("Password", "パスワード")
    PASSWORD_WRONG = BilingualText("The password is wrong.", "パスワードが違います。")
    PRINT = BilingualText("Print", "印刷")
    PROGRESS = BilingualText("Progress of the order", "注文の進み具合")
    SEARCH = BilingualText("Find a SIM", "SIM を探す")
    SEARCH_HINT = BilingualText("last digits of IMSI, IMEI, serial; or name", "IMSI・IMEI・シリアルの下桁、または名前")
    SERIAL = BilingualText("Serial", "シリアル")
    SIM = BilingualText("SIM", "SIM")
    SIMS = BilingualText("SIMs", "SIM 一覧")
    SINCE = BilingualText("last update", "最終取得")
    SOUND = BilingualText("Sound", "音")
    TIME = BilingualText("Time", "時刻")
    TITLE = BilingualText("Kitting board", "キッティングボード")
    TOO_MANY = BilingualText("Too many attempts. Seconds to wait:", "試行回数が多すぎます。待ち時間 (秒):")
    WRONG_HOST = BilingualText("The board cannot be reached under this name", "この名前ではボードに接続できません")


def texts_in(language: str) -> Mapping[str, str]:
    """The name of every text in small letters → the text in one language."""
    return {text.name.lower(): text.value.in_language(language) for text in PageText}
