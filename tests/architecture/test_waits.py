"""No test waits in a way of its own: a limit of seconds makes it depend on the speed of the machine."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
WAITS = {"wait", "join", "communicate", "settimeout", "result"}
"""Methods that take a limit."""
PRODUCT = {"asking", "MetadataSettings"}
"""Functions whose `timeout` is a setting of the product."""
EXEMPT = {
    "published/waiting.py": "the one way to wait",
    "peers/bed.py": "a program of its own that plays a modem in real time",
    "stress.py": "no test",
}
FILES = [
    path
    for path in sorted(TESTS.rglob("*.py"))
    if "system" not in path.parts and str(path.relative_to(TESTS)) not in EXEMPT
]
"""All but the tests of booted systems, which have clocks of their own."""


def is_number(node):
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


def limits_in(call):
    """The arguments of a call that may be limits."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    named = [keyword.value for keyword in call.keywords if keyword.arg == "timeout" and name not in PRODUCT]
    return named + (call.args if name in WAITS else [])


def private_waits(tree):
    """Line and text of each pause, of each limit in figures, and of each end that is computed from a clock."""
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Call, ast.BinOp)):
            continue
        text = ast.unparse(node)
        is_pause = "time" in imported and text.startswith("time.sleep(")
        is_end = isinstance(node, ast.BinOp) and text.startswith("time.monotonic() +")
        if is_pause or is_end or (isinstance(node, ast.Call) and any(map(is_number, limits_in(node)))):
            yield node.lineno, text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(TESTS)))
def test_a_test_waits_by_the_one_module(path):
    assert list(private_waits(ast.parse(path.read_text()))) == []


@pytest.mark.parametrize(
    "text",
    [
        "import time; time.sleep(1)",
        "until = time.monotonic() + 5",
        "thread.join(5)",
        "process.wait(20)",
        "server.settimeout(2)",
        "run(words, timeout=60)",
    ],
)
def test_a_private_wait_is_found(text):
    assert list(private_waits(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    ["thread.join()", "run(words, timeout=PATIENCE_S)", "' '.join(words)", "asking(url, timeout=0.3)", "time.sleep(1)"],
)
def test_other_calls_are_none(text):
    assert list(private_waits(ast.parse(text))) == []
