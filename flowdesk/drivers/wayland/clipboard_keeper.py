"""Keeps what flowdesk left on the clipboard, after it has ended, until someone copies something else.

``python -m flowdesk.drivers.wayland.clipboard_keeper`` reads the content on standard input: JSON, format name to base64.
"""

import base64
import json
import sys

from flowdesk.drivers.wayland.clipboard import Clipboard, Content

LOOK_SECONDS = 1.0
"""Between two looks whether the compositor is still there."""


def packed(content: Content) -> bytes:
    """Return a content as it is handed over."""
    return json.dumps({name: base64.b64encode(raw).decode() for name, raw in content.formats.items()}).encode()


def main() -> None:
    """Serve the content until the clipboard is someone else's or the compositor ends."""
    from flowdesk.drivers.wayland import connection

    content = Content({name: base64.b64decode(raw) for name, raw in json.load(sys.stdin).items()})
    line, clipboard = connection.shared(), Clipboard()
    clipboard.put(content)
    while not clipboard.is_lost.wait(LOOK_SECONDS) and not line.lost.is_set():
        pass
    clipboard.close()
    connection.close_shared()


if __name__ == "__main__":
    main()
