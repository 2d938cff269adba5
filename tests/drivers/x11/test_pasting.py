"""A paste is over when the text is there: not when it was asked for, and never twice."""

import sys
from collections.abc import Iterator

import pytest

from flowdesk.drivers.desktop import RealDesktopDriver
from flowdesk.drivers.x11.clipboard import X11Clipboard
from flowdesk.drivers.x11.content import Content
from flowdesk.engine.brake import Brake
from flowdesk.engine.context import Services
from flowdesk.engine.options import RunOptions
from flowdesk.engine.ports import Attempts, Desktop
from flowdesk.engine.runner import Runner
from flowdesk.model.errors import InputFailed
from flowdesk.model.events import RunEvent
from flowdesk.model.flow import Flow, new_edge, new_node
from flowdesk.model.run import RunState
from flowdesk.nodes import builtin_catalogue
from tests.rig import Apps, RealApp

pytestmark = pytest.mark.desktop

ASKS_TWICE = """
import sys, time
from pathlib import Path
from Xlib import X, XK
from Xlib.display import Display
path, kinds, pause = Path(sys.argv[1]), sys.argv[2].split(","), float(sys.argv[3])
display = Display()
screen = display.screen()
window = screen.root.create_window(200, 200, 400, 200, 0, screen.root_depth, X.InputOutput, X.CopyFromParent,
                                   background_pixel=screen.white_pixel, event_mask=X.KeyPressMask)
window.set_wm_name("flowdesk asks twice")
window.set_wm_class("twice", "Twice")
window.set_wm_hints(flags=1, input=1)
window.map()
place, clipboard, told = display.intern_atom("TWICE"), display.intern_atom("CLIPBOARD"), []
def ask(kind):
    window.convert_selection(clipboard, display.intern_atom(kind), place, X.CurrentTime)
while True:
    event = display.next_event()
    if event.type == X.KeyPress:
        symbol = display.keycode_to_keysym(event.detail, 0)
        if symbol == XK.XK_v and event.state & X.ControlMask:
            left = list(kinds)
            ask(left[0])
        elif 0x20 < symbol < 0x100:
            told.append("key " + chr(symbol))
    if event.type == X.SelectionNotify:
        held = window.get_full_property(place, X.AnyPropertyType) if event.property else None
        window.delete_property(place)
        display.flush()
        left.pop(0)
        if left:
            time.sleep(pause)
            ask(left[0])
        else:
            told.append("nothing" if held is None else bytes(held.value).decode("latin-1" if kinds[-1] == "STRING" else "utf-8"))
    path.write_text("|".join(told), encoding="utf-8")
"""

LATE = """<!doctype html><meta charset="utf-8"><title>flowdesk probe</title>
<label for="field">Field</label><br><input id="field" autofocus size="60"><script>
document.getElementById("field").addEventListener("beforeinput", event => {
  const begun = Date.now();
  while (event.inputType === "insertFromPaste" && Date.now() - begun < 9000);
});
</script>"""
"""A page that hangs on a paste."""

SLOW = """<!doctype html><meta charset="utf-8"><title>flowdesk probe</title>
<label for="field">Field</label><br><input id="field" autofocus size="60"><script>
document.getElementById("field").addEventListener("paste", event => {
  const text = event.clipboardData.getData("text");
  event.preventDefault();
  setTimeout(() => { event.target.value += text; }, 9000);
});
</script>"""
"""A page that works on what is pasted before it shows it."""


@pytest.fixture
def driver(apps: Apps) -> Iterator[RealDesktopDriver]:
    made = RealDesktopDriver()
    yield made
    made.close()


@pytest.fixture
def desktop(driver: RealDesktopDriver) -> Desktop:
    return driver.open(Brake())


def _asks_twice(apps: Apps, kinds: str, pause: float) -> RealApp:
    path, script = apps._file("told.txt"), apps._file("twice.py")
    script.write_text(ASKS_TWICE, encoding="utf-8")
    process = apps.rig.start([sys.executable, str(script), str(path), kinds, str(pause)])
    return apps._ready(process, path, "flowdesk asks twice")


async def test_who_asks_again_later_gets_the_same_text(desktop: Desktop, apps: Apps) -> None:
    other = X11Clipboard()
    other.put("CLIPBOARD", Content.of_text("what a person had copied"))
    try:
        app = _asks_twice(apps, "UTF8_STRING,TARGETS,UTF8_STRING", 0.2)
        await desktop.type_text("new 你好", "paste")
        app.holds("new 你好")
        assert other.text() == "what a person had copied"
    finally:
        other.close()


async def test_letters_that_a_program_does_not_know_are_refused(desktop: Desktop, apps: Apps) -> None:
    app = _asks_twice(apps, "STRING,STRING", 0.0)
    with pytest.raises(InputFailed, match="does not support all characters"):
        await desktop.type_text("Съешь")
    await desktop.type_text("é ü", "paste")
    app.holds("nothing|é ü")


async def test_a_page_that_shows_a_paste_late_holds_it_once(desktop: Desktop, apps: Apps) -> None:
    page = apps.chromium(LATE)
    attempts = Attempts()
    report = await desktop.type_text("late 你好", attempts=attempts)
    assert (page.value(), report.read_back, attempts.may_have_left) == ("late 你好", "late 你好", False)


async def test_a_retry_looks_what_the_attempt_before_has_left(driver: RealDesktopDriver, apps: Apps) -> None:
    page = apps.chromium(SLOW)
    node = new_node(
        "input",
        {"text": "late 你好", "method": "paste", "selector": "text_field", "retries": 2, "retryDelay": 3000},
        id="n",
    )
    events: list[RunEvent] = []
    flow = Flow(nodes=(new_node("start", id="start"), node), edges=(new_edge("start", "n"),))
    finished = await Runner(flow, builtin_catalogue(), Services(driver=driver), events.append, RunOptions()).run()
    assert finished.state is RunState.SUCCEEDED, finished
    assert page.value() == "late 你好"
    assert any("may still arrive" in str(event) for event in events)


async def test_what_an_attempt_may_have_left_unseen_is_not_typed_again(desktop: Desktop, apps: Apps) -> None:
    app = apps.plain()
    with pytest.raises(InputFailed, match="may already be in the field"):
        await desktop.type_text("again", attempts=Attempts(may_have_left=True))
    assert app.text() == ""
