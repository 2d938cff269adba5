"""Wayland: sway's desktop driven by the wlroots protocols; every other compositor is refused with its reason."""
