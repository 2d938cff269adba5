"""Text into real applications: how many of 2,000 characters of mixed scripts arrive wrong, and the time for each.

Every application reads back what it received: the editor's file, the Qt window's file, ``cat`` behind the terminal, the
page's own value. ``FLOWDESK_BENCH_TIMES`` (20) says how often each gets a text; each time it is another one.
"""

import asyncio
import os
import random
import statistics
import time

import pytest

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import TypingMethod
from tests.rig import PATIENCE, Apps

pytestmark = [pytest.mark.benchmark, pytest.mark.desktop, pytest.mark.timeout(1800)]

TIMES = int(os.environ.get("FLOWDESK_BENCH_TIMES", "20"))
CHARACTERS = 2_000
PIECES = (
    "The quick brown fox", "jumps; over <12> \"lazy\" dogs", "你好，世界", "自动化测试流程", "Съешь же ещё этих", "мягких булок",
    "é à ü ß ø ñ", "e\u0301 o\u0308 n\u0303", "😀🎉", "👩\u200d💻", "€ £ ¥ ±", "#@~{}[]|\\^`", "/usr/bin/env $HOME", "日本語かな", "한국어",
    "Ελληνικά", "1,234.56", "--flag=value", "\u4e00\u9fa5", "שלום",
)  # fmt: skip


def mixed(seed: int) -> str:
    """Return 2,000 characters: words of many scripts, tabs between some of them, lines of at most 90 characters."""
    draw = random.Random(seed)
    lines: list[str] = []
    line = ""
    while sum(map(len, lines)) + len(lines) < CHARACTERS:
        piece = draw.choice(PIECES)
        if len(line) + len(piece) > 88:
            lines.append(line)
            line = ""
        line += piece + draw.choice(" \t ")
    text = "\n".join(lines)[:CHARACTERS]
    # Nothing may hang on the cut: a half emoji sequence is still exact, a trailing space is not shown by anyone.
    return text[:-1] + "."


def wrong(wanted: str, arrived: str) -> int:
    """Return how many characters differ."""
    return sum(one != other for one, other in zip(wanted, arrived, strict=False)) + abs(len(wanted) - len(arrived))


@pytest.mark.parametrize("toolkit", ["gtk", "qt", "xterm", "chromium"])
@pytest.mark.parametrize("method", ["auto", "keys"])
async def test_text_arrives_exactly(apps: Apps, toolkit: str, method: TypingMethod) -> None:
    """Type different texts and count what is wrong."""
    if toolkit == "xterm" and method == "keys":
        return  # A terminal does not tell when it has read a key: flowdesk refuses, as a test of the drivers shows.
    app = {"gtk": apps.mousepad, "qt": apps.qt, "xterm": apps.xterm, "chromium": apps.chromium}[toolkit]()
    driver = RealDesktopDriver()
    hands = driver.open(Brake())
    taken, faults = [], 0
    sent = ""
    for seed in range(TIMES):
        text = mixed(seed)
        if (toolkit, method) == ("chromium", "keys"):
            text = text.replace("\t", " ")  # by keys, Tab leaves the page's field
        if toolkit != "xterm":
            await hands.clear_field()
        begun = time.perf_counter()
        await hands.type_text(text, method, 0.0)
        taken.append(time.perf_counter() - begun)
        if toolkit == "gtk":
            await hands.press_keys(["ctrl", "s"])
        if toolkit == "xterm":
            await hands.type_text("\n", method, 0.0)
            sent += text + "\n"
            text = sent
        read = app.value if toolkit == "chromium" else app.text  # type: ignore[attr-defined]
        deadline = time.monotonic() + PATIENCE
        while read() != text and time.monotonic() < deadline:  # noqa: ASYNC110 - an application tells nobody
            await asyncio.sleep(0.05)
        faults += wrong(text, read())
        if faults:
            print(f"{toolkit} {method} text {seed}: {read()!r} instead of {text!r}")
            break
    driver.close()
    middle = statistics.median(taken)
    print(
        f"{toolkit:9} {method:5} {len(taken)} x {CHARACTERS} characters: {faults} wrong,"
        f" {middle / CHARACTERS * 1000:6.2f} ms a character (slowest text {max(taken):.1f} s)"
    )
    assert faults == 0
