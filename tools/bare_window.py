"""A window with nothing in it: what `make package` compares flowdesk's start with, frozen in the same way."""

import signal
import sys

from PySide6.QtWidgets import QApplication, QMainWindow

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    application = QApplication(sys.argv)
    window = QMainWindow()
    window.setWindowTitle("bare")
    window.resize(1000, 700)
    window.show()
    sys.exit(application.exec())
