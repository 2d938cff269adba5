"""What this desktop can do and what it lacks, one sentence and one fix a line: ``flowdesk doctor``.

No check raises, and what has not answered within ten seconds counts as not working.
"""

import importlib.util
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

from flowdesk.drivers import elements, pixels, screens
from flowdesk.drivers.checking import bad, good, window_pieces
from flowdesk.drivers.platforms import platform
from flowdesk.engine.ports import Check
from flowdesk.model.engines import ENGINES
from flowdesk.model.errors import FlowdeskError
from flowdesk.model.sentence import say

PATIENCE = 10.0
"""Seconds that all checks together may take; what has not answered by then counts as not working: on a busy machine
things that work take seconds."""

_HANGS = say("Close the program that does not respond, then try again.")


def checks() -> list[Check]:
    """Look at everything that flowdesk needs or can use, required things first."""
    looks: list[tuple[str, bool, Callable[[], Check]]] = [
        *platform().checks(),
        (say("screen capture"), screens.has_pictures(), _capture),
        (say("elements"), False, _elements),
        (say("text recognition"), False, _ocr),
        (say("keyring"), False, _keyring),
        (say("window"), False, window_pieces),
    ]
    pool = ThreadPoolExecutor(len(looks), thread_name_prefix="flowdesk-doctor")
    asked = [(name, is_required, pool.submit(look)) for name, is_required, look in looks]
    wait([future for _, _, future in asked], timeout=PATIENCE)
    answers = []
    for name, is_required, future in asked:
        if not future.done():
            future.cancel()
            answers.append(bad(name, say("No response within {seconds} s.", seconds=PATIENCE), _HANGS, is_required))
            continue
        error = future.exception()
        if error is None:
            answers.append(future.result())
        else:
            fix = error.fix if isinstance(error, FlowdeskError) else ""
            answers.append(bad(name, str(error) or type(error).__name__, fix, is_required))
    pool.shutdown(wait=False, cancel_futures=True)
    return [*answers, _ways({answer.name for answer in answers if not answer.is_ok})]


def _ways(lacking: set[str]) -> Check:
    """Say which ways of finding cannot work, because a part of the desktop that they need is not there."""
    name, blind = say("ways to find targets"), [one for one in ENGINES.values() if lacking.intersection(one.needs)]
    if not blind:
        return good(name, say("All available: {ways}.", ways=", ".join(ENGINES)), is_required=False)
    parts = sorted({part for one in blind for part in one.needs if part in lacking})
    return bad(
        name,
        say("Not available: {ways}.", ways=", ".join(one.name for one in blind)),
        say("Fix the problems listed above for: {parts}.", parts=", ".join(parts)),
        is_required=False,
    )


def _capture() -> Check:
    shot = pixels.screen.grab()
    size = f"{shot.box.width}x{shot.box.height}"
    if pixels.screen.is_black(shot.pixels):
        return bad(
            "screen capture",
            say("The screen image ({size}) is completely black.", size=size),
            say(
                "Unlock the screen. Under Wayland, use an X11 session; on macOS, allow screen recording. An empty virtual display is also black: open a window on it."
            ),
            is_required=False,
        )
    count = len(screens.monitors())
    return good("screen capture", say("Screen capture works: {size}, {count} monitor(s).", size=size, count=count))


def _elements() -> Check:
    apps = elements.applications()
    names = ", ".join(sorted({app.name for app in apps if app.name})[:5]) or say("none yet")
    return good("elements", say("Programs with readable elements: {names}.", names=names), False)


def _ocr() -> Check:
    if all(importlib.util.find_spec(name) for name in ("rapidocr", "onnxruntime")):
        return good("text recognition", say("Text recognition is available (RapidOCR)."), is_required=False)
    return bad(
        "text recognition",
        say("RapidOCR is not installed. Text can be found only in programs that publish it."),
        say("Run: pip install rapidocr onnxruntime"),
        is_required=False,
    )


def _keyring() -> Check:
    if importlib.util.find_spec("keyring") is None:
        return bad("keyring", say("keyring is not installed."), say("Run: pip install keyring"), is_required=False)
    backend = importlib.import_module("keyring").get_keyring()
    name = f"{type(backend).__module__}.{type(backend).__name__}"
    if "fail" in name or "null" in name:
        return bad(
            "keyring",
            say(
                "No keyring is running, so flows cannot use secrets. Tokens are stored in a file that only you can read."
            ),
            say("Start a keyring such as GNOME Keyring or KWallet, and unlock it."),
            is_required=False,
        )
    return good("keyring", say("Secrets are kept in {name}.", name=name), is_required=False)
