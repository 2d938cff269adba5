"""A sample of what ``bench_typing_programs`` measures: texts of mixed scripts into real programs, under every lock."""

import os
from collections.abc import Iterator

import pytest

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.drivers.x11.xkb import Xkb
from flowdesk.engine.brake import Brake
from flowdesk.engine.ports import Desktop
from flowdesk.model.arrival import arrival
from tests.drivers import typing_apps
from tests.drivers.typing_apps import Program
from tests.rig import Apps

pytestmark = pytest.mark.desktop

TEXTS = ('foo(bar["x"], {y: 2}) ', "Grüße 你好 😀 ", "i am (c) it's ", "if x:\n\ty = (1,\n\t\t2)\nend ")
TOLD = frozenset({"qt_line", "qt_text", "gtk3_entry", "chromium", "mousepad"})

PASTELESS = """<!doctype html><meta charset="utf-8"><title>flowdesk probe</title>
<label for="field">Field</label><br><textarea id="field" autofocus rows="12" cols="60" onpaste="return false"></textarea>"""

COMPLETING = """<!doctype html><meta charset="utf-8"><title>flowdesk probe</title>
<label for="field">Field</label><br><input id="field" autofocus size="60"><script>
const field = document.getElementById("field");
field.addEventListener("input", event => {
  const typed = field.value;
  if (event.inputType === "insertText" && "example.com".startsWith(typed) && typed.length > 1) {
    field.value = "example.com";
    field.setSelectionRange(typed.length, 11);
  }
});
</script>"""

CLOSING = """<!doctype html><meta charset="utf-8"><title>flowdesk probe</title>
<label for="field">Field</label><br><input id="field" autofocus size="60"><script>
const field = document.getElementById("field");
field.addEventListener("input", event => {
  if (field.value.endsWith("(")) { field.value += ")"; field.setSelectionRange(field.value.length - 1, field.value.length - 1); }
});
</script>"""


@pytest.fixture
def desktop(apps: Apps) -> Iterator[Desktop]:
    driver = RealDesktopDriver()
    yield driver.open(Brake())
    driver.close()


@pytest.mark.parametrize("layout", ["us", "fr"])
@pytest.mark.parametrize("name", [*sorted(TOLD), "tk_text", "gvim", "xterm"])
async def test_texts_arrive_exactly(desktop: Desktop, apps: Apps, name: str, layout: str) -> None:
    apps.rig.layout(layout)
    program: Program = getattr(typing_apps, name)(apps)
    keyboard, sent = Xkb(), ""
    try:
        for number, text in enumerate(TEXTS):
            if program.is_line and "\n" in text:
                continue
            keyboard.lock(0xFF, (0, 2, 18, 16)[number])
            report = await desktop.type_text(text, "auto", 0.0)
            sent += text
            if name in TOLD:
                assert arrival(text, report.read_back, report.role, report.before, report.selected) == "arrived"
    finally:
        keyboard.lock(0xFF, 0)
        keyboard.close()
    apps.rig.layout("us")
    if name == "xterm":
        await desktop.type_text("\n")
        sent += "\n"
    program.holds(sent)


async def test_a_page_that_lets_no_paste_in_gets_keys(desktop: Desktop, apps: Apps) -> None:
    page = apps.chromium(PASTELESS)
    report = await desktop.type_text("typed in spite of it")
    assert (report.method, report.read_back) == ("keys", "typed in spite of it")
    assert page.value() == "typed in spite of it"


async def test_what_a_field_completes_is_taken_out(desktop: Desktop, apps: Apps) -> None:
    page = apps.chromium(COMPLETING)
    report = await desktop.type_text("exam")
    assert report.read_back == "exam"
    assert page.value() == "exam"


async def test_what_a_field_adds_is_no_success(desktop: Desktop, apps: Apps) -> None:
    page = apps.chromium(CLOSING)
    text = "call("
    report = await desktop.type_text(text)
    assert page.value() == "call()"
    assert arrival(text, report.read_back, report.role, report.before, report.selected) == "other"


async def test_the_clipboard_is_put_back_whole(desktop: Desktop, apps: Apps) -> None:
    from flowdesk.drivers.x11.clipboard import X11Clipboard
    from flowdesk.drivers.x11.content import Content

    other = X11Clipboard()
    held = Content(
        {"image/png": os.urandom(300_000), "text/uri-list": b"file:///tmp/x\r\n", "UTF8_STRING": "张".encode()}
    )
    other.put("CLIPBOARD", held)
    program = typing_apps.qt_text(apps)
    await desktop.type_text("pasted 你好")
    program.holds("pasted 你好")
    reader = X11Clipboard()
    try:
        assert reader.keep("CLIPBOARD").formats.items() >= held.formats.items()
    finally:
        reader.close()
        other.close()
