"""A real browser, and the board on a real socket; without a browser, its tests are skipped with a reason."""

import shutil
import threading
from datetime import UTC, datetime

import pytest
from board_rows import Changing
from waiting import joined

from fleet.board.logins import Logins
from fleet.board.sample import sample
from fleet.board.server import THREADS
from fleet.board.web import PageSources, app_of
from fleet.listen_address import ListenAddress
from fleet.web_server import WebServer

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en",
)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (program and driver):
        pytest.skip("no browser: apt-get install chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('browser')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    one = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield one
    one.quit()


@pytest.fixture
def source():
    return Changing(sample(datetime.now(UTC)))


@pytest.fixture
def serve():
    """Serves a source, with a password or without, and returns its address."""
    servers = []

    def begin(source, password=None):
        app = app_of(PageSources(source, Logins(password), ListenAddress("127.0.0.1", 0)))
        server = WebServer(app, "127.0.0.1", 0, THREADS)
        thread = threading.Thread(target=server.serve)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.port}/"

    yield begin
    for server, thread in servers:
        server.stop()
        joined(thread)
