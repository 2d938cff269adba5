"""Texts of mixed scripts into twenty programs, in five keyboard layouts, with CapsLock and NumLock on and off: what arrives wrong.

``FLOWDESK_BENCH_TEXTS`` (2000) says how many texts in all, ``FLOWDESK_BENCH_PROGRAMS`` which programs, by name, and
``FLOWDESK_BENCH_SEED`` makes other texts. Every program is read from its file, from what it writes, or from its page, and all
counts are taken from there: ``right`` texts stand there exactly, ``wrong`` ones were said to have arrived and do not, or something
was added. ``refused`` ones must have left nothing behind; ``failed`` ones were said to have failed when a part of them was typed.
"""

import contextlib
import os
import random
import shutil
from dataclasses import dataclass, field
from typing import Literal

import pytest

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.drivers.x11.xkb import Xkb
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Desktop
from flowdesk.model.arrival import arrival
from flowdesk.model.errors import InputFailed
from tests.drivers import typing_apps
from tests.drivers.typing_apps import Program
from tests.rig import Apps, until

pytestmark = [pytest.mark.benchmark, pytest.mark.desktop, pytest.mark.timeout(1800)]

TEXTS = int(os.environ.get("FLOWDESK_BENCH_TEXTS", "2000"))
NEEDS = {
    "qt_line": "", "qt_text": "", "gtk3_entry": "", "gtk3_text": "", "gtk4_text": "", "wx_line": "", "wx_text": "", "swing_text": "java", "chromium": "chromium", "xterm": "xterm", "mousepad": "mousepad",
    "gedit": "gedit", "tk_entry": "", "featherpad": "featherpad", "kate": "kate", "nedit": "nedit", "tk_text": "", "emacs": "emacs", "gvim": "gvim",
    "l3afpad": "l3afpad",
}  # fmt: skip
SEED = os.environ.get("FLOWDESK_BENCH_SEED", "")
PROGRAMS = os.environ.get("FLOWDESK_BENCH_PROGRAMS", " ".join(NEEDS)).split()
LAYOUTS = ("us", "de", "fr", "ru", "us,gr")
LOCKS = (0, 2, 16, 18)
PIECES = (
    "The quick brown fox", 'jumps "over" <12> lazy', "你好，世界", "自动化", "Съешь же ещё", "é à ü ß ø ñ", "e\u0301 o\u0308", "😀🎉",
    "€ £ ¥", "#@~{}[]|\\^`", "/usr/bin $HOME", "日本語かな", "한국어", "Ελληνικά", "1,234.56", "--flag=value", "foo(bar[1], {x: 2})", "i am (c) it's",
    "n\u0303o\u0323\u0302", "\U00020000\U00020bb7", "👩\u200d💻", "👨\u200d👩\u200d👧\u200d👦 🇩🇪", "שלום עולם", "مرحبا (١٢)", "a\u00a0b", "  two  blanks  ", "´^`~¨", "{[(<\"'", "ｆｕｌｌ１２",
)  # fmt: skip
PLAIN_BLANKS = frozenset({"featherpad"})
"""Programs that save a blank that does not break as one that does."""
LATIN = ("plain words", 'say("x")', "é à ü ß", "a[1] = {2}", "--flag=3", "i am it's")


Outcome = Literal["typed", "refused", "failed"]


@dataclass
class Tally:
    """What became of the texts."""

    right: int = 0
    wrong: int = 0
    refused: int = 0
    failed: int = 0
    verified: int = 0
    reasons: set[str] = field(default_factory=set)

    def count(self, held: str, texts: list[tuple[str, Outcome]]) -> None:
        """Count what a program holds of the texts that were typed into it, in this order."""
        at, may_be_left = 0, False
        for text, outcome in texts:
            if outcome == "refused":
                self.refused += 1
            elif outcome == "failed":
                self.failed += 1
                may_be_left = True
            else:
                found = held.find(text, at)
                is_right = found >= 0 and (found == at or may_be_left)
                self.right += is_right
                self.wrong += not is_right
                at, may_be_left = (found + len(text), False) if found >= 0 else (at, True)
        self.wrong += at < len(held) and not may_be_left


