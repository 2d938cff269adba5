"""The desktop of Windows, through its own calls (``ctypes``): windows, mouse, keyboard, text, clipboard, emergency stop."""
