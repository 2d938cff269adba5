"""What a desktop shows beside the programs: a colour, or a photograph."""

import cv2
import numpy as np
from PIL import Image

from flowdesk.drivers.pixels.screen import Pixels
from tests.rig import Rig

GROUNDS = ("black", "dark", "grey", "light", "photograph")
_SHADES = {"black": 0x000000, "dark": 0x202020, "grey": 0x808080, "light": 0xE0E0E0}


def paint(rig: Rig, ground: str) -> None:
    """Give the desktop a ground."""
    screen = rig.display.screen()
    if ground in _SHADES:
        screen.root.change_attributes(background_pixel=_SHADES[ground])
    else:
        width, height = 320, 200  # repeated: many pixels take the connection long
        pixmap = screen.root.create_pixmap(width, height, screen.root_depth)
        context = pixmap.create_gc()
        pixmap.put_pil_image(context, 0, 0, Image.fromarray(photograph(width, height)))
        screen.root.change_attributes(background_pixmap=pixmap)
        context.free()
        pixmap.free()
    screen.root.clear_area(0, 0, 0, 0)
    rig.display.sync()


def photograph(width: int, height: int) -> Pixels:
    """Draw what a photograph has: light and shade of all sizes, edges, and noise."""
    random = np.random.default_rng(3)
    image = np.zeros((height, width, 3), np.float32)
    for size, strength in ((200, 90), (60, 50), (15, 30), (4, 18), (1, 14), (0.6, 12)):
        noise = cv2.GaussianBlur(random.normal(0, 1, image.shape).astype(np.float32), (0, 0), size)
        image += noise / noise.std() * strength
    shown = np.clip(image * 0.6 + 110, 0, 255).astype(np.uint8)
    for _ in range(8):
        x, y = int(random.integers(0, width)), int(random.integers(0, height))
        across, down = random.integers(-60, 60, 2).tolist()
        cv2.line(shown, (x, y), (x + across, y + down), random.integers(0, 255, 3).tolist(), 1, cv2.LINE_AA)
    return np.asarray(shown, np.uint8)
