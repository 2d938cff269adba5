"""Take the README's pictures: the window runs the example on a virtual desktop, and what it looks like afterwards.

    .venv/bin/python tools/record.py        (make pictures)

What it shows is what happened: the real window, the real form, the real pointer.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from threading import Event

import mss
from PIL import Image

from flowdesk.drivers.virtual import VirtualDesktop
from flowdesk.resource import resource_path

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "pictures" / "run.webp"
WINDOW = TARGET.with_name("window-light.png")
SIZE = (1600, 940)
SHOWN = (960, 564)
EVERY = 0.18
"""Seconds between pictures."""
BACKGROUND = 0x3B4A5E
MAX_BYTES = 2_000_000
PATIENCE = 60.0


def main() -> int:
    """Record and write the picture. Returns the exit code."""
    with tempfile.TemporaryDirectory() as state, VirtualDesktop(*SIZE) as desktop:
        os.environ.update(desktop.env)
        environment = {**desktop.environment(), "FLOWDESK_STATE_DIR": state, "LC_ALL": "C.UTF-8"}
        flow = str(resource_path("flows", "practice-form.flow.json"))
        command = [sys.executable, "-m", "flowdesk", "window", flow, "--no-server", "--run"]
        with subprocess.Popen(command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL) as window:
            try:
                frames = record()
                take_window()
            finally:
                window.send_signal(signal.SIGTERM)
                window.wait(PATIENCE)
                close_the_rest()
    while share_of_background(frames[0]) > 0.9:  # the window is there, but has not drawn itself yet
        frames.pop(0)
    save(frames)
    print(f"{TARGET}: {len(frames)} pictures, {TARGET.stat().st_size / 1e6:.2f} MB")
    return 0 if TARGET.stat().st_size <= MAX_BYTES else 1


def record() -> list[Image.Image]:
    """Take pictures from the window's first showing until nothing changes any more."""
    frames: list[Image.Image] = []
    begin = time.monotonic()
    wait_for_a_window()
    with mss.MSS(with_cursor=True) as camera:
        still = 0
        while time.monotonic() - begin < PATIENCE and still < 10:
            shot = camera.grab(camera.monitors[1])
            frame = Image.frombytes("RGB", shot.size, shot.rgb).resize(SHOWN, Image.Resampling.LANCZOS)
            is_same = bool(frames) and frames[-1].tobytes() == frame.tobytes()
            still = still + 1 if is_same and len(frames) > 25 else 0
            if not is_same:
                frames.append(frame)
            Event().wait(EVERY)
    return frames


def wait_for_a_window() -> None:
    """Give the desktop a colour and wait until something shows on it."""
    from Xlib.display import Display

    display = Display()
    root = display.screen().root
    root.change_attributes(background_pixel=BACKGROUND)
    root.clear_area()
    deadline = time.monotonic() + PATIENCE
    while not root.get_full_property(display.intern_atom("_NET_CLIENT_LIST"), 0).value:
        if time.monotonic() > deadline:
            sys.exit("The window did not show")
        Event().wait(0.05)
    display.close()


def take_window() -> None:
    """Take the window as the run left it, at its full size, without its frame."""
    from flowdesk.drivers.windows import X11Windows

    windows = X11Windows()
    box = next(window.box for window in windows.list() if window.title != "flowdesk practice")
    windows.close()
    with mss.MSS() as camera:
        shot = camera.grab({"left": box.x, "top": box.y, "width": box.width, "height": box.height})
    Image.frombytes("RGB", shot.size, shot.rgb).save(WINDOW, optimize=True)


def share_of_background(frame: Image.Image) -> float:
    """Return how much of a picture is empty desktop, or as plain as that."""
    small = frame.resize((64, 40), Image.Resampling.NEAREST)
    colours = small.getcolors(64 * 40) or []
    return max((count for count, _ in colours), default=0) / (64 * 40)


def close_the_rest() -> None:
    """End the practice window, which outlives the run."""
    from flowdesk.drivers.windows import X11Windows

    windows = X11Windows()
    for window in windows.list():
        os.kill(window.pid, signal.SIGTERM)
    windows.close()


def save(frames: list[Image.Image]) -> None:
    """Write the frames as an animated WebP that stays on its last picture for a while."""
    durations = [int(EVERY * 1000)] * (len(frames) - 1) + [2500]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    frames[0].save(TARGET, save_all=True, append_images=frames[1:], duration=durations, loop=0, quality=55, method=4)


if __name__ == "__main__":
    sys.exit(main())
