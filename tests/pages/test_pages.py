"""What the pages name is there: links, anchors, make's targets, commands and their options, in both languages."""

import re
import shlex
from pathlib import Path

import pytest

from agent import apply_cli
from agent import cli as agent_cli
from fleet import cli as fleet_cli
from simulator import cli as simulator_cli

CHECKOUT = Path(__file__).parents[2]
FOLDERS = (".", ".github/ISSUE_TEMPLATE", "benchmarks", "docs", "docs/decisions", "tests/dialogues")
PAGES = sorted(
    path
    for folder in FOLDERS
    for path in (CHECKOUT / folder).glob("*")
    if path.suffix == ".md" or (path.suffix == ".yml" and folder.startswith(".github"))
)
IN_JAPANESE = [page for page in PAGES if page.name.endswith(".ja.md")]
FOR_CONTRIBUTORS = {"docs/architecture", "docs/glossary"}
"""The picture of the code, in English, and the terms, each in both languages on one page."""
FOR_USERS = sorted(
    {"README", "SECURITY", *(f"docs/{page.name.split('.')[0]}" for page in (CHECKOUT / "docs").glob("*.md"))}
)
WITHOUT_COMMANDS = {"kitting wake"}
"""Begins like a command line and is none: the text of the message that wakes a device."""
PARSERS = {
    "kitting": fleet_cli.parser,
    "kitting-agent": agent_cli.parser,
    "kitting-apply": apply_cli.parser,
    "kitting-sim": simulator_cli._parser,
}


def named(path):
    return str(path.relative_to(CHECKOUT))


def text_of(page):
    return page.read_text("utf-8")


def without_code(text):
    return re.sub(r"^```.*?^```|`[^`\n]+`", "", text, flags=re.MULTILINE | re.DOTALL)


def links(page):
    return re.findall(r"\]\(([^)\s]+)\)", without_code(text_of(page)))


def anchors(page):
    """The addresses that a forge gives to the headings of a page."""
    heads = re.findall(
        r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text_of(page), flags=re.MULTILINE | re.DOTALL), re.MULTILINE
    )
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page):
    for link in links(page):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert target.is_relative_to(CHECKOUT), link
        assert not anchor or anchor in anchors(target), link


def sources(page):
    """The files of the code that a page names."""
    return re.findall(
        r"`((?:agent|fleet|simulator|story|tests|docs|config|systemd|packaging|benchmarks)/[\w./-]*\w)/?`",
        text_of(page),
    )


@pytest.mark.parametrize("page", [page for page in PAGES if not page.name.startswith("CHANGELOG")], ids=named)
def test_every_file_of_the_code_that_a_page_names_is_there(page):
    assert [name for name in sources(page) if not (CHECKOUT / name).exists()] == []


@pytest.mark.parametrize("page", [page for page in FOR_USERS if page not in FOR_CONTRIBUTORS])
def test_every_page_for_users_is_there_in_both_languages_and_each_leads_to_the_other(page):
    english, japanese = (CHECKOUT / f"{page}{suffix}" for suffix in (".md", ".ja.md"))
    assert f"[日本語]({japanese.name})" in text_of(english)
    assert f"[English]({english.name})" in text_of(japanese)


@pytest.mark.parametrize("page", IN_JAPANESE, ids=named)
def test_a_japanese_page_leads_on_to_japanese_pages(page):
    for link in links(page):
        path = page.parent / link.partition("#")[0]
        there = path.suffix == ".md" and path.with_suffix(".ja.md").exists()
        assert not there or path.name == page.name.replace(".ja.md", ".md"), f"{link} is there in Japanese"


def code(page):
    """What is typed or written in the examples of a page, without remarks: the same in each language."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL)
    written = (re.sub(r"(?:^|\s+)# (?!kitting-serial).*$", "", line) for block in blocks for line in block.splitlines())
    return [line for line in written if line.strip()]


@pytest.mark.parametrize("page", IN_JAPANESE, ids=named)
def test_the_examples_are_the_same_in_both_languages(page):
    assert code(page) == code(page.with_name(page.name.replace(".ja.md", ".md")))


TARGETS = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_target_of_make_that_is_named_is_there(page):
    typed = re.findall(r"(?:^|`)(?:\$ )?make ([a-z][a-z-]*)", text_of(page), re.MULTILINE)
    assert set(typed) <= TARGETS


def spans(page):
    """Command lines in the middle of a sentence; often only a name that begins one."""
    prose = re.sub(r"^```.*?^```", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`(?:sudo )?(kitting(?:-agent|-apply|-sim)?(?: [^`]+)?)`", prose)


def lines(page):
    """Command lines of the examples; a block that is called text is a drawing."""
    blocks = re.findall(r"^```(?!text)\w*\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL)
    begins = r"^\s*(?:\$ )?(?:sudo )?"
    return re.findall(rf"{begins}(kitting(?:-agent|-apply|-sim)? .*)$", "\n".join(blocks), re.MULTILINE)


def words_of(line):
    """The words of one command, without a remark, a redirection and what comes after it."""
    words = shlex.shlex(re.sub(r" [|<>&].*", "", line), posix=True)
    words.whitespace_split = True
    return list(words)


def complaint(line, capsys):
    """What the program says where it would not take this line, else nothing."""
    program, *words = words_of(line)
    try:
        PARSERS[program]().parse_args(words)
    except SystemExit as ended:
        return capsys.readouterr().err if ended.code else ""
    return ""


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_line_of_an_example_is_one_that_its_program_takes(page, capsys):
    assert {line: output for line in lines(page) if (output := complaint(line, capsys))} == {}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_that_is_named_in_a_sentence_is_there(page, capsys):
    for span in spans(page):
        if span in WITHOUT_COMMANDS or "…" in span or "COMMAND" in span:
            continue
        output = complaint(span.replace("ROLE", "watch"), capsys)
        assert not output or "are required" in output, span


def test_the_pages_were_read():
    assert len(PAGES) > 20
    assert sum(len(lines(page)) for page in PAGES) > 40
    assert sum(len(spans(page)) for page in PAGES) > 60


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_advises_to_install_by_a_bare_name(page):
    commands = re.findall(r"pipx? install ([^`\n]+)", text_of(page))
    assert all(".whl" in command or command.startswith("--target") for command in commands)
