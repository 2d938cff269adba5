"""Files that name the keys of X servers (Xauthority, libXau)."""

EMPTY_AUTHORITY = b"\x01\x00\x00\x08flowdesk\x00\x00\x00\x12MIT-MAGIC-COOKIE-1\x00\x00"
"""An ``.Xauthority`` whose one entry fits no server. Quite empty, python-xlib would print a warning on stdout."""
