"""The board in a real Chromium, used with the keyboard, while its SIMs change."""

import base64
import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import waiting
from board_rows import FAILED, LOCKED, ON, PROVISIONED, Changing, named, row

from fleet.board.sample import sample
from fleet.board.view import Board

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
WebDriverException = pytest.importorskip("selenium.common.exceptions").WebDriverException
HOSTILE = (
    '<img src=x onerror="document.title=1">',
    "\u202eلوحة التحكم الطويلة",
    "W" * 400,
    "Z" + "\u0301" * 90,
    "\x00\x1b",
)


@pytest.fixture
def look(browser, source, serve):
    """Opens a page of the board in a window of a size; at the end, the browser's console has to be empty."""
    url = serve(source)

    def opened(path="?lang=en", width=1280, height=800, scheme="light"):
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        browser.get(f"{url}{path}")
        if path.startswith("?"):
            until(browser, "document.getElementById('boxes').getAttribute('aria-busy') === 'false'")
        return browser

    browser.get_log("browser")
    yield opened
    assert browser.get_log("browser") == []
    browser.execute_script("localStorage.clear()")
    browser.get("about:blank")


def until(browser, script, *, by_itself=False):
    """Waits for a state of the page, which may be replaced by another page; an event of focus makes it refresh now."""
    if not by_itself:
        browser.execute_script("dispatchEvent(new Event('focus'))")
    waiting.until(script, lambda: seen(browser, script), lambda value: value and not isinstance(value, Exception))


def seen(browser, script):
    """The value of a script, or why there is none: the page may be another one meanwhile."""
    try:
        return values(browser, script)
    except WebDriverException as error:
        return error


def values(browser, script):
    return browser.execute_script(f"return {script}")


def names(browser):
    return values(browser, "[...document.querySelectorAll('.tile .name')].map((one) => one.textContent)")


def press(browser, *keys):
    webdriver.ActionChains(browser).send_keys(*keys).perform()


def board(*sims, problem=""):
    now = datetime.now(UTC)
    return Board("Order 7", tuple(row(sim, now=now) for sim in sims), now, problem)


def numbered(sim, number):
    return replace(named(sim, f"gw-{number:02}"), sim_id=f"894231000000000{number:04}")


def test_thirty_sims_are_shown_those_that_need_attention_first(look):
    page = look()
    assert len(names(page)) == 30
    groups = "[...document.querySelectorAll('.group:not([hidden]) h2')].map((one) => one.innerText)"
    assert values(page, groups) == ["Needs attention 5", "In progress 16", "Done 8", "Stopped 1"]
    first = values(page, "document.querySelector('.tile').innerText")
    assert first.startswith("Suspicious\ngw-osaka-01")
    assert "To do: Check the label of the modem" in first
    assert page.title == "Order 2026-1123 · Osaka"


def test_a_change_arrives_by_itself_and_keeps_focus_scroll_and_selection(look, source):
    source.now = board(*(numbered(PROVISIONED, number) for number in range(40)))
    page = look()
    page.execute_script("window.same = document.querySelectorAll('.tile')[30]; same.querySelector('a').focus();")
    page.execute_script("scrollTo(0, 500)")
    source.now = board(*(numbered(PROVISIONED if number != 30 else LOCKED, number) for number in range(40)))
    until(page, "same.querySelector('.stage').textContent === 'locked'", by_itself=True)
    assert values(page, "same.contains(document.activeElement)")
    assert values(page, "same.closest('.group').dataset.group") == "done"
    assert values(page, "scrollY") == 500
    assert values(page, "document.getElementById('announcement').textContent") == "gw-30: locked"


def test_sims_are_added_and_removed(look, source):
    source.now = board(numbered(ON, 1), numbered(ON, 2))
    page = look()
    source.now = board(numbered(ON, 2), numbered(ON, 3))
    until(page, "document.querySelector('.name')?.textContent === 'gw-02'")
    assert names(page) == ["gw-02", "gw-03"]
    source.now = board()
    until(page, "!document.querySelector('.tile')")
    assert values(page, "document.getElementById('nothing').innerText") == "There are no SIMs in this order."