def test_the_count_is_true() -> None:
    """Count what was lost, doubled, changed, and left by a failure."""
    tally = Tally()
    tally.count(
        "a b b c X e f ",
        [("a ", "typed"), ("b ", "typed"), ("c ", "typed"), ("d ", "typed"), ("no", "refused"), ("e ", "typed")],
    )
    assert (tally.right, tally.wrong, tally.refused, tally.failed) == (3, 3, 1, 0)
    tally = Tally()
    tally.count("a half b ", [("a ", "typed"), ("half of it ", "failed"), ("b ", "typed")])
    assert (tally.right, tally.wrong, tally.failed) == (2, 0, 1)


def made(draw: random.Random, program: Program, name: str) -> str:
    """Return a text: words of several scripts; for fields of several lines some of them indented lines."""
    pieces = LATIN if name == "nedit" and draw.random() < 0.7 else PIECES
    text = " ".join(draw.choice(pieces) for _ in range(draw.randint(1, 4)))
    if not program.is_line and name != "xterm" and draw.random() < 0.25:
        text += "\n\t" + draw.choice(pieces) + "\n  end"
    if name in PLAIN_BLANKS:
        text = text.replace("\u00a0", " ")
    return text + ("\n" if name == "xterm" else " ")


async def _type(hands: Desktop, text: str, tally: Tally) -> Outcome:
    """Type a text; return what flowdesk says of it."""
    try:
        report = await hands.type_text(text, "auto", 0.0)
    except InputFailed as failure:
        tally.reasons.add(str(failure.message))
        return "failed" if failure.details.get("typed") or failure.details.get("mayArrive") else "refused"
    found = arrival(text, report.read_back, report.role, report.before, report.selected)
    tally.verified += found == "arrived"
    return "typed" if found in ("arrived", "unknown") and not report.is_open else "failed"


def _is_whole(program: Program, texts: list[tuple[str, Outcome]]) -> bool:
    return program.read() == "".join(text for text, outcome in texts if outcome == "typed")


@pytest.mark.parametrize("name", PROGRAMS)
async def test_texts_arrive_exactly(apps: Apps, name: str) -> None:
    """Type texts and count."""
    if NEEDS[name] and shutil.which(NEEDS[name]) is None:
        pytest.skip(f"{name} is not installed")
    tally, draw, keyboard = Tally(), random.Random(SEED + name), Xkb()
    driver = RealDesktopDriver()
    hands = driver.open(Brake())
    count = max(1, TEXTS // len(NEEDS) // len(LAYOUTS))
    try:
        for layout in LAYOUTS:
            apps.rig.layout(layout)
            if "," in layout:
                apps.rig.lock_group(1)
            program: Program = getattr(typing_apps, name)(apps)
            texts: list[tuple[str, Outcome]] = []
            for number in range(count):
                keyboard.lock(0xFF, LOCKS[number % len(LOCKS)])
                text = made(draw, program, name)
                texts.append((text, await _type(hands, text, tally)))
            keyboard.lock(0xFF, 0)
            apps.rig.layout("us")
            program.finish()
            with contextlib.suppress(pytest.fail.Exception):  # what is missing is counted
                until(lambda p=program, t=texts: _is_whole(p, t), "the texts", 8)  # type: ignore[misc]
            before = tally.wrong, tally.failed
            tally.count(program.read(), texts)
            if (tally.wrong, tally.failed) != before:
                print(f"{name} {layout}: {texts!r}; it holds {program.read()!r}")
            apps.rig.close_apps()
            until(lambda: not apps.rig.windows(), "its window to close")
    finally:
        keyboard.lock(0xFF, 0)
        keyboard.close()
        driver.close()
        print(
            f"{name:12} {tally.right} right, {tally.refused} refused, {tally.wrong} wrong, {tally.failed} failed,"
            f" {tally.verified} verified {sorted(tally.reasons)}"
        )
    assert (tally.wrong, tally.failed) == (0, 0)
    assert tally.right + tally.refused == count * len(LAYOUTS)
