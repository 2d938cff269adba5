"""The accessibility tree on Linux, over D-Bus: reading it, and operating elements through it."""