def test_a_platform_that_does_not_answer_is_shown_with_the_time_of_the_last_update(look, source):
    page = look()
    source.now = replace(source.now, problem="platform.unreachable: no route")
    until(page, "!document.getElementById('away').hidden")
    message, updated = values(page, "document.getElementById('away').innerText").split("\n\n")
    assert message == "SORACOM does not answer: platform.unreachable: no route"
    assert re.fullmatch(r"last update .*\d\d:\d\d.*", updated)
    assert len(names(page)) == 30
    source.now = replace(source.now, problem="")
    until(page, "document.getElementById('away').hidden")


def test_a_server_that_does_not_answer_is_shown_until_it_answers(look, browser):
    page = look()
    limits = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    page.execute_cdp_cmd("Network.enable", {})
    page.execute_cdp_cmd("Network.emulateNetworkConditions", limits)
    try:
        until(page, "!document.getElementById('away').hidden")
        message = values(page, "document.getElementById('away').innerText")
    finally:
        page.execute_cdp_cmd("Network.emulateNetworkConditions", {**limits, "offline": False})
    assert message.startswith("The server of the board does not answer\n\nlast update ")
    until(page, "document.getElementById('away').hidden")
    assert {entry["source"] for entry in browser.get_log("browser")} == {"network"}


def test_the_keyboard_reaches_every_element_in_reading_order(look):
    page = look()
    seen = []
    for _ in range(22):
        press(page, webdriver.Keys.TAB)
        seen.append(
            values(page, "document.activeElement.id || document.activeElement.innerText.trim().replace(/\\s+/g, ' ')")
        )
    assert seen[:4] == ["search", "sound", "Labels of all SIMs that are done", "日本語"]
    assert [one.rsplit(" ", 1)[0] for one in seen[4:7]] == ["All", "ordered", "in stock"]
    assert seen[19:] == ["Label gw-osaka-01", "Label gw-osaka-02", "Label gw-osaka-03"]
    assert values(page, "getComputedStyle(document.activeElement).outlineStyle") == "solid"
    press(page, webdriver.Keys.ENTER)
    until(page, "document.querySelector('article.label') !== null")
    assert page.current_url.endswith("/label/8942310000000000003")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("0866", ["gw-osaka-14"]),
        ("KG-26110011".lower(), ["gw-osaka-11"]),
        ("osaka-2", [f"gw-osaka-{number}" for number in (2, *range(20, 30)) if number > 9]),
        ("0000000000007", ["gw-osaka-07"]),
        ("3546210708191020", ["gw-osaka-10"]),
        ('{"sim":"8942310000000000012","imei":"1"}', ["gw-osaka-12"]),
        ("nothing", []),
    ],
)
def test_a_sim_is_found_by_typed_and_scanned_texts(look, typed, found):
    page = look()
    press(page, "/", typed)
    until(page, f"document.getElementById('search').value === {json.dumps(typed)}")
    assert sorted(names(page)) == sorted(found)
    assert values(page, "document.getElementById('nothing').hidden") is bool(found)
    press(page, webdriver.Keys.ESCAPE)
    until(page, "document.querySelectorAll('.tile').length === 30")


def test_a_stage_is_filtered_by_its_button_and_remembered(look):
    page = look()
    page.execute_script("document.querySelector('#filters [data-stage=shipped]').click()")
    shipped = ["gw-osaka-07", "gw-osaka-08", "gw-osaka-09"]
    assert names(page) == shipped
    assert names(look()) == shipped
    page.execute_script("document.querySelector('#filters [data-stage=shipped]').click()")
    assert len(names(page)) == 30


def test_sounds_are_off_by_default_and_differ_for_good_and_bad(look, browser, source):
    listen = """window.tones = []; const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (...at) { tones.push(this.type); return start.apply(this, at); };"""
    hook = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": listen})
    source.now = board(*(numbered(PROVISIONED, number) for number in range(3)))
    page = look()
    source.now = board(numbered(LOCKED, 0), *(numbered(PROVISIONED, number) for number in (1, 2)))
    until(page, "document.getElementById('done').textContent === '1'")
    assert values(page, "tones") == []
    page.find_element("id", "sound").click()
    until(page, "tones.length === 2")
    page.execute_script("tones.length = 0")
    source.now = board(*(numbered(LOCKED, number) for number in (0, 1)), numbered(PROVISIONED, 2))
    until(page, "document.getElementById('done').textContent === '2'")
    assert values(page, "tones") == ["sine", "sine"]
    source.now = board(*(numbered(LOCKED, number) for number in (0, 1)), numbered(FAILED, 2))
    until(page, "document.querySelector('[data-group=attention] .tile') !== null")
    both = ["sine", "sine", "square", "square"]
    assert values(page, "tones") == both
    page.find_element("id", "sound").click()
    source.now = board(*(numbered(LOCKED, number) for number in range(3)))
    until(page, "document.getElementById('done').textContent === '3'")
    assert values(page, "tones") == both
    browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", hook)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080), (390, 844)], ids=str)
