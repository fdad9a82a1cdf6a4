"""For the technician: the login prompt, the LED, the closed endpoint, the bundle, and a disk that can be copied."""

import pytest
from cell import IMEI, IMSI, SERVICE
from images import BOTH, TRIXIE
from machine import SETTINGS
from waiting import PATIENCE_S

SHOWING = SETTINGS + '[display]\nled = "ACT"\n[endpoint]\nclose = true\n'
# A container has no LED of its own: a folder in the place of the kernel's.
LED = "[Service]\nBindPaths=/opt/class:/sys/class\n"
ISSUE = "/run/kitting-issue/prompt"
URL = f"http://{SERVICE}/v1/subscriber.imsi"
ASK = f"import urllib.request as r; print(r.urlopen('{URL}', timeout={PATIENCE_S}).status)"


@pytest.fixture
def flashed(gateway):
    machine = gateway(settings=SHOWING)
    for name in ("trigger", "brightness", "delay_on", "delay_off"):
        machine.disk.write(f"/opt/class/leds/ACT/{name}", "")
    machine.disk.write("/etc/systemd/system/kitting-light.service.d/led.conf", LED)
    return machine


@pytest.fixture
def machine(flashed):
    flashed.cell.ready()
    flashed.boot()
    flashed.until_state("provisioned")
    return flashed


def until_led(machine, name, value):
    """The LED has this value."""
    machine.until(
        f"the LED's {name}", lambda: machine.disk.read(f"/opt/class/leds/ACT/{name}"), lambda now: now == value
    )


@pytest.mark.parametrize("debian", BOTH, ids="-".join)
def test_without_an_answer_the_led_flashes_and_the_login_prompt_shows_what_is_known(flashed):
    flashed.boot()
    until_led(flashed, "delay_on", "100")
    known = "new   IMSI not seen   IMEI not read"
    flashed.until("the prompt", lambda: flashed.ask("cat", ISSUE).stdout, lambda text: known in text)


@pytest.mark.parametrize("debian", BOTH, ids="-".join)
def test_the_login_prompt_names_the_gateway(machine):
    text = machine.until("the prompt", lambda: machine.ask("cat", ISSUE).stdout, lambda text: "provisioned" in text)
    assert text == f"kitting-agent: provisioned   IMSI …{IMSI[-4:]}   IMEI …{IMEI[-4:]}   address \\4\n"
    assert IMEI not in text
    shown = machine.ask("script", "-qec", "agetty --show-issue", "/dev/null").stdout
    assert shown.count(f"kitting-agent: provisioned   IMSI …{IMSI[-4:]}") == 1


def test_the_led_is_steady_when_done_and_blinks_when_it_needs_a_hand(machine):
    until_led(machine, "brightness", "1")
    machine.cell.set_userdata("hostnam: x\n")
    machine.run("kitting-agent", "reprovision")
    machine.until_state("failed")
    until_led(machine, "delay_on", "900")
    assert machine.disk.read("/opt/class/leds/ACT/trigger") == "timer"


def test_a_closed_endpoint_answers_only_the_agent(machine):
    assert machine.status()["endpoint_closed"] is True
    nobody = machine.ask("setpriv", "--reuid", "65534", "--clear-groups", "python3", "-c", ASK)
    assert nobody.returncode != 0
    agent = machine.run("id", "-u", "kitting-agent").strip()
    assert machine.run("setpriv", "--reuid", agent, "--clear-groups", "python3", "-c", ASK) == "200\n"
    machine.run("sed", "-i", "s/close = true/close = false/", "/etc/kitting-agent/agent.toml")
    machine.run("systemctl", "restart", "kitting-endpoint")
    assert machine.run("setpriv", "--reuid", "65534", "--clear-groups", "python3", "-c", ASK) == "200\n"
    assert "kitting" not in machine.run("nft", "list", "ruleset")
    assert machine.status()["endpoint_closed"] is False


def test_removing_the_package_opens_the_endpoint(machine):
    assert "kitting_agent" in machine.run("nft", "list", "ruleset")
    machine.run("apt-get", "remove", "-y", "kitting-agent")
    assert "kitting_agent" not in machine.run("nft", "list", "ruleset")


@pytest.mark.parametrize("debian", [TRIXIE], ids="-".join)
def test_udev_knows_every_word_of_the_rules_for_modem_ports(gateway):
    machine = gateway()
    machine.boot()
    machine.run("udevadm", "verify", "/lib/udev/rules.d/78-kitting-agent.rules")


def test_a_bundle_from_a_real_gateway_has_no_full_identifier(machine):
    machine.run("kitting-agent", "collect", "--out", "/root/bundle.tar.gz")
    text = machine.run("tar", "-xzOf", "/root/bundle.tar.gz")
    assert "provisioned" in text
    assert "kitting-agent.service" in text
    assert "what to do    Nothing: this gateway is done." in text
    assert "nothing would change" in text
    assert IMSI not in text
    assert IMEI not in text
    shown = machine.ask("script", "-qec", "agetty --show-issue", "/dev/null").stdout
    assert shown.count(f"kitting-agent: provisioned   IMSI …{IMSI[-4:]}") == 1


def test_a_disk_that_was_cleaned_begins_anew(machine):
    refused = machine.ask("kitting-agent", "clean", "--image", "--yes")
    assert "is running" in refused.stderr
    machine.run("systemctl", "stop", "kitting-apply.path", "kitting-agent")
    assert "would remove" in machine.run("kitting-agent", "clean", "--image")
    machine.run("kitting-agent", "clean", "--image", "--yes")
    assert machine.status()["state"] == "new"
    machine.off()
    machine.boot()
    machine.until("it kits itself again", lambda: machine.status()["state"], lambda now: now == "provisioned")
