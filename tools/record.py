"""Take the pictures of the window: it runs the example on a virtual desktop, in both languages and themes.

    .venv/bin/python tools/record.py        (make pictures)

What it shows is what happened: the real window, the real form, the real pointer.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from threading import Event

import mss
from PIL import Image

from flowdesk.drivers.virtual import VirtualDesktop
from flowdesk.resource import resource_path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "pictures" / "run.webp"
SIZE = (1600, 940)
SHOWN = (960, 564)
EVERY = 0.1
"""Seconds between pictures."""
STILL = 1.5
"""Seconds without a change after which the window has come up, or the run is over."""
BACKGROUND = 0x3B4A5E
MAX_BYTES = 2_000_000
PATIENCE = 60.0
PRACTICE = ("flowdesk practice", "flowdesk 练习窗口")
"""Titles of the practice window."""


@dataclass(frozen=True)
class Look:
    """How the window looks, and the name of its picture."""

    language: str
    theme: str
    picture: str


@dataclass(frozen=True)
class Frame:
    """A picture of the screen, and since when it was so (monotonic seconds)."""

    image: Image.Image
    since: float


def main() -> int:
    """Record and write the pictures. Returns the exit code."""
    frames = show("practice-form", Look("en", "light", "window-light.png"))
    show("练习-填表", Look("zh_CN", "dark", "window-dark-zh.png"))
    while share_of_background(frames[0].image) > 0.9:  # the window is there, but has not drawn itself yet
        frames.pop(0)
    save(frames)
    print(f"{TARGET}: {len(frames)} pictures, {TARGET.stat().st_size / 1e6:.2f} MB")
    return 0 if TARGET.stat().st_size <= MAX_BYTES else 1


def show(flow: str, look: Look) -> list[Frame]:
    """Run an example in the window, keep its last look, and return how it came to that."""
    with tempfile.TemporaryDirectory() as state, VirtualDesktop(*SIZE) as desktop:
        os.environ.update(desktop.env)
        settings = {"language": look.language, "theme": look.theme, "has_seen_tour": True}
        Path(state, "window.json").write_text(json.dumps(settings), encoding="utf-8")
        environment = {**desktop.environment(), "FLOWDESK_STATE_DIR": state, "LC_ALL": "C.UTF-8"}
        file = str(resource_path("flows", f"{flow}.flow.json"))
        command = [sys.executable, "-m", "flowdesk", "window", file, "--no-server"]
        with subprocess.Popen(command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL) as window:
            try:
                frames = record()
                take(TARGET.with_name(look.picture), is_practice=False)
            finally:
                window.send_signal(signal.SIGTERM)
                window.wait(PATIENCE)
        if look.language == "en":
            take(TARGET.with_name("practice-form.png"), is_practice=True)
        close_the_rest()
    return frames


def record() -> list[Frame]:
    """Show the window, run its flow by F5, and take pictures until nothing changes any more."""
    frames: list[Frame] = []
    begin = time.monotonic()
    wait_for_a_window()
    has_begun = False
    with mss.MSS(with_cursor=True) as camera:
        while time.monotonic() - begin < PATIENCE:
            shot = camera.grab(camera.monitors[1])
            image = Image.frombytes("RGB", shot.size, shot.rgb).resize(SHOWN, Image.Resampling.BILINEAR)
            now = time.monotonic()
            if not frames or frames[-1].image.tobytes() != image.tobytes():
                frames.append(Frame(image, now))
            stands = now - frames[-1].since
            if has_begun and stands > STILL and len(frames) > 12:
                break
            if not has_begun and stands > STILL and share_of_background(image) < 0.9:
                has_begun = True
                press_run()
            Event().wait(EVERY)
    return frames


def press_run() -> None:
    """Press F5, the key that runs the flow in front."""
    from Xlib import XK, X
    from Xlib.display import Display
    from Xlib.ext.xtest import fake_input

    display = Display()
    for kind in (X.KeyPress, X.KeyRelease):
        fake_input(display, kind, display.keysym_to_keycode(XK.XK_F5))
    display.sync()
    display.close()


def wait_for_a_window() -> None:
    """Give the desktop a colour and wait until something shows on it."""
    from Xlib.display import Display

    display = Display()
    root = display.screen().root
    root.change_attributes(background_pixel=BACKGROUND)
    root.clear_area()
    deadline = time.monotonic() + PATIENCE
    atom = display.intern_atom("_NET_CLIENT_LIST")
    while (found := root.get_full_property(atom, 0)) is None or not found.value:
        if time.monotonic() > deadline:
            sys.exit("The window did not show")
        Event().wait(0.05)
    display.close()


def take(target: Path, is_practice: bool) -> None:
    """Take the window, or the practice window, as the run left it, at its full size, with its frame."""
    from flowdesk.drivers.x11.windows import X11Windows

    windows = X11Windows()
    box = next(window.box for window in windows.list() if (window.title in PRACTICE) == is_practice)
    windows.close()
    with mss.MSS() as camera:
        shot = camera.grab({"left": box.x, "top": box.y, "width": box.width, "height": box.height})
    Image.frombytes("RGB", shot.size, shot.rgb).save(target, optimize=True)


def share_of_background(frame: Image.Image) -> float:
    """Return how much of a picture is empty desktop, or as plain as that."""
    small = frame.resize((64, 40), Image.Resampling.NEAREST)
    colours = small.getcolors(64 * 40) or []
    return max((count for count, _ in colours), default=0) / (64 * 40)


def close_the_rest() -> None:
    """End the practice window, which outlives the run."""
    from flowdesk.drivers.x11.windows import X11Windows

    windows = X11Windows()
    for window in windows.list():
        os.kill(window.pid, signal.SIGTERM)
    windows.close()


def save(frames: list[Frame]) -> None:
    """Write the frames as an animated WebP that lasts as long as the run did and stays on its last picture for a while."""
    durations = [round((after.since - frame.since) * 1000) for frame, after in pairwise(frames)] + [2500]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    images = [frame.image for frame in frames]
    images[0].save(TARGET, save_all=True, append_images=images[1:], duration=durations, loop=0, quality=55, method=4)


if __name__ == "__main__":
    sys.exit(main())
