"""An X11 desktop: windows, mouse, keyboard, clipboard, grabs, and the emergency stop."""