def test_a_tag_neither_runs_nor_breaks_the_page(look, source, width, height):
    sims = [
        replace(named(FAILED, text, desk_serial=text, kitting_error=text), sim_id=f"{number}{text}")
        for number, text in enumerate(HOSTILE)
    ]
    source.now = replace(board(*sims, problem=HOSTILE[2]), title=HOSTILE[2])
    page = look(width=width, height=height)
    assert values(page, "document.documentElement.scrollWidth <= innerWidth")
    boxes = "[...document.querySelectorAll('.tile, .tile *:not(bdi, b, .unseen, svg, use)')]"
    wide = "one.getBoundingClientRect().right > innerWidth || one.scrollWidth > one.offsetWidth + 1"
    assert values(page, f"{boxes}.filter((one) => {wide}).map((one) => one.outerHTML)") == []
    assert values(page, "document.querySelector('main img')") is None
    assert HOSTILE[0] in names(page)


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080), (390, 844)], ids=str)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_no_text_is_cut_on_any_screen(look, width, height, language):
    page = look(f"?lang={language}", width, height)
    assert values(page, "document.documentElement.scrollWidth <= innerWidth")
    words = "[...document.querySelectorAll('.band, .stage, .numbers dd, .foot, .findings li, h1, .figure')]"
    assert (
        values(page, f"{words}.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.innerText)")
        == []
    )


def test_labels_are_printed_one_on_each_page_of_the_printer(look):
    page = look("labels")
    cut = "[...document.querySelectorAll('.label dd')].filter((one) => one.scrollWidth > one.clientWidth)"
    assert values(page, f"{cut}.map((one) => one.innerText)") == []
    printed = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", base64.b64decode(printed["data"]))
    in_mm = {tuple(round(float(points) / 72 * 25.4) for points in sheet) for sheet in sheets}
    assert (len(sheets), in_mm) == (8, {(62, 29)})


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["?lang=en", "?lang=ja", "labels", "label/8942310000000000009", "label/none"])
def test_axe_finds_no_barrier_on_any_page(look, browser, path, scheme):
    axe = pytest.importorskip("axe_core_python.selenium", reason="axe-core-python is not installed").Axe()
    page = look(path, scheme=scheme)
    if path == "label/none":
        browser.get_log("browser")  # Chromium logs the 404 that the test expects
    found = axe.run(page)["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []


def test_axe_finds_no_barrier_where_the_platform_does_not_answer(look, source):
    axe = pytest.importorskip("axe_core_python.selenium", reason="axe-core-python is not installed").Axe()
    source.now = replace(source.now, problem="platform.unreachable: no route")
    assert [one["id"] for one in axe.run(look())["violations"]] == []


def test_a_person_logs_in_and_out_with_the_keyboard(look, browser, serve):
    look()
    url = serve(Changing(sample(datetime.now(UTC))), "correct horse")
    browser.get(f"{url}?lang=en")
    press(browser, "wrong", webdriver.Keys.ENTER)
    until(browser, "document.getElementById('wrong') !== null")
    axe = pytest.importorskip("axe_core_python.selenium", reason="axe-core-python is not installed").Axe()
    assert [one["id"] for one in axe.run(browser)["violations"]] == []
    press(browser, "correct horse", webdriver.Keys.ENTER)
    until(browser, "document.querySelectorAll('.tile').length === 30")
    browser.find_element("css selector", "form button").click()
    until(browser, "document.getElementById('password') !== null")
    log = browser.get_log("browser")
    assert [entry["message"] for entry in log if entry["source"] != "network"] == []
