"""The Qt shell: the only place of PySide6 and qasync."""
