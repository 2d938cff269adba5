"""The screen as pixels: grabs, pictures, colors and text found in them. The same on every platform.

What looks at pixels needs OpenCV and numpy, which take a quarter of the time of a cold start and 40 MB. A run that clicks
on points, or on elements by their names, needs neither. So this package is a door: other packages import it, not its modules,
and a module is loaded when the first of them asks for it by its name::

    from flowdesk.drivers import pixels
    pixels.screen.grab(box)
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowdesk.drivers.pixels import (
        again,
        colors,
        every,
        live,
        picture_files,
        pictures,
        presence,
        screen,
        text,
        tiles,
    )

    __all__ = ["again", "colors", "every", "live", "picture_files", "pictures", "presence", "screen", "text", "tiles"]
else:
    _MODULES = frozenset(
        {"again", "colors", "every", "live", "picture_files", "pictures", "presence", "screen", "text", "tiles"}
    )

    def __getattr__(name: str) -> Any:
        """Load a module of this package when it is first asked for."""
        if name in _MODULES:
            return importlib.import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
