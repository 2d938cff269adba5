"""Keeps what flowdesk left on the clipboard, after it has ended, until someone copies something else.

``python -m flowdesk.drivers.x11.clipboard_keeper`` reads the content on standard input: JSON, format name to base64.
"""

import base64
import json
import sys

from flowdesk.drivers.x11.clipboard import X11Clipboard
from flowdesk.drivers.x11.content import Content


def main() -> None:
    """Serve the content until the clipboard is someone else's or the display ends."""
    content = Content({name: base64.b64decode(raw) for name, raw in json.load(sys.stdin).items()})
    clipboard = X11Clipboard()
    clipboard.put("CLIPBOARD", content)
    clipboard.is_lost.wait()
    clipboard.close()


if __name__ == "__main__":
    main()
