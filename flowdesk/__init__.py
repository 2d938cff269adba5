"""flowdesk: build flows that drive the desktop, run them, and watch them from anywhere."""

__version__ = "0.1.0"
