"""The real hands and eyes on the rig's desktop."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from flowdesk.drivers.eyes import RealEyes
from flowdesk.drivers.pixels import screen
from flowdesk.drivers.x11.clipboard import X11Clipboard
from flowdesk.drivers.x11.held import HeldDown
from flowdesk.drivers.x11.input import Devices, RealHands
from flowdesk.drivers.x11.inputthread import InputThread
from flowdesk.drivers.x11.windows import X11Windows
from flowdesk.engine.brake import Brake
from flowdesk.model.geometry import Box
from tests.rig import Apps, RealApp, Rig, until


@dataclass
class Body:
    """Hands with everything they are made of."""

    hands: RealHands
    brake: Brake
    thread: InputThread
    held: HeldDown
    clipboard: X11Clipboard
    windows: X11Windows


@pytest.fixture
def body(clean_desktop: Rig) -> Iterator[Body]:
    held, clipboard, windows, brake = HeldDown(), X11Clipboard(), X11Windows(), Brake()
    thread = InputThread(lambda: Devices(held, clipboard))
    yield Body(RealHands(brake, thread, held, clipboard, windows), brake, thread, held, clipboard, windows)
    brake.stop()
    thread.close()
    for part in (held, clipboard, windows):
        part.close()


@pytest.fixture
def hands(body: Body) -> RealHands:
    return body.hands


@pytest.fixture
def eyes(clean_desktop: Rig) -> Iterator[RealEyes]:
    windows = X11Windows()
    made = RealEyes(windows)
    yield made
    made.close()
    windows.close()


@pytest.fixture
def dialog(apps: Apps) -> RealApp:
    app = apps.zenity("--question", "--title", "Ask me", "--text", "Really go?")
    frame = Box(*app.box)
    until(lambda: len(np.unique(screen.grab(frame).pixels)) > 20, "the dialog to be drawn")
    return app
